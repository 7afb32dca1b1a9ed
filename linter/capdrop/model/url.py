"""The URLs that commands are given, and whether they leave the machine or the network that the container is in."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .words import Option, Word

_SCHEMES = ("http://", "https://", "ftp://", "git://")
_IN_HOSTS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:"
_NOT_FETCHED = frozenset("-x --proxy --preproxy -e --referer -A -U --user-agent -H --header -d --data --data-raw --build-arg".split())
"""Options whose value may be a URL that nothing is fetched from."""
_PUBLIC_ENDINGS = frozenset(
    "ai app biz cloud com dev edu gov info int io mil name net online org pro shop site sh store tech tools wiki world xyz".split()
)
"""Top-level domains that are common enough, beside those of countries, to tell `example.com` from `service.namespace`."""
_LOCAL_ENDINGS = (".localhost", ".local", ".internal", ".svc", ".lan", ".localdomain", ".test")
_PRIVATE = ("127.", "10.", "192.168.", "169.254.", "0.", *(f"172.{number}." for number in range(16, 32)))


class Url:
    """A URL: its scheme, its host in lower case ("" where a variable decides it), and the part of the word that holds it. `text` is the
    word as it takes effect."""

    __slots__ = ("host", "scheme", "text", "word")

    def __init__(self, word: Word) -> None:
        self.word = word
        self.text = word.effective
        self.scheme, _, rest = self.text.partition("://")
        host = rest.partition("/")[0].partition("?")[0].rpartition("@")[2]
        host = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
        self.host = host.lower() if host and not host.strip(_IN_HOSTS) else ""

    @property
    def local(self) -> bool:
        """Whether the host is known to be this machine, a neighbour, or a private address."""
        host = self.host
        return bool(host) and ("." not in host or ".svc." in host or host.endswith(_LOCAL_ENDINGS) or host.startswith(_PRIVATE))

    @property
    def public(self) -> bool:
        """Whether the host is known to be elsewhere: not local, and under a common domain (`service.namespace` is not)."""
        ending = self.host.rpartition(".")[2]
        common = ending.isdigit() or ending in _PUBLIC_ENDINGS or (len(ending) == 2 and ending.isalpha())
        return common and not self.local


def urls_in(operands: Iterable[Word], options: Iterable[Option]) -> Iterator[Url]:
    """The URLs among the operands and the values of options; `git+https://` counts as its `https://`."""
    values = [option.value for option in options if option.value is not None and option.name not in _NOT_FETCHED]
    for word in (*operands, *values):
        text = word.text
        if text.startswith("git+"):
            word = word.part(4)
        if word.effective.startswith(_SCHEMES) or (word.text.startswith("http$") and "://" in word.text):
            yield Url(word)
