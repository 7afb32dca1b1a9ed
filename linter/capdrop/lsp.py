"""The language server: diagnostics from the buffer, quick fixes, and the rules' pages on hover.

Opening a folder must not run its code, so the rules of a workspace are loaded only where the client says that it is trusted
(initialization option `trusted`).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from . import __version__
from . import config as configuration
from .config import DEFAULT_BASELINE
from .dialects.context import Context
from .diff import edits_between
from .discover import Kind, kind_by_name, kind_named, kind_of
from .documentation import page
from .engine import Analysis, analyse, dialect
from .files import FilesOnDisk
from .finding import Edit, Finding, Safety, Severity
from .fixer import Fixed, Refusal, Workbench, fix, fix_on, keys_of, prove
from .gitignore import Excluded
from .ignoring import comment_above
from .model.container import Container
from .model.pod import Pod
from .model.subject import Subject
from .options import PSS
from .report import Result
from .report.masks import Masks
from .report.safe import visible
from .rulebook import Misuse, Rulebook
from .run import settled, tidy
from .secret_search import without_secrets
from .source import Source, Span

LANGUAGES = {
    "dockerfile": "dockerfile",
    "dockercompose": "compose",
    "yaml.docker-compose": "compose",
    "helm": "kubernetes",
    "shellscript": "docker-run",
    "sh": "docker-run",
    "makefile": "docker-run",
    "make": "docker-run",
    "dotenv": "env-file",
}
"""What editors call our kinds of files; any other language id is judged by the file's name and text."""

SEVERITIES = {
    Severity.INFO: lsp.DiagnosticSeverity.Hint,
    Severity.LOW: lsp.DiagnosticSeverity.Information,
    Severity.MEDIUM: lsp.DiagnosticSeverity.Warning,
    Severity.HIGH: lsp.DiagnosticSeverity.Error,
    Severity.CRITICAL: lsp.DiagnosticSeverity.Error,
}


FIX_ALL = "source.fixAll.capdrop"
HARDEN = "refactor.rewrite.capdrop.harden"
RESTRICT = "refactor.rewrite.capdrop.restrict"
REWRITES: dict[str, tuple[type[Subject], str, tuple[str, ...]]] = {
    HARDEN: (Container, "Harden `{}`", ("strict",)),
    RESTRICT: (Pod, "Have `{}` reach the restricted Pod Security Standard", PSS["restricted"]),
}
"""What can be rewritten as a whole, how that is called, and the rules whose fixes do it."""
UNITS: dict[object, tuple[str, int]] = {
    lsp.PositionEncodingKind.Utf8: ("utf-8", 1),
    lsp.PositionEncodingKind.Utf16: ("utf-16-le", 2),
    lsp.PositionEncodingKind.Utf32: ("utf-32-le", 4),
}
"""The encodings in whose units clients count characters, and the bytes of a unit."""
KINDS = (lsp.CodeActionKind.QuickFix, FIX_ALL, *REWRITES)
WHY = "TODO: say why"
"""What stands for the reason of a suppression until somebody writes it."""


class Document:
    """An open file as it was last judged: what is shown of it, and the secrets that nothing may show."""

    def __init__(self, analysis: Analysis, bench: Workbench, version: int | None, result: Result) -> None:
        self.analysis = analysis
        self.bench = bench
        self.version = version
        self.shown = [one for one in result.findings if one.suppressed is None and one.source is analysis.source]
        self.masks = Masks([result])

    @property
    def source(self) -> Source:
        return self.analysis.source


class Server(LanguageServer):
    """Holds the open documents, and the rules in force per configuration file."""

    def __init__(self) -> None:
        # pygls puts a change of a part in the wrong place below a form feed or one of Unicode's line separators
        super().__init__("capdrop", __version__, text_document_sync_kind=lsp.TextDocumentSyncKind.Full)
        self.documents: dict[str, Document] = {}
        self.seen: set[str] = set()
        self.trusted = False
        self.encoding = UNITS[lsp.PositionEncodingKind.Utf16]
        self._books: dict[tuple[str, float, str, tuple[str, ...]], tuple[configuration.Config, Rulebook]] = {}

    def settings_for(self, path: str, select: tuple[str, ...] = ()) -> tuple[configuration.Config, Rulebook]:
        """The configuration nearest to a file and its rules, or those to `select` in place of them; a faulty one is reported and then
        left aside."""
        folder = os.path.dirname(os.path.abspath(path))
        found = configuration.find(folder)
        key = (found or folder, os.path.getmtime(found) if found else 0.0, configuration.nearest(folder, (DEFAULT_BASELINE,)), select)
        if key not in self._books:
            try:
                config = configuration.at(folder, found)
                config.select = list(select) or config.select
                self._books[key] = (config, configuration.rules_in_force(config, trusted=self.trusted))
            except Misuse as error:
                self.say(without_secrets(str(error)), lsp.MessageType.Error)
                config = configuration.Config(folder)
                self._books[key] = (config, configuration.rules_in_force(config, trusted=False))
        return self._books[key]

    def say(self, message: str, kind: lsp.MessageType = lsp.MessageType.Log) -> None:
        """A line for the client's log."""
        self.window_log_message(lsp.LogMessageParams(type=kind, message=visible(message)))

    def judge(self, uri: str) -> None:
        """Analyse an open document and publish what was found."""
        buffer = self.workspace.get_text_document(uri)
        path = tidy(to_fs_path(uri) or uri)
        config, book = self.settings_for(path)
        source = Source(path, buffer.source.removeprefix("\ufeff"))
        excluded = Excluded(config.root, config.exclude).covers_with_parents(os.path.abspath(path))
        kind = None if excluded else _kind(buffer.language_id, path, source.text)
        if uri not in self.seen:
            self.seen.add(uri)
            self.say(f"{path}: {'excluded by the configuration' if excluded else kind.name if kind else 'of no kind that capdrop knows'}")
        diagnostics: list[lsp.Diagnostic] = []
        if kind is None:
            self.documents.pop(uri, None)
        else:
            context = Context(config.targets, files=FilesOnDisk(), compose_files=config.compose_files)
            analysis = analyse(source, kind, book, context)
            result = settled(analysis, context, config, book)
            document = self.documents[uri] = Document(analysis, Workbench(kind, book, context), buffer.version, result)
            diagnostics = [_diagnostic(self, finding, document.masks) for finding in document.shown]
            diagnostics += _gaps(self, analysis, document.masks)
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri=uri, diagnostics=diagnostics, version=buffer.version))


def serve() -> None:
    """Serve one client over standard input and output. What the protocol's library logs may quote a document, so nobody hears it."""
    logging.getLogger("pygls").setLevel(logging.CRITICAL + 1)
    with os.fdopen(os.dup(1), "wb") as output:  # the server closes what it is given
        make_server().start_io(stdout=output)


def make_server() -> Server:
    """A server with its features."""
    server = Server()

    @server.feature(lsp.INITIALIZE)
    def initialize(ls: Server, params: lsp.InitializeParams) -> None:
        options = params.initialization_options
        ls.trusted = isinstance(options, dict) and options.get("trusted") is True
        ls.encoding = UNITS.get(ls.workspace.position_encoding, ls.encoding)
        folder = ls.workspace.root_path or next(map(to_fs_path, ls.workspace.folders), None)
        with suppress(OSError):  # what is below it is judged by its place there, as on the command line
            os.chdir(folder or os.curdir)

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def opened(ls: Server, params: lsp.DidOpenTextDocumentParams) -> None:
        _survive(ls, lambda: ls.judge(params.text_document.uri))

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def changed(ls: Server, params: lsp.DidChangeTextDocumentParams) -> None:
        _survive(ls, lambda: ls.judge(params.text_document.uri))

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def saved(ls: Server, params: lsp.DidSaveTextDocumentParams) -> None:
        for uri in list(ls.documents):  # the configuration or the baseline may be what was saved
            _survive(ls, partial(ls.judge, uri))

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(ls: Server, params: lsp.DidCloseTextDocumentParams) -> None:
        ls.documents.pop(params.text_document.uri, None)
        ls.seen.discard(params.text_document.uri)
        ls.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri=params.text_document.uri, diagnostics=[]))

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions(code_action_kinds=list(KINDS)))
    def actions(ls: Server, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        found: list[lsp.CodeAction] = []
        _survive(ls, lambda: found.extend(code_actions(ls, params)))
        return found

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def hovered(ls: Server, params: lsp.HoverParams) -> lsp.Hover | None:
        found: list[lsp.Hover] = []
        _survive(ls, lambda: found.extend(hovers(ls, params)))
        return found[0] if found else None

    return server


def code_actions(ls: Server, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """For every finding on the lines of a range: its fix where it can be proved on the buffer, and comments that ignore it. For the
    containers and pods there: all that is missing in each at once. For the file: all fixes that are safe."""
    uri = params.text_document.uri
    document = ls.documents.get(uri)
    if document is None or document.version != ls.workspace.get_text_document(uri).version:
        return []
    source = document.source
    first, last = params.range.start.line, min(params.range.end.line, len(source.starts) - 1)
    chosen = Span(_offset(ls, source, lsp.Position(first, 0)), source.line(last + 1).end)
    actions: list[lsp.CodeAction] = []
    if _asked_for(params, lsp.CodeActionKind.QuickFix):
        for finding in document.shown:
            if finding.span.start <= chosen.end and chosen.start <= max(finding.span.end, finding.span.start):
                actions += _fixes(ls, uri, document, finding)
                actions += [*_ignore(ls, uri, document, finding), *_ignore(ls, uri, document, finding, WHY)]
    for kind in REWRITES:
        if _asked_for(params, kind):
            actions += _rewrites(ls, uri, document, chosen, kind)
    if _asked_for(params, FIX_ALL):
        wanted = keys_of(finding for finding in document.shown if finding.fix is not None and finding.fix.safety is Safety.SAFE)
        fixed = fix(source, document.bench, Safety.SAFE, wanted)
        actions += _all_at_once(ls, uri, document, fixed, "Fix all that is safe in this file", FIX_ALL)
    return actions


def hovers(ls: Server, params: lsp.HoverParams) -> list[lsp.Hover]:
    """The page of the rule that speaks about a place."""
    document = ls.documents.get(params.text_document.uri)
    if document is None:
        return []
    at = _offset(ls, document.source, params.position)
    pages = []
    for finding in document.shown:
        if finding.span.start <= at <= finding.span.end:
            text = page(document.bench.book.rules[finding.rule])
            pages.append(lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.Markdown, text), _range(ls, document.source, finding.span)))
    return pages


def _survive(ls: Server, work: Callable[[], None]) -> None:
    """Do something; whatever goes wrong is logged by its type, and the editor keeps what it has."""
    try:
        work()
    except Misuse as error:
        ls.say(without_secrets(str(error)), lsp.MessageType.Error)
    except Exception as error:
        ls.say(f"capdrop failed on this document: {type(error).__name__}", lsp.MessageType.Error)


def _kind(language: str | None, path: str, text: str) -> Kind | None:
    """What a document is: by its name first, as editors take an env file for a script."""
    if language in LANGUAGES:
        return kind_by_name(path) or kind_named(LANGUAGES[language])
    return kind_of(path, text) or (kind_of(f"{path}.yaml", text) if language == "yaml" else None)


def _diagnostic(ls: Server, finding: Finding, masks: Masks) -> lsp.Diagnostic:
    assert finding.severity is not None
    return lsp.Diagnostic(
        range=_range(ls, finding.source, finding.span),
        message=visible(masks.text(finding.message)),
        severity=SEVERITIES[finding.severity],
        code=finding.rule,
        source="capdrop",
        related_information=[
            lsp.DiagnosticRelatedInformation(
                location=lsp.Location(_uri(note.source.path), _range(ls, note.source, note.span)),
                message=visible(masks.text(note.message)),
            )
            for note in finding.notes
        ],
    )


def _gaps(ls: Server, analysis: Analysis, masks: Masks) -> list[lsp.Diagnostic]:
    return [
        lsp.Diagnostic(
            range=_range(ls, analysis.source, gap.span),
            message=visible(f"not understood: {masks.text(gap.reason)}"),
            severity=lsp.DiagnosticSeverity.Warning,
            source="capdrop",
        )
        for gap in analysis.gaps
        if not gap.by_design
    ]


def _fixes(ls: Server, uri: str, document: Document, finding: Finding) -> list[lsp.CodeAction]:
    own = finding.fix
    if own is None or not own.edits:
        return []
    if own.safety is Safety.DISPLAY or not _is_up_to_date(ls, own.edits):
        return []
    try:
        prove(document.analysis, [finding], document.bench)
    except Refusal:
        return []
    title = own.title if own.safety is Safety.SAFE else f"{own.title} (unsafe{': ' + own.caveat if own.caveat else ''})"
    return [_action(ls, uri, document, title, [finding], own.edits, preferred=own.safety is Safety.SAFE)]


def _asked_for(params: lsp.CodeActionParams, kind: str) -> bool:
    """Whether the editor wants actions of a kind; of any, where it names none."""
    only = params.context.only
    return only is None or any(kind == wanted or kind.startswith(f"{wanted}.") for wanted in only)


def _rewrites(ls: Server, uri: str, document: Document, chosen: Span, kind: str) -> list[lsp.CodeAction]:
    """For each container, or pod, that the chosen lines touch, all that is missing in it, whether or not it is shown."""
    wanted, title, select = REWRITES[kind]
    source, context = document.source, document.bench.context
    subjects = dialect(document.bench.kind).read(source, context).subjects
    touched = [one for one in subjects if isinstance(one, wanted) and one.span.start <= chosen.end and chosen.start <= one.span.end]
    if not touched:
        return []
    config, book = ls.settings_for(source.path, select)
    bench = Workbench(document.bench.kind, book, context)
    actions: list[lsp.CodeAction] = []
    for subject in touched:
        found = partial(_fixable_within, subject.address, context, config, book)
        fixed = fix_on(source, bench, keys_of(found(bench.analyse(source))), _once, found)
        name = subject.name if isinstance(subject, Container) else subject.address
        actions += _all_at_once(ls, uri, document, fixed, title.format(name), kind)
    return actions


def _once(source: Source, bench: Workbench, wanted: frozenset[tuple[str, str]]) -> Fixed:
    return fix(source, bench, Safety.UNSAFE, wanted)


def _fixable_within(address: str, context: Context, config: configuration.Config, book: Rulebook, analysis: Analysis) -> list[Finding]:
    """What was found in a container or pod and can be fixed."""
    return [
        finding
        for finding in settled(analysis, context, config, book).findings
        if finding.suppressed is None
        and finding.source is analysis.source
        and finding.fix is not None
        and finding.fix.safety > Safety.DISPLAY
        and _is_within(finding.subject, address)
    ]


def _is_within(address: str, container: str) -> bool:
    """Whether a subject is a container, or a part of it."""
    return address == container or address.startswith((f"{container}.", f"{container} "))


def _all_at_once(ls: Server, uri: str, document: Document, fixed: Fixed, title: str, kind: str) -> list[lsp.CodeAction]:
    """The fixes of several findings in one edit, as far as they could be proved together."""
    count = len(fixed.applied)
    if not count:
        return []
    unsafe = any(finding.fix is not None and finding.fix.safety is not Safety.SAFE for finding in fixed.applied)
    told = f"{title}: {count} {'fix' if count == 1 else 'fixes'}{' (unsafe)' if unsafe else ''}"
    edits = list(edits_between(document.source.text, fixed.source.text))
    for before, after in fixed.bench.beside.values():
        edits += [Edit(edit.span, edit.text, before) for edit in edits_between(before.text, after.text)]
    if not _is_up_to_date(ls, edits):
        return []
    return [_action(ls, uri, document, told, fixed.applied, edits, kind=kind)]


def _ignore(ls: Server, uri: str, document: Document, finding: Finding, reason: str = "") -> list[lsp.CodeAction]:
    edit = comment_above(document.analysis, finding, document.bench, reason)
    title = f"Ignore {finding.rule} here{', with a reason' if reason else ''}"
    return [_action(ls, uri, document, title, [finding], (edit,))] if edit is not None else []


def _is_up_to_date(ls: Server, edits: Sequence[Edit]) -> bool:
    """Whether the client can be given edits of other files: it can make a file, and has none of them open with another text."""
    beside = [edit.beside for edit in edits if edit.beside is not None]
    workspace = ls.client_capabilities.workspace
    able = workspace.workspace_edit if workspace is not None else None
    can_create = able is not None and lsp.ResourceOperationKind.Create in (able.resource_operations or ())
    opened = ls.workspace.text_documents
    return not beside or (
        can_create and all((uri := _uri(source.path)) not in opened or opened[uri].source == source.text for source in beside)
    )


def _action(
    ls: Server,
    uri: str,
    document: Document,
    title: str,
    findings: Sequence[Finding],
    edits: Sequence[Edit],
    *,
    preferred: bool = False,
    kind: str = lsp.CodeActionKind.QuickFix,
) -> lsp.CodeAction:
    changes: list[lsp.CreateFile | lsp.TextDocumentEdit] = []
    for beside in {edit.beside: None for edit in edits}:
        source, at = beside or document.source, uri if beside is None else _uri(beside.path)
        if not source.text:
            changes.append(lsp.CreateFile(at, options=lsp.CreateFileOptions(ignore_if_exists=True)))
        opened = ls.workspace.text_documents.get(at)
        version = document.version if beside is None else opened.version if opened is not None else None
        own = [lsp.TextEdit(_range(ls, source, edit.span), edit.text) for edit in edits if edit.beside is beside]
        changes.append(lsp.TextDocumentEdit(lsp.OptionalVersionedTextDocumentIdentifier(uri=at, version=version), own))
    return lsp.CodeAction(
        title=visible(document.masks.text(title)),
        kind=kind,
        diagnostics=[_diagnostic(ls, finding, document.masks) for finding in findings],
        is_preferred=preferred,
        edit=lsp.WorkspaceEdit(document_changes=changes),
    )


def _range(ls: Server, source: Source, span: Span) -> lsp.Range:
    return lsp.Range(_position(ls, source, span.start), _position(ls, source, span.end))


def _position(ls: Server, source: Source, offset: int) -> lsp.Position:
    """An offset as the client counts: lines from 0, characters in units of the encoding that was agreed on."""
    position = source.position(offset)
    before = source.text[source.starts[position.line - 1] : offset]
    return lsp.Position(position.line - 1, _units(ls, before))


def _offset(ls: Server, source: Source, position: lsp.Position) -> int:
    if position.line >= len(source.starts):
        return len(source.text)
    line = source.line(position.line + 1)
    units = 0
    for offset in range(line.start, line.end):
        if units >= position.character:
            return offset
        units += _units(ls, source.text[offset])
    return line.end


def _units(ls: Server, text: str) -> int:
    encoding, size = ls.encoding
    return len(text) if text.isascii() else len(text.encode(encoding, "surrogatepass")) // size


def _uri(path: str) -> str:
    return from_fs_path(os.path.abspath(path)) or path
