"""One file: read, judged, and put as reports see it."""

from __future__ import annotations

from .discover import kind_by_name, kind_named, kind_of
from .engine import Analysis, analyse
from .files import read_bytes
from .reading import Gap
from .report import Result
from .source import Source, Span, Unreadable, decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .dialects.context import Context
    from .discover import Kind
    from .model.cluster import Part
    from .model.workspace import BuildTarget, EnvUse
    from .reading import Overlay
    from .rulebook import Rulebook
    from .together import Verdict


class Found:
    """A file to check: its path, whether the user named it, what is wrong with it before it is read, and whether another file says that
    it is a Dockerfile."""

    __slots__ = ("is_dockerfile", "named", "path", "trouble")

    def __init__(self, path: str, named: bool, trouble: str = "", *, is_dockerfile: bool = False) -> None:
        self.path = path
        self.named = named
        self.trouble = trouble
        self.is_dockerfile = is_dockerfile


class Judged:
    """What became of a file; `result` is None for a file of no kind of ours. It can be sent from one process to another.

    `parts` is what it adds to a cluster, `said` what was said of these by what the file says alone, and `waits` is set where a
    comment in it may mean nothing. `overlay` is what it changes in other files.
    """

    __slots__ = ("incomplete", "overlay", "parts", "result", "said", "summary", "waits")

    def __init__(self, result: Result | None = None, analysis: Analysis | None = None, *, incomplete: bool = False) -> None:
        self.result = result
        self.summary: tuple[BuildTarget | EnvUse, ...] = analysis.summary if analysis is not None else ()
        self.parts: list[Part] = analysis.parts if analysis is not None else []
        self.said = analysis.verdict.key if analysis is not None and analysis.verdict is not None else None
        self.waits = analysis is not None and analysis.waits
        self.overlay: Overlay | None = analysis.overlay if analysis is not None else None
        self.incomplete = incomplete


def judge(file: Found, book: Rulebook, context: Context, verdict: Verdict | None = None) -> Judged:
    """Read a file and judge it; `verdict` is what all files together say about its parts."""
    try:
        if file.trouble:
            raise Unreadable(file.trouble)
        return judge_bytes(file, read_bytes(file.path), book, context, verdict)
    except Unreadable as error:
        return _unread(file.path, str(error))


def judge_bytes(file: Found, data: bytes, book: Rulebook, context: Context, verdict: Verdict | None = None) -> Judged:
    """Judge bytes as if they stood in a file."""
    try:
        source = decode(file.path, data)
    except Unreadable as error:
        roughly = data.replace(b"\0", b"").decode("latin-1")
        return _unread(file.path, str(error)) if file.named or kind_of(file.path, roughly) else Judged()
    kind = kind_named("dockerfile") if file.is_dockerfile else kind_of(file.path, source.text, named=file.named)
    if kind is None:
        return Judged()
    analysis = analyse(source, kind, book, context, verdict)
    incomplete = bool(analysis.broken) or any(not gap.by_design for gap in analysis.gaps)
    return Judged(result_of(analysis), analysis, incomplete=incomplete)


def result_of(analysis: Analysis) -> Result:
    """An analysis as reports see it. The sources of files without findings are not kept."""
    places = [(gap.reason, analysis.source.position(gap.span.start)) for gap in analysis.gaps]
    reasons = [(reason, place.line, place.column) for reason, place in places]
    result = Result(analysis.path, analysis.kind, analysis.outcome, reasons, analysis.findings, analysis.broken)
    result.unsaid = analysis.unsaid
    result.told_once = tuple(gap.reason for gap in analysis.gaps if gap.told_once)
    return result


def _unread(path: str, reason: str) -> Judged:
    kind: Kind | None = kind_by_name(path)
    analysis = Analysis(Source(path, ""), kind.name if kind else "")
    analysis.gaps.append(Gap(Span(0, 0), reason, blocks=True))
    return Judged(result_of(analysis), incomplete=True)
