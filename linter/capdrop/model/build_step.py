"""One step of a build: a RUN with its flags, its mounts, and what is in force where it stands."""

from __future__ import annotations

from itertools import pairwise

from ..source import Record, Source, Span
from .container import plain
from .subject import Origin, Subject
from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def sets_pipefail(words: Sequence[str]) -> bool | None:
    """Whether the options of a shell or of `set` switch `pipefail` on (`-eo pipefail`) or off (`+o pipefail`); None where they leave it."""
    state = None
    for before, word in pairwise(words):
        if word == "pipefail" and before[:1] in ("-", "+") and before.endswith("o"):
            state = before[0] == "-"
    return state


class Shell(Record):
    """What runs the scripts of a stage: the words of its SHELL, and its language: "sh", "cmd", "powershell" or "other"."""

    __slots__ = ("language", "words")

    def __init__(self, language: str, words: tuple[str, ...] = ()) -> None:
        self.language = language
        self.words = words

    @property
    def pipefail(self) -> bool:
        """Whether a pipeline fails with any of its commands."""
        return bool(sets_pipefail(self.words))


class RunMount(Record):
    """A `RUN --mount`.

    `kind` is "bind", "cache", "tmpfs", "secret" or "ssh". Its settings have the first names that BuildKit's reference gives them
    ("target", "source", "from", "rw", ...): `values` with their places, `settings` as known text. `target` is where it is inside: a
    secret stands in `/run/secrets` where nothing else is said, and "" is for one that is a variable only. `span` is the whole flag.
    """

    __slots__ = ("kind", "settings", "span", "target", "values")

    def __init__(self, values: Mapping[str, Value], span: Span) -> None:
        self.values = values
        self.span = span
        self.settings: Mapping[str, str] = {name: value.text for name, value in values.items()}
        self.kind = self.settings["type"].lower() if "type" in values else "bind"
        self.target = self.settings.get("target", "")
        if self.kind == "secret" and "target" not in values and "env" not in values:
            self.target = f"/run/secrets/{self.settings.get('id') or self.settings.get('source', '').rpartition('/')[2]}"

    def is_on(self, name: str) -> bool:
        """Whether a yes-or-no setting is given: `rw`, `rw=true`."""
        return self.settings.get(name, "false").lower() in ("", "true", "1") and name in self.values and self.values[name].is_known


class BuildStep(Subject):
    """A RUN.

    `mounts` are its mounts, and `network` and `security` the values of these flags. `user` is who runs it (None where that is not
    known), `folder` the working folder as `Copy.folder`, and `shell` what runs its script.
    """

    __slots__ = ("folder", "mounts", "network", "security", "shell", "ships", "user")

    def __init__(
        self,
        source: Source,
        span: Span,
        address: str,
        origin: Origin,
        *,
        mounts: tuple[RunMount, ...],
        network: Value,
        security: Value,
        shell: Shell,
        user: Value | None,
        folder: str,
        ships: bool,
    ) -> None:
        super().__init__(source, span, address, origin)
        self.mounts = mounts
        self.network = network
        self.security = security
        self.shell = shell
        self.user = user
        self.folder = folder
        self.ships = ships

    @property
    def asked_by(self) -> frozenset[str]:
        """Its flags."""
        flags = {"network": not self.network.is_absent, "security": not self.security.is_absent, "mount": bool(self.mounts)}
        return frozenset(name for name, given in flags.items() if given)

    def mounts_of(self, kind: str) -> list[RunMount]:
        """The mounts of one type."""
        return [mount for mount in self.mounts if mount.kind == kind]

    def state(self) -> Mapping[str, object]:
        mounts = tuple(tuple((name, plain(value)) for name, value in mount.values.items()) for mount in self.mounts)
        return {"mounts": mounts, "network": plain(self.network), "security": plain(self.security)}
