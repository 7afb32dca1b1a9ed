"""Downloads that are compared with a checksum before their use, as edits of the script: a way to go on from, with the sum to fill in."""

from __future__ import annotations

import re

from capdrop.finding import Edit, Fix, Safety
from capdrop.source import Span

from .subject import Refused
from .tools import SHELLS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .command import Command
    from .download import Download

FILL_IN = "fill in the sum of the file that you have looked at"
_PIPE = re.compile(r"[ \t]*(?:\\\r?\n[ \t]*)?\|[ \t]*(?:\\?\r?\n[ \t]*)?")
_AFTER = re.compile(r"[ \t]*(?:\\\r?\n[ \t]*)?(?:&&|;|\r|\n|\Z)")
_PLAIN = re.compile(r"[\w./${}~+-]+")
_NAME = re.compile(r"[\w-]+[.][\w.-]+")
_OUTPUTS = {"curl": ("-o", "--output"), "wget": ("-O", "--output-document")}


def into_file(source: Command, runner: Command, title: str) -> Fix:
    """What a download is piped into, run from a file that is compared first; without edits where it is written in another way."""
    try:
        return _fix(title, _piped(source, runner), source, runner)
    except Refused:
        return Fix(title)


def compared(download: Download, title: str) -> Fix:
    """A downloaded file, compared right behind its download; without edits where it is written in another way."""
    command = download.command
    words = [*command.words, *(word for _, word in command.redirects if word is not None)]
    end = max(word.span.end for word in words)
    if not _PLAIN.fullmatch(download.file) or not _AFTER.match(command.source.text, end):
        return Fix(title)
    return _fix(title, (Edit(Span(end, end), f" && {_comparison(command, download.file)}"),), command)


def _fix(title: str, edits: tuple[Edit, ...], *commands: Command) -> Fix:
    step = commands[0].address.rpartition(" ")[0]
    changed = [*(command.address for command in commands), f"{step} echo", f"{step} sha256sum"]
    touches = tuple((address, fact) for address in changed for fact in ("command", "+Command"))
    return Fix(title, edits, Safety.DISPLAY, FILL_IN, touches)


def _piped(source: Command, runner: Command) -> tuple[Edit, ...]:
    if source.writes_to is not runner or source.name not in _OUTPUTS or runner.name not in SHELLS or len(source.urls) != 1:
        raise Refused("it is no plain pipe")
    first = runner.wrappers[0].words[0] if runner.wrappers else runner.words[0]
    between = Span(source.words[-1].span.end, first.span.start)
    if not _PIPE.fullmatch(source.source[between]):
        raise Refused("something else stands between them")
    name = source.urls[0].word.text.partition("?")[0].rstrip("/").rpartition("/")[2]
    file = f"/tmp/{name if _NAME.fullmatch(name) else 'install.sh'}"
    option = source.option(*_OUTPUTS[source.name])
    written = f" && {_comparison(source, file)} && "
    if option is None and source.name == "curl":
        return Edit(between, f" -o {file}{written}"), _run(runner, file)
    if option is None or option.value is None:
        raise Refused("it says in another way where to write")
    return Edit(option.value.fragment.span(), file), Edit(between, written), _run(runner, file)


def _run(runner: Command, file: str) -> Edit:
    """The edit that has a shell run a file in place of its input."""
    texts = [word.text for word in runner.words]
    given = next((at for at, text in enumerate(texts) if text in ("-s", "-")), None)
    if given is None:
        if runner.operands or any("s" in text[1:] for text in texts if text[:1] == "-" and text[1:2] != "-"):
            raise Refused("it is told in another way what to run")
        end = runner.words[-1].span.end
        return Edit(Span(end, end), f" {file}")
    last = given + 1 if texts[given + 1 : given + 2] == ["--"] else given
    return Edit(Span(runner.words[given].span.start, runner.words[last].span.end), file)


def _comparison(command: Command, file: str) -> str:
    """What compares a file, with quotes that do not close those which the script stands in."""
    start = command.span.start
    before = command.source.text[command.source.line(command.source.position(start).line).start : start]
    quote = "'" if before.count('"') % 2 else '"'
    return f"echo {quote}SHA256  {file}{quote} | sha256sum -c -"
