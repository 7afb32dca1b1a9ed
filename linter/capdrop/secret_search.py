"""What may be asked about secrets. The tables of words and formats are loaded when something is first asked."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .secrets import PrivateKey, Token, UrlPassword
    from .secrets import Verdict as Verdict


def judge(value: str, name: str = "", *, place: str = "env") -> Verdict | None:
    """Whether a value is or holds a secret: by itself, then by its place ("env", "arg", "secret", "argument", ...), then by its name."""
    from .secrets.judge import judge

    return judge(value, name, place=place)


def named_like_a_secret(name: str) -> bool:
    """Whether a value of this name is, by the name alone, a secret."""
    from .secrets.names import named_like_a_secret

    return named_like_a_secret(name)


def find_tokens(text: str) -> Iterator[Token]:
    """Every token of a known provider in a text."""
    from .secrets.tokens import find_tokens

    return find_tokens(text)


def find_private_keys(text: str) -> Iterator[PrivateKey]:
    """Every private key in a text."""
    from .secrets.keys import find_private_keys

    return find_private_keys(text)


def find_url_passwords(text: str) -> Iterator[UrlPassword]:
    """Every literal password in a URL of a text."""
    from .secrets.urls import find_url_passwords

    return find_url_passwords(text)
