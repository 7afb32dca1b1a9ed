"""Is this value a secret? The value decides first, then the place it stands in, and the name last."""

from __future__ import annotations

import re
from functools import lru_cache

from capdrop.source import Record

from .keys import find_private_keys
from .marks import ENCODED_MARKS, SHORTEST, may_name_a_secret, unencoded
from .names import is_for_own_service, is_issued_by_another, named_like_a_secret, role_in_a_secret, role_of, says_harmless, split
from .pairs import find_docker_auths, find_pair_passwords
from .tokens import find_tokens, is_documented, is_for_browsers, token_by_name
from .urls import find_url_passwords
from .values import (
    is_digest,
    is_filler,
    is_number,
    is_password_hash,
    is_placeholder,
    is_plain,
    is_reference,
    is_weak,
    looks_random,
    says_what_it_is,
    turns,
)
from .words import CHOSEN, HASHED, ISSUED, NAMES_OF_ENTRIES, NAMES_OF_FILES, NAMES_OF_PASSWORDS, NAMES_OF_SECRETS, PASSWORD, VAGUE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .pairs import PairPassword
    from .urls import UrlPassword

__all__ = ["Verdict", "is_placeholder", "is_reference", "judge", "named_like_a_secret"]

SHORTEST_CREDENTIAL = 8
"""Characters of base64 in which somebody may have written a password, though nothing decodes it."""
LONGEST_CREDENTIAL = 4096
"""Characters; a longer value is a document, searched for what shows by itself only."""

OTHERS_SERVERS = frozenset({"smtp", "imap", "mail", "mailer", "email"})
"""Words of names of logins to a server of somebody else, who gives out no password that anyone would guess: one is there to be
replaced."""

OF_LOCAL_STORES = ("minioadmin", "minio123")
"""What MinIO is started with, under the names of the keys that AWS hands out."""
LONGEST_ID = 16
"""Characters of a rule's id."""

_IMAGE = "@sha256:"
"""What the digest of an image begins with."""
MOST_WORDS = 6
"""Words of a passphrase; more are a sentence."""


class Verdict(Record):
    """A value is a secret: what kind, whose, which range of it, how sure that is, and why (never with the secret in it).

    `kind` is "token", "private-key", "url-password", "credential" or "default-credential"; `confidence` "high", "medium" or "low".
    """

    __slots__ = ("confidence", "end", "kind", "provider", "provider_title", "start", "why")

    def __init__(self, kind: str, start: int, end: int, confidence: str, why: str, provider: str = "", provider_title: str = "") -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.confidence = confidence
        self.why = why
        self.provider = provider
        self.provider_title = provider_title


def judge(value: str, name: str = "", *, place: str = "env") -> Verdict | None:
    """Whether `value`, the text as it is at run time, is or holds a secret.

    `place` is where it stands: "env", "arg", "label", "annotation", "configmap", "secret" (an entry of a Kubernetes Secret, decoded),
    "bytes" (the base64 of such an entry that is no text), "argument" (an option's value; `name` is the option) or "template" (a line of a
    file that is copied and filled in).
    """
    if len(value) >= SHORTEST or "://" in value:
        verdict = _by_shape(value) or judge_encoded(value)
        if verdict is not None:
            is_public = is_for_browsers(unencoded(value) or value, name) or name.lower().endswith(_MAPPING)
            return None if is_public else verdict
    if name.startswith("BUNDLE_") and "__" in name:
        return _bundler(value)
    role = role_in_a_secret(name) if place in ("secret", "bytes") else role_of(name)
    if (not role and place != "secret") or (role == VAGUE and place == "bytes"):
        return None
    verdict = _by_name(value, name, role, place)
    return verdict if place != "template" or verdict is None or verdict.kind == "token" else None


_MAPPING = ("attrs", "attributes")
"""How the names end of settings that say which attribute of a directory is the password: `userPassword=password`."""


def judge_default(value: str, name: str) -> Verdict | None:
    """The default of a variable that asks to be replaced, and is the secret of all who do not: `${AUTH_SECRET:-your_auth_secret_here}`.

    Without effect are those of logins to others' servers and of keys that somebody else hands out.
    """
    low, role, words = value.lower(), role_of(name), split(name)
    if not any(part in low for part in _ASKS) or is_reference(value) or not is_placeholder(value) or role not in (PASSWORD, CHOSEN):
        return None
    if is_issued_by_another(name) or not OTHERS_SERVERS.isdisjoint(words) or (role == CHOSEN and not _is_of_an_app(words)):
        return None
    return _verdict(value, value.strip(), "default-credential", "medium", "a secret that asks to be replaced")


def _is_of_an_app(words: tuple[str, ...]) -> bool:
    """Whether an application makes up a secret with such a name itself, to sign and to encrypt with."""
    return "client" not in words and (words[:2] == ("secret", "key") or not _SIGNS.isdisjoint(words))


_SIGNS = frozenset("app auth cookie csrf encryption hmac jwt nextauth rpc session signing".split())
_ASKS = ("your", "replace", "-here", "_here")


def _bundler(value: str) -> Verdict | None:
    """The login for a gem server: `BUNDLE_GEMS__ACME__IO=user:password`, or a token alone."""
    text = value.strip()
    user, colon, password = text.partition(":")
    secret = password if colon else user
    if not secret or "://" in text or is_reference(text) or is_placeholder(secret) or is_plain(secret):
        return None
    if not colon and not looks_random(secret):
        return None
    start = value.find(text) + len(text) - len(secret)
    return Verdict("credential", start, start + len(secret), "high", "the login for a gem server")


def judge_encoded(value: str) -> Verdict | None:
    """The secret that base64 hides in a value; its range is that of the characters which encode it."""
    inner = unencoded(value)
    verdict = _by_shape(inner) if inner and "\n" not in value else None
    if verdict is not None:
        verdict.start = verdict.start // 3 * 4
        verdict.end = min(len(value), -(-verdict.end // 3) * 4)
        verdict.why += ", in base64"
    return verdict


@lru_cache(maxsize=1)
def _encoded() -> re.Pattern[str]:
    return re.compile(r"[A-Za-z0-9+/]{24,262144}={0,2}")


def judge_lines_with_base64(text: str) -> list[Verdict]:
    """The secrets in base64 on the lines that speak of it: `echo ... | base64 -d`, `client-key-data: ...`."""
    found = []
    for line in _lines_with_base64(text):
        for match in _encoded().finditer(text, *line):
            verdict = judge_encoded(match[0])
            if verdict is not None:
                verdict.start += match.start()
                verdict.end += match.start()
                found.append(verdict)
    return found


def _lines_with_base64(text: str) -> Iterator[tuple[int, int]]:
    for mark in ENCODED_MARKS:
        at = text.find(mark)
        while at >= 0:
            start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
            end = end if end >= 0 else len(text)
            yield start, end
            at = text.find(mark, end)


@lru_cache(maxsize=1)
def _pair() -> re.Pattern[str]:
    return re.compile(r"([\"'])([A-Za-z_][\w.-]{0,80})\1\s{0,8}:\s{0,8}([\"'])([^\"'\n]{3,400})\3")


@lru_cache(maxsize=1)
def _named_value() -> re.Pattern[str]:
    return re.compile(r"\"name\"\s{0,8}:\s{0,8}\"([A-Za-z_][\w.-]{0,80})\"\s{0,8},\s{0,40}\"value\"\s{0,8}:\s{0,8}\"([^\"\n]{3,400})\"")


@lru_cache(maxsize=1)
def _item() -> re.Pattern[str]:
    return re.compile(r"[\[,]\s{0,40}([\"'])([^\"'\n]{3,400})\1(?=\s{0,40}[,\]])")


def judge_json(text: str, called: str = "") -> list[Verdict]:
    """The secrets in a JSON text that only their names tell, as keys or in `{"name": ..., "value": ...}`, and the passwords of connection
    strings; what shows by itself is left to those who search the text. In a list of texts, each has the name of the whole, `called`."""
    found = []
    pairs = [(match[2], match[4], match.start(4)) for match in _pair().finditer(text)]
    pairs += [(match[1], match[2], match.start(2)) for match in _named_value().finditer(text)]
    is_list = text[:1] == "[" and text[1:].lstrip()[:1] in ("'", '"')
    pairs += [(called, match[2], match.start(2)) for match in _item().finditer(text)] if is_list else []
    for name, value, start in pairs:
        verdict = judge(value, name) if role_of(name) or "=" in value else None
        if verdict is not None and (verdict.kind == "credential" or (verdict.kind == "default-credential" and not is_list)):
            verdict.start += start
            verdict.end += start
            found.append(verdict)
    return found


def may_be_a_secret(word: str) -> bool:
    """Whether a word that stands anywhere is like a secret: a token, a URL with a password, or as random as one. The ids of rules, in
    capitals and figures, are not."""
    if len(word) < SHORTEST or (word.isupper() and len(word) <= LONGEST_ID):
        return False
    return _by_shape(word) is not None or is_digest(word) or looks_random(word)


def judge_all(value: str) -> list[Verdict]:
    """Every token, private key and URL password in a text, whatever it is called; for files and scripts inside a value."""
    found = [_key_verdict(key.start, key.end, key.encrypted) for key in find_private_keys(value)]
    found.extend(_token_verdict(token.start, token.end, token.provider, token.title, token.what) for token in find_tokens(value))
    found.extend(_url_verdict(url) for url in find_url_passwords(value))
    found.sort(key=lambda verdict: (verdict.start, -verdict.end))
    return found


def _by_shape(value: str) -> Verdict | None:
    if "KEY" in value:
        for key in find_private_keys(value):
            return _key_verdict(key.start, key.end, key.encrypted)
    for token in find_tokens(value):
        return _token_verdict(token.start, token.end, token.provider, token.title, token.what)
    if "://" in value:
        for url in find_url_passwords(value):
            return _url_verdict(url)
    if "=" in value and "\n" not in value.rstrip() and len(value) <= LONGEST_CREDENTIAL:
        pair = min(find_pair_passwords(value), key=lambda pair: _is_of_trust_store(value, pair), default=None)
        if pair is not None:
            verdict = _pair_verdict(pair.start, pair.end, pair.weak, "an option list with a password")
            if _is_of_trust_store(value, pair):
                verdict.confidence = "low"
            return verdict
    if value[0] == "{":
        for pair in find_docker_auths(value):
            return _pair_verdict(pair.start, pair.end, pair.weak, "a registry login")
    return None


def _is_of_trust_store(value: str, pair: PairPassword) -> bool:
    """Whether the password is that of a store of certificates, which are public."""
    return value[: pair.start].lower().endswith("truststorepassword=")


def _pair_verdict(start: int, end: int, weak: bool, why: str) -> Verdict:
    if weak:
        return Verdict("default-credential", start, end, "medium", f"{why} that anyone would guess")
    return Verdict("credential", start, end, "high", why)


def _key_verdict(start: int, end: int, encrypted: bool) -> Verdict:
    if encrypted:
        return Verdict("private-key", start, end, "medium", "a private key, itself encrypted")
    return Verdict("private-key", start, end, "high", "a private key")


def _token_verdict(start: int, end: int, provider: str, title: str, what: str) -> Verdict:
    return Verdict("token", start, end, "medium" if provider == "jwt" else "high", what, provider, title)


def _url_verdict(url: UrlPassword) -> Verdict:
    why = "a URL with a password that anyone would guess" if url.weak else "a URL with a password"
    return Verdict("url-password", url.start, url.end, "low" if url.near else "medium" if url.weak else "high", why)


def _by_name(value: str, name: str, role: str, place: str) -> Verdict | None:
    text = value.strip()
    if len(text) >= SHORTEST and role == CHOSEN and not text.strip("0"):
        return _verdict(value, text, "default-credential", "medium", "a secret of zeros")
    if not text or len(text) > LONGEST_CREDENTIAL or "\n" in text or is_reference(text) or is_placeholder(text):
        return None
    text = _without_scheme(text)
    decoded = unencoded(text, SHORTEST_CREDENTIAL)
    if decoded.endswith(":"):  # a user's name and no password: that is elsewhere, as in Docker's `identitytoken`
        return None
    inner = decoded.rpartition(":")[2]
    if is_placeholder(inner or text):
        return None
    if inner and is_weak(inner):
        return _verdict(value, text, "default-credential", "medium", "a secret that anyone would guess, in base64")
    login = _login(value, text, name) if role else None
    if login is not None:
        return login
    if is_number(text.replace(",", "")):
        return _number(value, text, role)
    if is_plain(text) or is_documented(text) or _is_code(text) or _is_name_of_another(text, name) or _IMAGE in text:
        return None
    if not role:
        return _in_a_secret(value, text, name)
    if " " in text and not _is_passphrase(text, role):
        return None
    verdict = _credential(value, text, role, name)
    if verdict is not None and place in ("label", "annotation"):
        return _among_labels(verdict, role, text)
    return verdict


def _without_scheme(text: str) -> str:
    for scheme in ("Bearer ", "Basic ", "Token ", "token ", "bearer ", "basic "):
        if text.startswith(scheme):
            return text[len(scheme) :].strip()
    return text


def _verdict(value: str, text: str, kind: str, confidence: str, why: str) -> Verdict:
    start = value.find(text)
    return Verdict(kind, start, start + len(text), confidence, why)


def _number(value: str, text: str, role: str) -> Verdict | None:
    if role != PASSWORD or len(text) < 4:
        return None
    return _verdict(value, text, "default-credential", "medium", "a password of digits only")


def _is_code(text: str) -> bool:
    if text[0] in "{[":
        return text[-1] in "}]"
    return ("(" in text and text.endswith((")", ");"))) or text.startswith(("--", "||", "&&"))


def _is_name_of_another(text: str, name: str) -> bool:
    """Whether the value is itself written like a variable's name, or spells its own: `DB_PASSWORD`, `Update Password`; or is a sentence
    about one: `DB_PASSWORD passed in value`. What is no password may be called as what holds it: `backendSecret: backend-secret`,
    `secretKey: key`."""
    own, words = split(name), split(text)
    if own[-2:] == ("access", "key") and "secret" not in own and not looks_random(text):
        return True  # by which the owner of a secret key is called (docs.aws.amazon.com, Access keys)
    if " " in text:
        return sorted(words) == sorted(own) or _is_name_of_another(text.partition(" ")[0], name)
    if own and own[-1] not in NAMES_OF_PASSWORDS and not name.isupper() and words in (own, own[-1:]):
        return True
    first, _, rest = text.partition("_")
    return text.isupper() and first.rstrip("0123456789").isalpha() and rest.replace("_", "").isalpha() and may_name_a_secret(text)


def _is_passphrase(text: str, role: str) -> bool:
    return role == PASSWORD and len(text) <= 80 and text.count(" ") < MOST_WORDS and not text.endswith((".", ":", "?"))


def _credential(value: str, text: str, role: str, name: str) -> Verdict | None:
    if len(text) >= SHORTEST:
        named = token_by_name(text, split(name))
        if named is not None:
            provider, title, what = named
            start = value.find(text)
            return Verdict("token", start, start + len(text), "high", what, provider, title)
    if is_digest(text):
        return _digest(value, text, role, name)
    if role == PASSWORD or is_password_hash(text):
        verdict = _password(value, text)
        words = split(name)
        if (verdict.kind == "default-credential" and not OTHERS_SERVERS.isdisjoint(words)) or "truststore" in "".join(words):
            verdict.confidence = "low"
        return verdict
    if looks_random(text):
        confidence = {CHOSEN: "high", ISSUED: "high", VAGUE: "medium"}[role] if len(text) >= 10 else "low"
        if role == VAGUE and (len(text) < 16 or turns(text) < 5):
            return None
        return _verdict(value, text, "credential", confidence, "a literal value under the name of a secret")
    is_local = text in OF_LOCAL_STORES and "secret" in split(name)
    is_made_up = role == CHOSEN or (role == ISSUED and (is_for_own_service(name) or is_local))
    return _word(value, text, name) if is_made_up else None


def _digest(value: str, text: str, role: str, name: str) -> Verdict:
    """`openssl rand -hex 32` makes most session secrets, and many providers issue hexadecimal; under a vague name it is more often a
    commit or an identifier, under that of a signing key the fingerprint of a public one, under that of a hash what is kept instead of a
    password. A UUID is made up too, for variables."""
    is_other = len(text) == 40 or (len(text) == 36 and not name.isupper())
    is_kept = role == PASSWORD and not HASHED.isdisjoint(split(name))
    confidence = "low" if role == VAGUE or is_kept or (role == CHOSEN and is_other) else "medium"
    return _verdict(value, text, "credential", confidence, "a literal in the form of a hash or an identifier")


def _login(value: str, text: str, name: str) -> Verdict | None:
    """`user:password` under a name such as BASIC_AUTH; Neo4j writes `user/password`."""
    words = split(name)
    if words[-1] not in ("auth", "credentials", "creds", "userpass"):
        return None
    user, sign, password = text.partition("/" if "neo4j" in name.lower() else ":")
    if not sign or not user or not password or not user.isascii() or is_placeholder(password) or is_plain(password) or _is_code(text):
        return None
    verdict = _password(value, password)
    verdict.start = value.find(text) + len(user) + 1
    verdict.end = verdict.start + len(password)
    return verdict


def _password(value: str, text: str) -> Verdict:
    if is_password_hash(text):
        return _verdict(value, text, "credential", "low", "the hash of a password")
    if is_weak(text):
        return _verdict(value, text, "default-credential", "high", "a password that anyone would guess")
    if text.isalpha() and (text.islower() or text.istitle()) and len(text) <= 12:
        return _verdict(value, text, "default-credential", "medium", "a password of one word")
    if says_what_it_is(text):
        return _verdict(value, text, "default-credential", "medium", "a password that says what it is")
    return _verdict(value, text, "credential", "high", "a literal password")


def _word(value: str, text: str, name: str) -> Verdict | None:
    """A secret that the operator made up, and made up of words."""
    is_name = _is_name_of_a_secret(text)
    if name.endswith(("SecretKey", "secretKey")) and _is_name_of_an_entry(text):
        return None
    if (
        len(text) < 3
        or is_issued_by_another(name)
        or (is_name and split(name)[-2:] in (("password", "secret"), ("pass", "secret"), ("passwd", "secret")))
    ):
        return None
    if split(text) == split(name) and not _ISSUED_BY_A_PROVIDER.isdisjoint(split(name)):
        return None
    if is_weak(text):
        return _verdict(value, text, "default-credential", "medium", "a secret that anyone would guess")
    if text.replace("-", "").replace("_", "").replace(".", "").isalpha():
        if name.isupper() and split(name)[-1] not in NAMES_OF_FILES and not is_name:
            return _verdict(value, text, "default-credential", "medium", "a secret of plain words")
        return _verdict(value, text, "credential", "low", "a literal that may be a name")
    if is_name and (split(name)[-1] in NAMES_OF_FILES or (text.islower() and not name.isupper())):
        return _verdict(value, text, "credential", "low", "a literal that may be a name")
    return _verdict(value, text, "credential", "medium", "a literal value under the name of a secret")


_ISSUED_BY_A_PROVIDER = frozenset({"client", "s3"})
"""Words of names of secrets that a provider hands out, which is no value that spells the name."""


def _is_name_of_an_entry(text: str) -> bool:
    """Whether the value is like the name of an entry in a Secret, as stands in a `secretKey` beside a `secretName`."""
    words = split(text)
    return bool(words) and (words[-1] in NAMES_OF_ENTRIES or (len(words) > 1 and words[-1] in NAMES_OF_SECRETS))


def _is_name_of_a_secret(text: str) -> bool:
    """Whether the value is like the name of an object that holds a secret: `web-secret`, `broker_keystore_creds`."""
    _, separator, last = text.replace("_", "-").lower().rpartition("-")
    return bool(separator) and last in NAMES_OF_SECRETS


def _in_a_secret(value: str, text: str, name: str) -> Verdict | None:
    """An entry of a Kubernetes Secret whose name says nothing."""
    if says_harmless(name) or " " in text or is_filler(text) or is_digest(text) or not looks_random(text) or split(name)[-1] in HASHED:
        return None
    return _verdict(value, text, "credential", "medium", "a literal value in a Secret")


def _among_labels(verdict: Verdict, role: str, text: str) -> Verdict | None:
    if verdict.kind == "token":
        return verdict
    if text.lower().endswith(("_password", "-password")):
        return None  # the name of an attribute or of an entry
    if role != PASSWORD and (role == VAGUE or verdict.confidence != "high"):
        return None  # labels name secrets and count their versions; of what is no password only a random text counts
    verdict.confidence = "low" if verdict.confidence == "low" else "medium"
    return verdict
