"""What BuildKit would refuse in a Dockerfile."""

from __future__ import annotations

import re

from capdrop.source import Span

from .dockerfile import LONGEST_LINE, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .dockerfile import Dockerfile, Instruction, Pair
    from .dockerfile_words import Word

_WITH_WORDS = frozenset(("COPY", "ADD", "FROM", "EXPOSE", "VOLUME", "USER", "WORKDIR", "STOPSIGNAL"))
_IN_STAGE_NAMES = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_.")
_JSON_VALUE = r"\[[ \t\r\n]*+(?:[\[{\"]|-?\d|true|false|null)"


def problems(file: Dockerfile, faults: list[Problem]) -> list[Problem]:
    """All problems of a file, in its order; `faults` are those that reading it met with."""
    found = list(faults)
    found.extend(_long_lines(file.text))
    if not file.instructions:
        found.append(Problem(Span(0, 0), "there are no instructions", "unread"))
    has_stage = any(instruction.keyword == "FROM" for instruction in file.instructions)
    for instruction in file.instructions:
        found += _of_instruction(instruction)
        if has_stage and instruction.stage < 0 and instruction.keyword in _CHECKS and instruction.keyword != "ARG":
            found.append(Problem(instruction.keyword_span, f"{instruction.keyword} stands before the first FROM"))
    found.sort(key=lambda problem: (problem.span.start, problem.span.end))
    return found


def _long_lines(text: str) -> Iterator[Problem]:
    if len(text) * 4 <= LONGEST_LINE:
        return
    at = 0
    for line in text.split("\n"):
        if len(line) * 4 > LONGEST_LINE and len(line.encode("utf-8", "surrogatepass")) > LONGEST_LINE:
            yield Problem(Span(at, at + len(line)), f"a line of more than {LONGEST_LINE:,} bytes, where BuildKit stops reading", "unread")
        at += len(line) + 1


def _of_instruction(instruction: Instruction) -> list[Problem]:
    check = _CHECKS.get(instruction.keyword)
    if check is None:
        name, start = instruction.keyword.partition("=")[0], instruction.keyword_span.start
        if name != instruction.keyword:
            lost = "this is not an instruction; is a backslash missing above it?"
            return [Problem(Span(start, start + len(name)), lost, "unknown-instruction")]
        return [Problem(instruction.keyword_span, _unknown(name), "unknown-instruction")]
    message = check(instruction)
    found = [Problem(_blamed(instruction), message)] if message else []
    if instruction.flags:
        from .dockerfile_flags import refusals

        found += [Problem(span, refusal) for span, refusal in refusals(instruction)]
    if instruction.keyword != "RUN":
        found += [Problem(word.span, "a quote that is not closed") for word in _expanded_words(instruction) if not word.closed]
        if instruction.inner:
            found += _of_instruction(instruction.inner)
    return found


def _blamed(instruction: Instruction) -> Span:
    return instruction.body.span() if instruction.body.text else instruction.keyword_span


def _expanded_words(instruction: Instruction) -> Iterator[Word]:
    if instruction.keyword in _WITH_WORDS and instruction.form == "shell":
        yield from instruction.arguments
    for pair in instruction.pairs:
        if instruction.keyword != "ARG":
            yield pair.name
        if pair.value:
            yield pair.value


def _no_check(_: Instruction) -> str:
    return ""


def _some(instruction: Instruction) -> str:
    return "" if instruction.arguments else f"{instruction.keyword} needs at least one argument"


def _one(instruction: Instruction) -> str:
    return "" if instruction.arguments else f"{instruction.keyword} needs an argument"


def _command(instruction: Instruction) -> str:
    if instruction.form == "shell" and _other_json_array(instruction.body.text):
        return "a JSON array must hold strings only"
    return ""


def _shell(instruction: Instruction) -> str:
    if instruction.form == "json" and instruction.arguments:
        return ""
    return _command(instruction) or "SHELL needs a JSON array of strings, with at least one"


def _copy(instruction: Instruction) -> str:
    if len(instruction.arguments) < 2:
        return _command(instruction) or f"{instruction.keyword} needs a source and a destination"
    return _command(instruction)


def _volume(instruction: Instruction) -> str:
    return _command(instruction) or _some(instruction)


def _from(instruction: Instruction) -> str:
    words = instruction.arguments
    if len(words) == 1:
        return ""
    name = instruction.stage_name
    if len(words) != 3 or name is None:
        return "FROM takes an image, or an image, AS and a name"
    if not _valid_stage_name(name.written.text.lower()):
        return f"{name.written.text} cannot be the name of a stage"
    return ""


def _valid_stage_name(name: str) -> bool:
    return name[0] not in "0123456789-_." and _IN_STAGE_NAMES.issuperset(name)


def _pairs(instruction: Instruction) -> str:
    pairs = instruction.pairs
    if not pairs:
        return f"{instruction.keyword} needs at least one argument"
    if instruction.keyword != "ARG":
        for pair in pairs:
            if pair.value is None:
                return f"{instruction.keyword} needs a value for each name"
    if any(map(_nameless, pairs)):
        return f"{instruction.keyword} needs a name before each ="
    return ""


def _nameless(pair: Pair) -> bool:
    return not pair.name.written.text


def _onbuild(instruction: Instruction) -> str:
    inner = instruction.inner
    if inner is None:
        return "" if instruction.nested else "ONBUILD needs an instruction"
    if inner.keyword in ("ONBUILD", "FROM", "MAINTAINER"):
        return f"{inner.keyword} is not allowed after ONBUILD"
    return ""


def _healthcheck(instruction: Instruction) -> str:
    words = instruction.arguments
    kind = words[0].value.upper() if words else ""
    if kind == "NONE":
        return "HEALTHCHECK NONE takes no arguments" if len(instruction.body.text) > len("NONE") else ""
    if kind != "CMD":
        return "HEALTHCHECK needs CMD or NONE"
    inner = instruction.inner
    if inner and (not inner.body.text or (inner.form == "json" and not inner.arguments)):
        return "HEALTHCHECK CMD needs a command"
    return ""


def _other_json_array(text: str) -> bool:
    """Whether it is a JSON array after all, which holds something else than strings: that is an error, not the shell form."""
    if text[:1] != "[" or not re.match(_JSON_VALUE, text):
        return False
    import json

    try:
        json.loads(text, parse_int=str, parse_float=str, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse(constant: str) -> object:
    raise ValueError(constant)


_CHECKS: dict[str, Callable[[Instruction], str]] = {
    "ADD": _copy,
    "ARG": _pairs,
    "CMD": _command,
    "COPY": _copy,
    "ENTRYPOINT": _command,
    "ENV": _pairs,
    "EXPOSE": _some,
    "FROM": _from,
    "HEALTHCHECK": _healthcheck,
    "LABEL": _pairs,
    "MAINTAINER": _one,
    "ONBUILD": _onbuild,
    "RUN": _command,
    "SHELL": _shell,
    "STOPSIGNAL": _one,
    "USER": _one,
    "VOLUME": _volume,
    "WORKDIR": _one,
}

_near: dict[str, str] = {}


def _unknown(keyword: str) -> str:
    if not _near:
        for known in _CHECKS:
            for form in _one_less(known):
                _near.setdefault(form, known)
    if len(keyword) <= 12:
        for form in _one_less(keyword):
            if form in _near:
                return f"{keyword} is not an instruction; did you mean {_near[form]}?"
    shown = keyword[:40] if keyword.replace("_", "").isalpha() else "this"  # a token has digits in it
    return f"{shown} is not an instruction"


def _one_less(word: str) -> list[str]:
    """The word, and the word with any one letter left out. Two words that share one of these are one slip apart."""
    return [word, *(word[:at] + word[at + 1 :] for at in range(len(word)))]
