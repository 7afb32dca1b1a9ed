"""Private keys and URL passwords: what is one, where it begins and ends."""

from __future__ import annotations

import base64
import hashlib
import random

import pytest
from capdrop.secrets.judge import judge
from capdrop.secrets.keys import bech32_remainder, find_private_keys
from capdrop.secrets.pairs import find_docker_auths, find_pair_passwords
from capdrop.secrets.urls import find_url_passwords

CHANCE = random.Random(11)


def lines(data: bytes) -> str:
    text = base64.b64encode(data).decode()
    return "\n".join(text[at : at + 64] for at in range(0, len(text), 64))


def armoured(label: str, data: bytes, headers: str = "") -> str:
    return f"-----BEGIN {label}-----\n{headers}{lines(data)}\n-----END {label}-----"


DER = b"\x30\x82\x04\xa3" + CHANCE.randbytes(600)
OPENSSH = b"openssh-key-v1\0\0\0\0\x04none" + CHANCE.randbytes(300)
LOCKED = b"openssh-key-v1\0\0\0\0\x0aaes256-ctr" + CHANCE.randbytes(300)
PRIVATE = "PRIVATE KEY"
PUTTY = (
    "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: me\nPublic-Lines: 2\nAAAA\nBBBB\nPrivate-Lines: 1\n"
    + base64.b64encode(CHANCE.randbytes(36)).decode()
    + "\nPrivate-MAC: "
    + CHANCE.randbytes(32).hex()
)

PUTTY_2 = PUTTY.replace("File-3", "File-2")[:-24]
LOCKED_PGP = b"\x94\x86\x04" + CHANCE.randbytes(50) + b"\xfe\x07\x03\x02" + CHANCE.randbytes(70)

KEYS = [
    (armoured("RSA " + PRIVATE, DER), "pem", False),
    (armoured(PRIVATE, DER), "pem", False),
    (armoured("EC " + PRIVATE, b"\x30\x77" + CHANCE.randbytes(119)), "pem", False),
    (armoured("ENCRYPTED " + PRIVATE, DER), "pem", True),
    (armoured("RSA " + PRIVATE, CHANCE.randbytes(600), "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n"), "pem", True),
    (armoured("OPENSSH " + PRIVATE, OPENSSH), "openssh", False),
    (armoured("OPENSSH " + PRIVATE, LOCKED), "openssh", True),
    (armoured("PGP " + PRIVATE + " BLOCK", b"\x95\x01" + CHANCE.randbytes(500), "Version: GnuPG v2\n\n"), "pgp", False),
    (armoured("PGP " + PRIVATE + " BLOCK", LOCKED_PGP), "pgp", True),
    (PUTTY, "putty", False),
    (PUTTY_2, "putty", False),
]


@pytest.mark.parametrize(("text", "kind", "encrypted"), KEYS)
def test_a_private_key(text: str, kind: str, encrypted: bool) -> None:
    wrapped = f"before\n{text}\nafter {text}\n"
    found = list(find_private_keys(wrapped))
    assert [(wrapped[key.start : key.end], key.kind, key.encrypted) for key in found] == [(text, kind, encrypted)] * 2


@pytest.mark.parametrize("text", [key[0] for key in KEYS[:7]])
@pytest.mark.parametrize("form", ["escaped", "indented", "commented", "crlf", "one line", "quoted lines"])
def test_a_private_key_however_it_is_written(text: str, form: str) -> None:
    written = {
        "escaped": text.replace("\n", "\\n"),
        "indented": text.replace("\n", "\n    "),
        "commented": text.replace("\n", "\n  #   "),
        "crlf": text.replace("\n", "\r\n"),
        "one line": text if ": " in text else text.replace("\n", " "),
        "quoted lines": text.replace("\n", '\\n"\n  "'),
    }[form]
    (key,) = find_private_keys(f'{{"key": "{written}"}}')
    assert key.end - key.start == len(written)


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n" + "x" * 64 + "\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n<base64 of the key>\n-----END PRIVATE KEY-----",
        armoured(PRIVATE, b"this is where the private key of the server goes"),
        armoured("PUBLIC KEY", DER),
        armoured("CERTIFICATE", DER),
        armoured(PRIVATE, DER).replace("-----END PRIVATE", "-----END RSA PRIVATE"),
        'if line.startswith("-----BEGIN ") and "PRIVATE KEY" in line:',
        "AGE-SECRET-KEY-1" + "Q" * 58,
        "PuTTY-User-Key-File-3: ssh-ed25519",
    ],
)
def test_no_private_key(text: str) -> None:
    assert list(find_private_keys(text)) == []


def age_identity(data: bytes) -> str:
    letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    number = int.from_bytes(data, "big") << 4
    digits = [number >> (5 * place) & 31 for place in range(51, -1, -1)]
    remainder = bech32_remainder("age-secret-key-", [*digits, 0, 0, 0, 0, 0, 0]) ^ 1
    digits += [remainder >> 5 * (5 - place) & 31 for place in range(6)]
    return "AGE-SECRET-KEY-1" + "".join(letters[digit] for digit in digits).upper()


def test_an_age_identity() -> None:
    identity = age_identity(CHANCE.randbytes(32))
    (key,) = find_private_keys(f"# created\n{identity}\n")
    assert (key.kind, key.end - key.start) == ("age", 74)
    verdict = judge(identity, "SOPS_AGE_KEY")
    assert verdict is not None
    assert verdict.kind == "private-key"


@pytest.mark.parametrize(
    ("text", "password", "user", "scheme", "weak"),
    [
        ("postgres://app:Vv6-bb13-Ke@db.example.org/app", "Vv6-bb13-Ke", "app", "postgres", False),
        ("postgres://postgres:postgres@db:5432/x", "postgres", "postgres", "postgres", True),
        ("jdbc:postgresql://bob:hunter-7@db/x", "hunter-7", "bob", "postgresql", False),
        ("redis://:hunter-7@redis", "hunter-7", "", "redis", False),
        ("mongodb+srv://u:p%40ss-9x@h1,h2/db", "p%40ss-9x", "u", "mongodb+srv", False),
        ("amqp://guest:guest@rabbitmq", "guest", "guest", "amqp", True),
        ("see https://x-access-token:hunter-7aB@github.com/a/b.git.", "hunter-7aB", "x-access-token", "https", False),
        ("http://a:b@c:d-9x@host/", "b@c:d-9x", "a", "http", False),
        ("mysql://root:123456@db/x", "123456", "root", "mysql", True),
        ("postgres://app:Vv6#bb13?Ke@db/x", "Vv6#bb13?Ke", "app", "postgres", False),
        ("mongodb://sally:sallypass@ds9.mlab.com/x", "sallypass", "sally", "mongodb", True),
        ("postgres://shopuser:shop_password@db/x", "shop_password", "shopuser", "postgres", True),
        ("postgres://shop:shop-Vv6bb13@db/x", "shop-Vv6bb13", "shop", "postgres", False),
        ("postgres://a:apple-Vv6@db/x", "apple-Vv6", "a", "postgres", False),
        ("postgresql+psycopg2://app:Kp3/vv81Qz9a@db:5432/x", "Kp3/vv81Qz9a", "app", "postgresql+psycopg2", False),
        ("postgres://app:app@localhost:5432/x", "app", "app", "postgres", True),
        ("postgres://mmuser:mmuser_password@db/x", "mmuser_password", "mmuser", "postgres", True),
        ("redis://:ab/cD9+ef8=@redis:6379/0", "ab/cD9+ef8=", "", "redis", False),
    ],
)
def test_a_url_password(text: str, password: str, user: str, scheme: str, weak: bool) -> None:
    (found,) = find_url_passwords(text)
    assert text[found.start : found.end] == password
    assert (found.user, found.scheme, found.weak) == (user, scheme, weak)
    assert found.near is (weak and "@localhost" in text)


def test_a_token_as_the_user() -> None:
    token = "v4kZ9" * 5
    for text in (f"https://{token}@github.com/a/b.git", f"https://{token}:x-oauth-basic@github.com/a/b.git"):
        (found,) = find_url_passwords(text)
        assert (text[found.start : found.end], found.user) == (token, "")


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/a:b@c",
        "https://example.org:8080/",
        "ssh://git@github.com/a/b",
        "git@github.com:a/b.git",
        "postgres://app@db/x",
        "postgres://app:@db/x",
        "postgres://app:${PW}@db/x",
        "postgres://app:$PW@db/x",
        "postgres://$(USER):$(PASS)@db/x",
        "postgres://{{ .u }}:{{ .p }}@db/x",
        "postgres://app:<password>@db/x",
        "postgres://app:****@db/x",
        "postgres://%s:%s@%s/x",
        "scheme://[:password@]host:port",
        "postgres://user:password@host:5432/db",
        "http://user:pass@proxy.example.com",
        "smtp://email:password@smtp_url:port",
        "postgresql+asyncpg://user:password@postgres:5432/app",
        "https://orderer.example.com:orderer.example.compw@ca.example.com:7054",
        "https://9f86d081884c7d659a2feaa0c55ad015@o1.ingest.sentry.io/42",
        "https://9f86d081884c7d659a2feaa0c55ad015@sentry.internal/42",
        "://a:b@c",
        "http://a b:c@d",
        "http://host:8080#a:b@c",
        "http://host:PORT?email=a@b",
        "mongodb://a:27017,b:27017/x1y2z3@c",
        "mysql://host:port/a@b",
        "git+ssh://git@github.com:org/r2d2@v1",
        "https://acme.io:a1b2/c3d4@e",
    ],
)
def test_no_url_password(text: str) -> None:
    assert list(find_url_passwords(text)) == []


@pytest.mark.parametrize(
    ("text", "password"),
    [
        ("Server=db;User Id=sa;Password=Tr0ub-9;Timeout=5", "Tr0ub-9"),
        ("host=db password='Tr0ub 9' dbname=x", "Tr0ub 9"),
        ("-Dspring.datasource.password=Tr0ub-9 -Xmx1g", "Tr0ub-9"),
        ("jdbc:mysql://db/x?user=a&password=Tr0ub-9&ssl=true", "Tr0ub-9"),
        ("Data Source=db;Pwd=Tr0ub-9", "Tr0ub-9"),
    ],
)
def test_a_password_among_pairs(text: str, password: str) -> None:
    (found,) = find_pair_passwords(text)
    assert text[found.start : found.end] == password


@pytest.mark.parametrize(
    "text",
    [
        "Password=${PW};",
        "password=",
        "resetpwd=on1",
        "password=true",
        "password=/run/secrets/x",
        "Pwd=<password>;",
        "(?<=password=|secret=)([^&]*)",
    ],
)
def test_no_password_among_pairs(text: str) -> None:
    assert list(find_pair_passwords(text)) == []


def test_a_registry_login() -> None:
    login = base64.b64encode(b"bob:" + b"wK7-x2pQ").decode()
    text = f'{{"auths": {{"ghcr.io": {{"username": "bob", "auth": "{login}"}}}}}}'
    (found,) = find_docker_auths(text)
    assert text[found.start : found.end] == login
    assert list(find_docker_auths(text.replace(login, base64.b64encode(b"bob:${PW}").decode()))) == []


def test_a_key_that_everybody_has_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    text = armoured(PRIVATE, DER)
    assert len(list(find_private_keys(text))) == 1
    monkeypatch.setattr("capdrop.secrets.keys._PUBLISHED", {hashlib.sha256(base64.b64encode(DER).rstrip(b"=")).hexdigest()})
    assert list(find_private_keys(text)) == []
