"""Private keys in a text: a header, a body that decodes to a key, a footer. A header alone, as in docs or code, is none."""

from __future__ import annotations

import re

from capdrop.source import Record

from .marks import AGE, ARMOUR, PUTTY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCKED = rb"[\xfe\xff][\x01-\x0d]\x03[\x01-\x0e]"
"""What stands between the public and the secret part of a PGP key with a passphrase: that there is one, the cipher, that the passphrase is
salted and iterated, and the hash (RFC 4880, 5.5.3 and 3.7.1.3)."""
_LONGEST_PUBLIC_PART = 1100
"""Bytes; a key of RSA with 8192 bits."""
_PUBLISHED = frozenset({
    "d4257a98d9cc5112fac0b2d91c07201bca0db0275297dea7ee202fe43c1f79ec",
    "964f0875242627a36581302f8413e2a032eeeedd04d1618a4bf7d0f126973ebd",
})  # fmt: skip
"""The SHA-256 of the base64 texts of keys that everybody has, and that open test servers alone: Pebble's (letsencrypt/pebble,
test/certs)."""
SHORTEST_KEY = 32
"""Bytes; an Ed25519 seed."""


class PrivateKey(Record):
    """A private key, from its header to its footer; `kind` is "pem", "openssh", "pgp", "putty" or "age"."""

    __slots__ = ("encrypted", "end", "kind", "start")

    def __init__(self, start: int, end: int, kind: str, encrypted: bool) -> None:
        self.start = start
        self.end = end
        self.kind = kind
        self.encrypted = encrypted


def find_private_keys(text: str) -> Iterator[PrivateKey]:
    """Every private key in the text: with line ends or `\\n` escapes, indented, quoted by lines, or commented out."""
    if ARMOUR in text:
        yield from _armoured(text)
    if PUTTY in text:
        yield from _putty(text)
    if AGE in text:
        yield from _age(text)


def _armoured(text: str) -> Iterator[PrivateKey]:
    at = text.find(ARMOUR)
    while at >= 0:
        key = _armoured_at(text, at)
        if key is not None:
            yield key
        at = text.find(ARMOUR, key.end if key else at + 11)


def _armoured_at(text: str, start: int) -> PrivateKey | None:
    label_end = text.find("-----", start + 11, start + 60)
    if label_end < 0:
        return None
    label = text[start + 11 : label_end]
    if not label.endswith(("PRIVATE KEY", "PRIVATE KEY BLOCK")):
        return None
    body_start = label_end + 5
    footer = text.find("-----", body_start)
    end_mark = f"-----END {label}---"
    if footer < 0 or not text.startswith(end_mark, footer):
        return None
    headers, body = _split_headers(_unescaped(text[body_start:footer]))
    key = _decoded(body)
    if not _is_key(key) or _is_published(body):
        return None
    kind = "pgp" if "PGP" in label else "openssh" if "OPENSSH" in label else "pem"
    end = footer + len(end_mark)
    while end < footer + len(end_mark) + 2 and text[end : end + 1] == "-":  # a copy may have lost some
        end += 1
    return PrivateKey(start, end, kind, _is_encrypted(label, headers, key))


def _unescaped(body: str) -> list[str]:
    """The lines of a body, without what a string literal, a YAML block or a joined command line puts around them."""
    plain = body.replace("\\r", "").replace("\\n", "\n").replace("\\", "\n")
    return [_unquoted(line.strip(" \t\r,|#")) for line in plain.splitlines()]


def _unquoted(line: str) -> str:
    if line.endswith(('" +', "' +", '"+', "'+")):
        line = line.rstrip("+ ")
    return line.strip("\"'")


def _split_headers(lines: list[str]) -> tuple[str, str]:
    """`Proc-Type: ...` and the like, apart from the base64 text."""
    headers: list[str] = []
    body: list[str] = []
    for line in lines:
        if ": " in line and not body:
            headers.append(line)
        elif line and not (line.startswith("=") and len(line) == 5):  # the checksum of PGP armour
            body.append(line.replace(" ", ""))
    return "\n".join(headers), "".join(body)


def _decoded(body: str) -> bytes:
    from binascii import Error, a2b_base64

    if not body.isascii() or not body.replace("+", "").replace("/", "").rstrip("=").isalnum():
        return b""
    body = body.rstrip("=")
    try:
        return a2b_base64(body[: len(body) // 4 * 4])  # what a copy lost at the end does not matter
    except Error:
        return b""


def _is_encrypted(label: str, headers: str, key: bytes) -> bool:
    if "ENCRYPTED" in label or "ENCRYPTED" in headers or "DEK-Info" in headers:
        return True
    if "PGP" in label:
        return re.search(_LOCKED, key[:_LONGEST_PUBLIC_PART]) is not None
    return key.startswith(b"openssh-key-v1\0") and not key.startswith(b"openssh-key-v1\0\0\0\0\x04none")


def _is_key(key: bytes) -> bool:
    """Whether the body is long and varied enough, and no words in base64; what a parser would say of it is not asked."""
    if len(key) < SHORTEST_KEY or len(set(key)) < SHORTEST_KEY // 2:
        return False
    return not (key.isascii() and key.decode("ascii").isprintable())


def _is_published(body: str) -> bool:
    from hashlib import sha256

    return sha256(body.rstrip("=").encode()).hexdigest() in _PUBLISHED


def _putty(text: str) -> Iterator[PrivateKey]:
    at = text.find(PUTTY)
    while at >= 0:
        after = text.find(PUTTY, at + 20)
        stop = after if after >= 0 else len(text)
        lines_at = text.find("Private-Lines: ", at, stop)
        if lines_at >= 0:
            yield from _putty_body(text, at, lines_at, stop)
        at = after


def _putty_body(text: str, start: int, lines_at: int, stop: int) -> Iterator[PrivateKey]:
    block = text[lines_at:stop].replace("\\r", "").replace("\\n", "\n").splitlines()
    digits = block[0][15:].strip()
    count = int(digits) if digits.isdigit() and len(digits) < 4 else 0
    if count and len(_decoded("".join(line.strip() for line in block[1 : 1 + count]))) >= SHORTEST_KEY:
        mac = text.find("Private-MAC: ", lines_at, stop)
        end = mac + 13 + (40 if text.startswith("2", start + len(PUTTY)) else 64) if mac >= 0 else stop
        encrypted = "Encryption: none" not in text[start:lines_at]
        yield PrivateKey(start, min(end, stop), "putty", encrypted)


def _age(text: str) -> Iterator[PrivateKey]:
    at = text.find(AGE)
    while at >= 0:
        end = at + 16 + 58
        if _is_bech32("age-secret-key-", text[at + 16 : end].lower()):
            yield PrivateKey(at, end, "age", False)
        at = text.find(AGE, at + 16)


_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def bech32_remainder(prefix: str, data: list[int]) -> int:
    """The checksum polynomial of BIP 173; 1 where the checksum is right."""
    values = [ord(character) >> 5 for character in prefix] + [0] + [ord(character) & 31 for character in prefix] + data
    remainder = 1
    for value in values:
        top = remainder >> 25
        remainder = (remainder & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_BECH32_GENERATOR):
            if top >> bit & 1:
                remainder ^= generator
    return remainder


def _is_bech32(prefix: str, text: str) -> bool:
    data = [_BECH32.find(character) for character in text]
    return len(data) == 58 and min(data) >= 0 and bech32_remainder(prefix, data) == 1
