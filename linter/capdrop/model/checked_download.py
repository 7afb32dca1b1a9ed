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
    from .words import Word

FILL_IN = "fill in the sum of the file that you have looked at"
_PIPE = re.compile(r"[ \t]*(?:\\\r?\n[ \t]*)?\|[ \t]*(?:\\?\r?\n[ \t]*)?")
_AFTER = re.compile(r"[ \t]*(?:\\\r?\n[ \t]*)?(?:&&|;|\r|\n|\Z)")
_WORDS = re.compile(r"[\w ./=-]+")
_BLANK = re.compile(r"[ \t]+")
_PLAIN = re.compile(r"[\w./${}~+-]+")
_NAME = re.compile(r"[\w-]+[.][\w.-]+")
_HOME = "~/"
_OUTPUTS = {"curl": ("-o", "--output"), "wget": ("-O", "--output-document")}


def into_file(source: Command, runner: Command, title: str) -> Fix:
    """What a download is piped into, run from a file that is compared first; without edits where it is written in another way."""
    try:
        if source.writes_to is runner:
            return _fix(title, _piped(source, runner), source, runner)
        fix = _fix(title, (_substituted(source, runner),), source, runner)
        fix.touches += ((runner.address.rpartition(" ")[0], "command"),)  # the program is a command without a name
        return fix
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
    first, file = _parts(source, runner)
    between = Span(source.words[-1].span.end, first.span.start)
    if not _PIPE.fullmatch(source.source[between]):
        raise Refused("something else stands between them")
    option = source.option(*_OUTPUTS[source.name])
    written = f" && {_comparison(source, file)} && "
    if option is None and source.name == "curl":
        return Edit(between, f" -o {file}{written}"), _run(runner, file)
    if option is None or option.value is None:
        raise Refused("it says in another way where to write")
    return Edit(option.value.fragment.span(), file), Edit(between, written), _run(runner, file)


def _substituted(source: Command, runner: Command) -> Edit:
    """The edit for `bash -c "$(curl ...)"` and `bash <(curl ...)`."""
    first, file = _parts(source, runner)
    text, words = source.source.text, runner.words
    at = 2 if len(words) > 2 and words[1].text == "-c" else 1
    if at == len(words) or source.name != "curl" or source.option(*_OUTPUTS["curl"]) is not None:
        raise Refused("it says in another way where to write")
    before, program = text[first.span.start : words[0].span.end], text[words[at].span.start : words[at].span.end]
    download = text[source.words[0].span.start : source.words[-1].span.end]
    wanted = (f'"$({download})"', f"$({download})") if at == 2 else (f"<({download})",)
    if program not in wanted or not _WORDS.fullmatch(before) or not _BLANK.fullmatch(text[words[0].span.end : words[1].span.start]):
        raise Refused("something else stands beside it")
    end = words[min(at + 1, len(words) - 1)].span.end if at == 2 else words[at].span.end  # the word behind a program is its name
    return Edit(Span(first.span.start, end), f"{download} -o {file} && {_comparison(source, file)} && {before} {file}")


def _parts(source: Command, runner: Command) -> tuple[Word, str]:
    """The first word of what runs a download, and a file for that."""
    if source.name not in _OUTPUTS or runner.name not in SHELLS or len(source.urls) != 1:
        raise Refused("it is no plain download")
    name = source.urls[0].word.text.partition("?")[0].rstrip("/").rpartition("/")[2]
    file = f"/tmp/{name if _NAME.fullmatch(name) else 'install.sh'}"
    return (runner.wrappers[0].words[0] if runner.wrappers else runner.words[0]), file


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
    file = f"$HOME/{file.removeprefix(_HOME)}" if file.startswith(_HOME) else file  # which no shell reads within quotes
    return f"echo {quote}SHA256  {file}{quote} | sha256sum -c -"
