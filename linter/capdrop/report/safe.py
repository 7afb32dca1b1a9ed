"""Text that cannot act on what shows it: a terminal, a CI log, a JSON reader."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

_KEPT = "\u3000\u200c\u200d"
"""Not printable to Python, yet ordinary in Japanese, Persian and emoji, and harmless."""


def visible(text: str) -> str:
    """The text in one line, with everything that is invisible or controls a terminal written as an escape.

    That is every control character (line breaks and tabs too), bidi control, separator, surrogate and unassigned code point.
    """
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() or character in _KEPT else _escape(ord(character)) for character in text)


def visible_lines(text: str) -> str:
    """`visible`, but for line feeds."""
    return "\n".join(map(visible, text.split("\n")))


def _escape(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def exact(text: str) -> str:
    """The text for a format with escapes of its own: as it is, but for lone surrogates, which few readers of JSON accept."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def inert_log(text: str) -> str:
    """Text in which a CI runner that reads our log finds no command: GitHub and Azure look for `##[` within a line, too."""
    if "##" not in text:
        return text
    return text.replace("##[", "#\\x23[").replace("##vso[", "#\\x23vso[")


def inert_json(text: str) -> str:
    """The same for ASCII-only JSON, where both DEL and `#` can only stand inside a string."""
    return text.replace("\x7f", "\\u007f").replace("##", "#\\u0023")


def encodable(text: str, out: TextIO) -> str:
    """The text with what the stream's encoding lacks written as escapes."""
    encoding = out.encoding
    if text.isascii() or not encoding or encoding.lower() in ("utf-8", "utf8"):
        return text
    return text.encode(encoding, "backslashreplace").decode(encoding)
