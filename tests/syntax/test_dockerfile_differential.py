"""Our Dockerfile parser against BuildKit's own (`dockerfile`, whose Go code is BuildKit 0.12) and against `dockerfile-parse`.

Every file of `../shared/corpus` and of the folder that CAPDROP_CORPUS names is compared, and a few thousand random ones. The oracles
are older than the grammar, or know less of it; what they cannot do is listed below with the reason, and any other difference fails.
"""

from __future__ import annotations

import io
import os
import random
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from capdrop.source import Unreadable, decode
from capdrop.syntax.dockerfile import Dockerfile, Instruction, parse

ROOT = Path(__file__).parents[2]
CORPORA = [ROOT.parent / "shared" / "corpus", *map(Path, filter(None, [os.environ.get("CAPDROP_CORPUS")]))]
BUILDING = ("ADD", "ARG", "COPY", "ENV", "FROM", "ONBUILD", "RUN", "SHELL", "USER", "WORKDIR")
DESCRIBING = ("CMD", "ENTRYPOINT", "EXPOSE", "HEALTHCHECK", "LABEL", "MAINTAINER", "STOPSIGNAL", "VOLUME")
KNOWN = frozenset((*BUILDING, *DESCRIBING))


class Seen:
    """What both parsers can say of one instruction."""

    def __init__(self, keyword: str, start: int, end: int) -> None:
        self.keyword = keyword
        self.start = start
        self.end = end
        self.inner = ""
        self.flags: list[str] = []
        self.json = False
        self.values: list[str] = []
        self.heredocs: list[tuple[str, int, str]] = []

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Seen) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((self.keyword, self.start))

    def __repr__(self) -> str:
        return f"Seen({vars(self)})"


def from_us(file: Dockerfile) -> list[Seen]:
    starts = [0, *(found.end() for found in re.finditer("\n", file.text))]
    return [_ours(instruction, file.text, starts) for instruction in file.instructions]


def _ours(instruction: Instruction, text: str, starts: list[int]) -> Seen:
    seen = Seen(instruction.keyword, bisect_right(starts, instruction.span.start), bisect_right(starts, instruction.span.end))
    seen.flags = [f"--{flag.name}" + ("" if flag.value is None else f"={flag.value}") for flag in instruction.flags]
    speaker = instruction
    if instruction.keyword == "ONBUILD" and instruction.inner:
        speaker = instruction.inner
        seen.inner = speaker.keyword
    else:
        seen.heredocs = [(doc.name, doc.descriptor, text[doc.body_span.start : doc.body_span.end]) for doc in instruction.heredocs]
    seen.json = speaker.form == "json"
    seen.values = _values(speaker)
    return seen


def _values(instruction: Instruction) -> list[str]:
    """The arguments as BuildKit's parser leaves them: quotes and escapes still in place."""
    keyword, body = instruction.keyword, instruction.body.text
    if keyword == "HEALTHCHECK":
        inner = instruction.inner
        return body.split(None, 1) if inner is None else [word.value for word in instruction.arguments] + _values(inner)
    if instruction.form == "json":
        return [word.value for word in instruction.arguments]
    if keyword == "ARG":
        return [pair.name.written.text + (f"={pair.value.written.text}" if pair.value else "") for pair in instruction.pairs]
    if instruction.pairs:
        return [text for pair in instruction.pairs for text in (pair.name.written.text, pair.value.written.text if pair.value else "")]
    if keyword in ("RUN", "CMD", "ENTRYPOINT", "SHELL"):
        return [body] if body else []
    return [word.written.text for word in instruction.arguments] if keyword in KNOWN else []


def from_buildkit(text: str) -> list[Seen] | None:
    """None if BuildKit refuses the file."""
    oracle = pytest.importorskip("dockerfile")
    try:
        commands = oracle.parse_string(text)
    except oracle.GoParseError:
        return None
    return [_theirs(command) for command in commands]


def _theirs(command: object) -> Seen:
    get = command.__getattribute__
    seen = Seen((get("cmd") or "").upper(), get("start_line"), get("end_line"))
    seen.inner = (get("sub_cmd") or "").upper()
    seen.flags = list(get("flags"))
    seen.json = get("json")
    seen.values = list(get("value")) if (seen.inner or seen.keyword) in KNOWN else []
    seen.heredocs = [(doc.name, doc.file_descriptor, doc.content) for doc in get("heredocs")]
    return seen


def _nothing_continued(text: str, ours: Seen | None, theirs: Seen | None) -> bool:
    """A line that is nothing but the escape character: BuildKit starts to count there, and makes an empty instruction of it at the end."""
    if theirs is not None and not theirs.keyword:
        return True
    if ours is None or theirs is None or ours.start <= theirs.start:
        return False
    lines = text.split("\n")[theirs.start - 1 : ours.start - 1]
    ours.start = theirs.start
    return ours == theirs and re.fullmatch(r"\s*[\\`][ \t]*", lines[0].rstrip("\r")) is not None


def _text_after_array(_: str, ours: Seen | None, theirs: Seen | None) -> bool:
    """`CMD ["a"] # note`: BuildKit 0.12 read the array and dropped the rest; since 0.19 it is the shell form."""
    if ours is None or theirs is None or not theirs.json or ours.json:
        return False
    return any("]" in value for value in ours.values)


def _other_escape_in_flags(text: str, ours: Seen | None, theirs: Seen | None) -> bool:
    """BuildKit 0.12 took the backslash for the escape character in flags, whatever the directive said."""
    return parse(text).escape == "`" and ours is not None and theirs is not None and ours.flags != theirs.flags


def _newer_substitution(text: str, ours: Seen | None, theirs: Seen | None) -> bool:
    """`${X#a}`, `${X%a}` and `${X/a/b}`: BuildKit 0.12 did not know them, and so found no here-documents on such a line."""
    return (
        ours is not None
        and theirs is not None
        and len(ours.heredocs) > len(theirs.heredocs)
        and re.search(r"\$\{\w+[#%/]", text) is not None
    )


def _space_before_name(text: str, ours: Seen | None, theirs: Seen | None) -> bool:
    """`<< EOF`, with a space: BuildKit 0.12 found no here-document there."""
    return (
        ours is not None and theirs is not None and len(ours.heredocs) > len(theirs.heredocs) and re.search(r"<<-?[ \t]", text) is not None
    )


def _check_directive(text: str, _: Seen | None, __: Seen | None) -> bool:
    """`# check=`: BuildKit 0.12 did not know it, so that it ended the directives and an `escape` below it was a comment."""
    names = [directive.name for directive in parse(text).directives]
    return "check" in names and "escape" in names[names.index("check") :]


Reason = Callable[[str, Seen | None, Seen | None], bool]
BUILDKIT_REASONS: tuple[Reason, ...] = (
    _nothing_continued,
    _text_after_array,
    _other_escape_in_flags,
    _newer_substitution,
    _space_before_name,
    _check_directive,
)


def difference(text: str) -> str:
    """What BuildKit sees otherwise than we do, without a known reason; empty if nothing."""
    file = parse(text)
    theirs = from_buildkit(text)
    if theirs is None:
        return "" if file.problems else "BuildKit refuses it and we do not"
    ours = from_us(file)
    for index in range(max(len(ours), len(theirs))):
        mine = ours[index] if index < len(ours) else None
        other = theirs[index] if index < len(theirs) else None
        if mine == other:
            continue
        if not any(reason(text, mine, other) for reason in BUILDKIT_REASONS):
            return f"we: {mine}\nBuildKit: {other}"
        if mine is None or other is None or mine.end != other.end:
            return ""  # what follows is out of step
    return ""


def corpus() -> Iterator[tuple[Path, str]]:
    for folder in CORPORA:
        for path in sorted(folder.rglob("*")):
            name = path.name.lower()
            if ("dockerfile" in name or "containerfile" in name) and not name.endswith(".dockerignore") and path.is_file():
                try:
                    yield path, decode(str(path), path.read_bytes()).text
                except Unreadable:
                    continue


@pytest.fixture(scope="module")
def files() -> list[tuple[Path, str]]:
    found = list(corpus())
    if not found:
        pytest.skip(f"no Dockerfiles below {' or '.join(map(str, CORPORA))}")
    return found


def test_agrees_with_buildkit_on_the_corpus(files: list[tuple[Path, str]]) -> None:
    pytest.importorskip("dockerfile")
    assert [f"{path}\n{found}" for path, text in files if (found := difference(text))] == []


PIECES = (
    *sorted(KNOWN - {"ONBUILD"}),
    *("ONBUILD RUN", "run", "Foo", "NONE", " ", " ", " ", " ", "\t", "\f", "\n", "\n", "\n", "\n", "\n\n", "\r\n"),
    *("\\\n", "\\\n", "\\ \n", "`\n", "\\\r\n", "\\", "\\\\", "`", "#", "# c\n", "# escape=`\n", "# syntax=x\n"),
    *("<<", "<<EOF", "<<-EOF", '<<"EOF"', "<<'EOF'", "<<-\\EOF", "<<<", "<", "EOF", "EOF\n", "\tEOF\n", "\nEOF\n", "\nEOF\n"),
    *('"', "'", "[", "]", '["a", "b"]', '["a\\n", "\\u0041"]', '["a",]', "[]", ",", '"a"', "a", "b", "1", "x\\ y", "-", "AS"),
    *("$", "${", "}", "$X", "${X}", "${X:-a}", "${X:-a b}", "${X#a}", "${X^}", ":", "=", "a=b", 'a="b c"', "a='b"),
    *("--", "--a=b", '--a="b c"', "--mount=type=x,y"),
)
TOPS = ("# escape=`\n", "#escape = \\\n", "# syntax=a b\n", "# check=skip=all\n", "#!x\n", "# foo=bar\n", "#ESCAPE=`\n", " # escape=`\n")


def random_text(seed: int) -> str:
    choose = random.Random(seed)
    parts = [choose.choice(TOPS)] if choose.random() < 0.3 else []
    for _ in range(choose.randrange(1, 30)):
        parts.append(choose.choice(PIECES))
        if choose.random() < 0.25:
            parts.append(" ")
    return "".join(parts)


def test_agrees_with_buildkit_on_random_files() -> None:
    pytest.importorskip("dockerfile")
    assert [f"{text!r}\n{found}" for seed in range(4000) if (found := difference(text := random_text(seed)))] == []


# dockerfile-parse (2023): no here-documents, no forms, no flags; it reads line by line with three regular expressions.
LESS_GRAMMAR: dict[str, Callable[[Dockerfile], object]] = {
    "it knows no here-documents": lambda file: any(instruction.heredocs for instruction in file.instructions),
    "a blank line ends its continuations": lambda file: re.search(r"[\\`][ \t]*\r?\n(?:[ \t]*#.*\n)*[ \t]*\r?\n", file.text),
    "an escaped escape character continues its lines": lambda file: re.search(r"\\\\[ \t]*\r?$|``[ \t]*\r?$", file.text, re.MULTILINE),
    "it keeps no instruction that goes on at the end of the file": lambda file: re.search(r"[\\`]\s*(?:\n[ \t]*#.*)*\s*$", file.text),
    "it needs a space after the keyword": lambda file: any(not instruction.body.text for instruction in file.instructions),
    "it takes a lone escape character for a keyword": lambda file: re.search(r"^[ \t]*[\\`]$", file.text, re.MULTILINE),
}


def from_dockerfile_parse(text: str) -> list[tuple[str, int, int, str]]:
    oracle = pytest.importorskip("dockerfile_parse")
    parser = oracle.DockerfileParser(fileobj=io.BytesIO(text.encode()))
    return [
        (entry["instruction"], entry["startline"] + 1, entry["endline"] + 1, "".join(entry["value"].split()))
        for entry in parser.structure
        if entry["instruction"] != "COMMENT"
    ]


def as_dockerfile_parse(file: Dockerfile) -> list[tuple[str, int, int, str]]:
    found = []
    for seen, instruction in zip(from_us(file), file.instructions, strict=True):
        flags = [file.text[flag.span.start : flag.span.end] for flag in instruction.flags]
        found.append((seen.keyword, seen.start, seen.end, "".join("".join([*flags, instruction.body.text]).split())))
    return found


def test_agrees_with_dockerfile_parse_on_the_corpus(files: list[tuple[Path, str]]) -> None:
    pytest.importorskip("dockerfile_parse")
    wrong, excused = [], 0
    for path, text in files:
        file = parse(text)
        ours, theirs = as_dockerfile_parse(file), from_dockerfile_parse(text)
        if ours == theirs:
            continue
        if any(reason(file) for reason in LESS_GRAMMAR.values()):
            excused += 1
        else:
            wrong.append((str(path), [pair for pair in zip(ours, theirs, strict=False) if pair[0] != pair[1]][:1]))
    assert wrong == []
    assert excused <= 1 + len(files) // 10
