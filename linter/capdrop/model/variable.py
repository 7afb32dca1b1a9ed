"""A named value: an environment variable, a build argument, an entry of a ConfigMap or Secret, a label."""

from __future__ import annotations

import re

from ..finding import Fix, Safety
from ..secret_search import judge, judge_default
from ..source import Fragment, Source, Span
from .container import plain
from .subject import Origin, Subject
from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..finding import Finding
    from ..secret_search import Verdict
    from .container import Container


_SAMPLES, _DEMONSTRATION = frozenset({"example", "examples", "sample", "samples"}), "demo"
_IN_DOCKERFILES = ("stage ", "ARG ")
"""How the addresses begin of what an instruction sets."""
_WHO_GIVES_IT = "a build then needs `--secret`; what needs it at run time is given it at the start"


class Variable(Subject):
    """A name and the value that it gets.

    `place` is "env", "arg", "label", "configmap", "secret", "bytes" (base64 in a Secret of what is no text), "annotation", "file" (a line
    of a settings file that stands inside another file) or "template" (a line of a file that is copied and filled in). `fragment` holds
    the text of a value with the place of each character, so that a secret inside it can be pointed at. `ships` is false where the value
    stays in a build stage that is thrown away, and `overridden` true where whatever starts the image is known to set it anew: it is there
    for all to read, and does nothing. `handed_on` are other variables that are known to get the same value: their names may tell what it
    is. `owner` is the container whose environment alone it is in, where that is told, and `off` set where what it is for is switched off
    (`enabled: false`).
    """

    __slots__ = ("_secret", "fragment", "handed_on", "name", "name_span", "off", "overridden", "owner", "place", "ships", "value")

    def __init__(
        self,
        source: Source,
        span: Span,
        address: str,
        origin: Origin | None,
        *,
        name: str,
        name_span: Span,
        value: Value,
        fragment: Fragment | None,
        place: str,
        ships: bool = True,
        overridden: bool = False,
    ) -> None:
        super().__init__(source, span, address, origin)
        self.name = name
        self.name_span = name_span
        self.value = value
        self.fragment = fragment
        self.place = place
        self.ships = ships
        self.overridden = overridden
        self.handed_on: tuple[str, ...] = ()
        self.owner: Container | None = None
        self.off = False
        self._secret: tuple[Verdict | None] | None = None

    @property
    def asked_by(self) -> frozenset[str]:
        """Its name in small letters, its place behind an `@`, `?` if it may hold a secret, and `:` and `--` if these stand in it."""
        text = self.value.text
        names = [self.name.lower(), f"@{self.place}"]
        if ":" in text:
            names.append(":")
        if "--" in text:
            names.append("--")
        if self.secret is not None or text[:1] in ("{", "["):
            names.append("?")
        return frozenset(names)

    def state(self) -> Mapping[str, object]:
        return {"value": plain(self.value)}

    @property
    def beside(self) -> frozenset[str]:
        """The names, in small letters, that are set at the same place."""
        return frozenset(name.lower() for name in self.origin.neighbours()) if self.origin is not None else frozenset()

    @property
    def is_made_up(self) -> bool:
        """Whether its secret opens nothing: it stands among tests and examples, or in a ConfigMap or Secret that is called one, is for a
        demonstration by its own name, or is switched off."""
        kind, _, name = self.address.partition(" ")[0].partition("/")
        words = re.split("[^a-z]+", name.lower()) if kind in ("ConfigMap", "Secret") else ()
        called = not _SAMPLES.isdisjoint(words) or _DEMONSTRATION in re.split("[^a-z]+", self.name.lower())
        return self.off or self.source.is_sample or self.source.is_to_try_out or called

    @property
    def secret(self) -> Verdict | None:
        """The secret that the value is or holds; None where there is none, or where it is written elsewhere (`ENV A=$B`)."""
        if self._secret is None:
            self._secret = (self._judged(),)
        return self._secret[0]

    def _judged(self) -> Verdict | None:
        text = self.value.text
        if not text or self.fragment is None:
            return None
        verdict = judge(text, self.name, place=self.place)
        for name in self.handed_on:
            verdict = verdict or judge(text, name, place=self.place)
        if verdict is None and self.value.defaulted:
            verdict = judge_default(text, self.name)
        return verdict if verdict is not None and self.place_of(verdict.start, verdict.end) is not None else None

    @property
    def is_for_work(self) -> bool:
        """Whether that is so of its place, or of its container."""
        return super().is_for_work or (self.owner is not None and self.owner.is_for_work)

    @property
    def is_for_few(self) -> bool:
        """Whether it is for those who build or work on the project or learn from it, as its file, its container or a comment says, or its
        container is reached from its own host alone: it publishes ports, and those on the loopback address, or is run by hand."""
        source = self.source
        if self.is_for_work or source.is_for_builds or source.is_lesson or source.is_said_to_be_for_work(self.span.start):
            return True
        owner = self.owner
        return owner is not None and (owner.publishes or owner.is_run_by_hand) and owner.is_shut()

    def place_of(self, start: int, end: int) -> Span | None:
        """Where a range of the value's text is written; None where it came from elsewhere."""
        assert self.fragment is not None
        text = self.value.text
        if text != self.fragment.text:
            part = text[start:end]
            start = self.fragment.text.find(part)
            end = start + len(part)
            if start < 0 or self.fragment.text[max(0, start - 1) : start] in ("$", "{"):
                return None
        return self.fragment.span(start, end)

    def shown(self, start: int, end: int) -> tuple[int, int, str] | None:
        """A range of the value's text as the rules on text see it: in the text of the file, or in what was decoded out of it."""
        assert self.fragment is not None
        place = self.place_of(start, end)
        if place is None:
            return None
        if self.fragment.decoded is None:
            return place.start, place.end, self.source.text
        whole, offset = self.fragment.decoded
        return start + offset, end + offset, whole

    def finding_in(self, start: int, end: int, message: str, **details: object) -> Finding:
        """A finding at a range of the value's text, which is hidden from all output.

        It points at the range; at all of a pair in a Dockerfile, where one line sets many, if its whole value is the secret.
        """
        hidden = self.place_of(start, end) or self.value.span
        secret = self.value.text[start:end]
        at = self.source.text.find(secret, hidden.start, hidden.end)
        if at >= 0:  # a template's action has it among other words
            hidden = Span(at, at + len(secret))
        span = hidden
        if self.address.startswith(_IN_DOCKERFILES) and self.place != "file" and end - start == len(self.value.text):
            name = self.name_span.start
            if name < span.start and self.source.position(name).line == self.source.position(span.start).line:
                span = Span(name, span.end)
        return self.finding(span, message, hidden=(hidden,), notes=self.value.trail, **details)  # type: ignore[arg-type]

    def from_outside(self, secret: str) -> Fix | None:
        """The change that demands it from outside, where it is this secret or a URL with it; None where that has no words in the file."""
        if self.address.startswith(_IN_DOCKERFILES):
            fix = self.drop("value", safety=Safety.DISPLAY, caveat=_WHO_GIVES_IT)
            return fix if fix.edits and not self.value.trail else None
        text = self.value.text
        whole = text == secret or (secret in text and re.fullmatch(r"[\w.+-]+://\S+", text) is not None)
        if not whole or self.origin is None or "value" not in (self.origin.written_facts() or ("value",)):
            return None
        return self.drop("value", safety=Safety.UNSAFE, caveat="it must then be set before the next start")
