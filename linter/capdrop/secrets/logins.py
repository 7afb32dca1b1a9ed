"""Logins as programs store and send them: netrc, .npmrc, .pgpass, Docker's, HTTP headers and queries, XML, SQL, PHP, password files."""

from __future__ import annotations

import re
from functools import lru_cache

from capdrop.source import Record, lowered

from .documented import DOCUMENTED
from .marks import small_words
from .names import role_of
from .pairs import find_pair_passwords
from .tokens import is_text_in_base64
from .values import is_digest, is_number, is_password_hash, is_placeholder, is_plain, is_reference, is_weak, looks_random, turns
from .words import PASSWORD, VAGUE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

LONGEST = 4000
"""Characters of a login; what is longer is none."""


LENGTH_OF_A_UUID = 36


class Login(Record):
    """Where the secret of a login stands, what kind of login it is, whether anyone would guess it, and whether it is only a hash of one."""

    __slots__ = ("end", "hashed", "start", "weak", "what")

    def __init__(self, start: int, end: int, what: str, *, weak: bool = False, hashed: bool = False) -> None:
        self.start = start
        self.end = end
        self.what = what
        self.weak = weak
        self.hashed = hashed


def find_logins(text: str, shapes: Iterable[str]) -> Iterator[Login]:
    """Every login of these shapes in a text, in order; references, placeholders and made-up values are none. Linear in its length."""
    found = [login for shape in dict.fromkeys(shapes) for login in _SHAPES[shape](text)]
    found.sort(key=lambda login: (login.start, -login.end))
    end = 0
    for login in found:
        if login.start >= end:
            yield login
            end = login.end


@lru_cache(maxsize=32)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


_NETRC = (
    r"(?:machine\s{1,20}[^\s]{1,255}\s{1,20}|\bdefault\s{1,20}(?=login))(?:login\s{1,20}[^\s]{1,255}\s{1,20})?"
    r"(?:account\s{1,20}[^\s]{1,255}\s{1,20})?password\s{1,20}([^\s'\"\\]{3,255})"
)
_NPM = r":_(authToken|auth|password)\s{0,4}=\s{0,4}[\"']?([A-Za-z0-9_./+=~-]{6,2000})"
_PGPASS = r"(?<=:)(?:5432|3306|\*):([A-Za-z0-9_*-]{1,63}):([A-Za-z0-9_*.@-]{1,63}):([^\s:'\"\\]{3,255})"
_ORACLE = r"(?:jdbc:oracle:\w{2,8}:|\bsqlplus[ \t]{1,8}(?:-[A-Za-z][ \t]{1,8}){0,4}[\"']?)[\w.$-]{1,60}/([^\s/:@'\"]{3,100})@"
_GO = r"(?<![\w./-])[\w.-]{1,60}:([^\s/:@'\"]{3,100})@(?:tcp|unix)\("
_DOCKER = r'\\?"auth\\?"\s{0,8}:\s{0,8}\\?"([A-Za-z0-9+/=]{8,4000})\\?"'
_HEADER = (
    r"(?:uthorization|(?i:x-api-key|x-auth-token|private-token|api-key|x-vault-token|x-access-token|x-jfrog-art-api))"
    r"(?:[\"']?[\s,]{1,80}[\"']?value[\"']?\s{0,4}:|[\"']?\s{0,4}[:=,]|\\?[\"']|\s)\s{0,4}[\"']?"
    r"(?:(?:Bearer|bearer|Token|token|ApiKey|Apikey|apikey|SSWS|GenieKey)\s{1,4}(?:token=)?)?[\"']?([A-Za-z0-9+/=_.~:-]{8,4000})(?![A-Za-z0-9({])"
)
_HEADERS = ("uthorization", "x-api-key", "x-auth-token", "private-token", "api-key", "x-vault-token", "x-access-token", "x-jfrog-art-api")
_BASIC = r"(?<![A-Za-z])[Bb]asic(?:\s{1,4}|%20)([A-Za-z0-9+/]{6,4000}={0,2})(?![A-Za-z0-9+/=])"
_HASH = (
    r"(?:[$\\]?\$(?:apr1|2[aby]|5|6|y|1|argon2(?:id|i|d)|P|H)\\?\$[A-Za-z0-9./$,=+@\\-]{20,250}"
    r"|\{S?SHA[0-9]{0,3}\}[A-Za-z0-9+/]{27,120}={0,2})"
)
_XML = r"<([A-Za-z][\w:.-]{0,60})(?:\s[^<>]{0,200})?>([^<>\s]{3,400})</"
_ATTRIBUTE = r"key\s{0,4}=\s{0,4}\"([\w.:-]{3,80})\"\s{1,20}value\s{0,4}=\s{0,4}\"([^\"\s]{3,255})\""
_PASSWORD_ATTRIBUTE = r"<[^<>\"]{1,60}(?:\"[^<>\"]{0,200}\"[^<>\"]{1,60}){0,20}[Pp]ass(?:word|phrase)?=\"([^\"\s]{3,255})\""
_SQL = (
    r"(?i)(?:IDENTIFIED\s{1,8}(?:WITH\s{1,8}\S{1,60}\s{1,8})?BY|\b(?:WITH|ENCRYPTED|USER\s{1,8}\S{1,80}|ROLE\s{1,8}\S{1,80})\s{1,8}PASSWORD"
    r"|(?<![\w.-])PASSWORD\s{0,4}=)\s{1,8}N?\\?'([^'\\\n]{3,255})\\?'"
)
_PHP = (
    r"(?m)(?:define\s{0,4}\(\s{0,4}|\[\s{0,40}|,\s{0,40}|\(\s{0,40}|^\s{0,40})(['\"])([A-Za-z_][\w.-]{2,80})\1\s{0,8}(?:,|=>)\s{0,8}"
    r"(['\"])([^'\"\n]{3,255})\3"
)
_ARROW = r"(?<![\w'\"$>-])([A-Za-z_]\w{2,60})\s{0,8}=>\s{0,8}('|\")([^'\"\n]{3,255})\2"
_PHP_VARIABLE = r"\$([A-Za-z_]\w{1,60}(?:\[['\"][\w.-]{1,60}['\"]\]){0,3})\s{0,8}=\s{0,8}(['\"])([^'\"\n]{3,255})\2\s{0,8};"
_QUERY = r"[?&;]([A-Za-z_][\w.-]{1,40})=([A-Za-z0-9_.~%+/-]{12,2000}={0,2})(?=[&#\s'\"`)>]|\Z)"
_DIRECTIVES = ("requirepass", "masterauth", "rootpw", "bindpw", "auth_pass", "authtoken", "password", "passwd", "userpassword")
_DIRECTIVE = (
    rf"(?m)({'|'.join(_DIRECTIVES)})"
    r"[ \t]{1,20}([\"']?)((?:[^\s\"'#\\]|\\(?![nr])){3,255})\2[ \t]{0,20};?(?:[ \t\r]{0,20}$|\\[nr])"
)
_BEFORE_DIRECTIVE = 40
"""Characters that are looked at, of which all are blanks that the line begins with."""
_KUBECONFIG = r"(?m)^[ \t]{2,40}(token|password):[ \t]{1,8}[\"']?([^\s\"'#]{3,4000})[\"']?[ \t\r]{0,20}$"
_ENGINE = (
    r"\b(?:docker|podman|nerdctl|buildah|skopeo|oras|helm registry)[ \t]{1,8}login\b[^\n|;&#]{0,300}?[ \t](?:-p|--password)[ \t=]{1,4}"
    r"[\"']?([^\s\"'|;&]{3,255}(?:[\"']{2}[^\s\"'|;&]{1,255}){0,9})"
)
_COMMENTED = (
    r"(?m)^[ \t]{0,80}#[ \t#]{0,8}(?:- {1,4}|export |ENV |ARG )?[\"']?([A-Za-z_][\w.-]{2,80})[\"']?[ \t]{0,8}[:=][ \t]{0,8}"
    r"[\"']?([^\s\"'#]{6,255})[\"']?[ \t\r]{0,20}$"
)


def _matches(pattern: str, text: str, words: tuple[str, ...]) -> Iterator[re.Match[str]]:
    """The matches of a pattern that begin with one of some words, whatever the size of their letters."""
    compiled, low, held = _pattern(pattern), lowered(text), small_words(text)
    if len(low) != len(text):  # one of these letters is two when it is small
        yield from compiled.finditer(text)
        return
    for word in words:
        at = low.find(word) if word in held else -1
        while at >= 0:
            match = compiled.match(text, at)
            if match is not None:
                yield match
            at = low.find(word, at + 1 if match is None else match.end())


def _literal(value: str) -> bool:
    """Whether a value stands for itself."""
    if value[0] in "$%{<*" or value[:2] in (".$", "\\$") or is_reference(value) or is_placeholder(value) or value in DOCUMENTED:
        return False
    return is_number(value) or (not is_plain(value) and any(map(str.isalnum, value)))


def _credential(match: re.Match[str], group: int, what: str) -> Iterator[Login]:
    value = match[group]
    if _literal(value):
        yield Login(match.start(group), match.end(group), what, weak=is_weak(value) or is_number(value))


def _issued(match: re.Match[str], group: int, what: str) -> Iterator[Login]:
    """What a provider hands out is random."""
    value = match[group]
    if _literal(value) and (is_digest(value) or (len(value) >= 12 and looks_random(value))) and not _is_a_word_in_base64(value):
        yield Login(match.start(group), match.end(group), what)


def _netrc(text: str) -> Iterator[Login]:
    for match in _matches(_NETRC, text, ("machine", "default")):
        yield from _credential(match, 1, "netrc login")


def _npm(text: str) -> Iterator[Login]:
    for match in _pattern(_NPM).finditer(text):
        if match[1] == "authToken":
            yield from _credential(match, 2, "npm registry token")
        else:
            login = _from_base64(match[2])
            if _stands_for_itself(login if match[1] == "password" else login.partition(":")[2]):
                yield Login(*match.span(2), "npm registry login")


def _pgpass(text: str) -> Iterator[Login]:
    for match in _pattern(_PGPASS).finditer(text):
        if not match[1].isdigit():
            yield from _credential(match, 3, "database login of a password file")


def _source_name(text: str) -> Iterator[Login]:
    for pattern in (_ORACLE, _GO):
        for match in _pattern(pattern).finditer(text):
            yield from _credential(match, 1, "database login in a connection string")


def _docker(text: str) -> Iterator[Login]:
    for match in _pattern(_DOCKER).finditer(text):
        yield from _encoded_login(match, "registry login")


def _basic(text: str) -> Iterator[Login]:
    for match in _matches(_BASIC, text, ("basic",)):
        yield from _encoded_login(match, "`Authorization` header with a login")


def _encoded_login(match: re.Match[str], what: str) -> Iterator[Login]:
    user, _, password = _from_base64(match[1]).partition(":")
    if user and _stands_for_itself(password):
        yield Login(*match.span(1), what, weak=password == user or is_weak(password))


def _from_base64(encoded: str) -> str:
    """The text that base64 holds; "" of what is no base64, or of no text."""
    from binascii import a2b_base64

    try:
        return a2b_base64(encoded + "=" * (-len(encoded) % 4)).decode("utf-8")
    except ValueError:
        return ""


def _stands_for_itself(password: str) -> bool:
    return password != "" and password.isprintable() and not is_reference(password) and not is_placeholder(password)


def _is_a_word_in_base64(value: str) -> bool:
    """Whether it is an encoded text that is not random, as in a Secret's `data`, which is judged by what it holds."""
    from binascii import a2b_base64

    if is_text_in_base64(value):
        return True
    try:
        text = a2b_base64(value).decode("ascii")
    except ValueError:
        return False
    return text.isprintable() and not looks_random(text)


def _header(text: str) -> Iterator[Login]:
    for match in _matches(_HEADER, text, _HEADERS):
        yield from _issued(match, 1, "HTTP header with a token")


def _hash(text: str) -> Iterator[Login]:
    for match in _pattern(_HASH).finditer(text):
        before = text[max(0, match.start() - 1) : match.start()]
        if before in (":", "'", '"', "=", " ") and not is_placeholder(match[0]) and _is_whole_hash(match[0]):
            yield Login(match.start(), match.end() - 2 * match[0].endswith("\\n"), "password hash", hashed=True)


_DIGESTS = {**dict.fromkeys(("1", "apr1"), 22), **dict.fromkeys(("2a", "2b", "2y"), 53), "5": 43, "6": 86, "y": 43, "P": 31, "H": 31}
"""Characters that follow the last `$` of the hashes of crypt; of bcrypt, with the salt."""


def _is_whole_hash(text: str) -> bool:
    """Whether it is as long as its kind is; those of examples are shorter, or count."""
    parts = text.replace("\\", "").replace("$$", "$").strip("$").split("$")
    return len(parts[-1]) >= _DIGESTS.get(parts[0], 0) and not is_number(parts[-1])


def _xml(text: str) -> Iterator[Login]:
    said = _pattern(r"(?s)<!--.*?(?:-->|\Z)").sub(lambda comment: " " * len(comment[0]), text) if "<!--" in text else text
    for match in _pattern(_XML).finditer(said):
        name = match[1].rpartition(":")[2]
        role = role_of(name) if "hex" not in name and "sha" not in name else ""
        if role == PASSWORD:
            yield from _credential(match, 2, "password in XML")
        elif role:
            yield from _issued(match, 2, "secret in XML")


def _attribute(text: str) -> Iterator[Login]:
    for match in _pattern(_ATTRIBUTE).finditer(text):
        if role_of(match[1]) == PASSWORD:
            yield from _credential(match, 2, "password in XML")
    for match in _pattern(_PASSWORD_ATTRIBUTE).finditer(text) if "<" in text else ():
        yield from _credential(match, 1, "password in XML")


def _sql(text: str) -> Iterator[Login]:
    for match in _matches(_SQL, text, ("identified", "with", "encrypted", "user", "role", "password")):
        before = text[max(0, match.start() - 8) : match.start()].rstrip().lower()
        in_code = match[0][:8].lower() == "password" and "=" in match[0].partition("'")[0] and not before.endswith(("with", ","))
        yield from _credential(match, 1, "password in source code" if in_code else "database user's password")


def _php(text: str) -> Iterator[Login]:
    for match in _pattern(_PHP).finditer(text):
        role = role_of(match[2])
        if role == PASSWORD:
            yield from _credential(match, 4, "password in source code")
        elif role:
            yield from _issued(match, 4, "secret in source code")
    for match in (*_pattern(_PHP_VARIABLE).finditer(text), *_pattern(_ARROW).finditer(text)):
        if role_of(match[1]) == PASSWORD:
            yield from _credential(match, 3, "password in source code")


def _query(text: str) -> Iterator[Login]:
    for match in _pattern(_QUERY).finditer(text):
        name = match[1].lower()
        if name in _QUERY_NAMES:
            yield from _issued(match, 2, "token in the query of a URL")


_QUERY_NAMES = frozenset("access_token api_key apikey api-key auth auth_token key private_token secret sig signature token".split())


def _begins_a_line(text: str, at: int) -> bool:
    """Whether only blanks stand before it on its line, which may begin behind a `\\n` in quotes or behind the quote itself."""
    before = "\n" + text[max(0, at - _BEFORE_DIRECTIVE) : at] if at < _BEFORE_DIRECTIVE else text[at - _BEFORE_DIRECTIVE : at]
    return before.rstrip(" \t").endswith(("\n", "\\n", ': "', ':"'))


def _directive(text: str) -> Iterator[Login]:
    for match in _matches(_DIRECTIVE, text, _DIRECTIVES):
        if not _begins_a_line(text, match.start()):
            continue
        word = match[3].rstrip(".,;:!?").isalpha()
        if match[1] in ("requirepass", "masterauth", "rootpw", "bindpw", "auth_pass") or match[2] or not word:
            yield from _credential(match, 3, "password of a settings file")


def _commented(text: str) -> Iterator[Login]:
    for match in _pattern(_COMMENTED).finditer(text):
        if is_text_in_base64(match[2]) or is_password_hash(match[2]) or _is_example(match[2]) or _is_said_to_be_one(text, match.start()):
            continue
        role = role_of(match[1])
        if role == PASSWORD and looks_random(match[2]) and not is_weak(match[2]):
            yield from _credential(match, 2, "password that is commented out")
        elif role and (role != VAGUE or turns(match[2]) > 4):
            yield from _issued(match, 2, "secret that is commented out")
    yield from _commented_strings(text)


def _is_example(value: str) -> bool:
    return (len(value) == LENGTH_OF_A_UUID and is_digest(value)) or "exampl" in value.lower()


def _is_said_to_be_one(text: str, at: int) -> bool:
    """Whether the line above calls what stands at the beginning of a line an example: `# Example (do not use in production!)`."""
    above = text[max(0, at - _LONGEST_STRING) : max(0, at - 1)].rpartition("\n")[2].lower()
    return above.lstrip().startswith("#") and ("example" in above or "do not use" in above)


def _commented_strings(text: str) -> Iterator[Login]:
    for pair in find_pair_passwords(text):
        first, last = max(0, pair.start - _LONGEST_STRING), pair.end + _LONGEST_STRING
        before = text[max(first, text.rfind("\n", first, pair.start) + 1) : pair.start]
        line = (before + text[pair.end : last].partition("\n")[0]).lower()
        if line.lstrip().startswith("#") and any(word in line for word in _BESIDE) and looks_random(text[pair.start : pair.end]):
            yield Login(pair.start, pair.end, "connection string with a password that is commented out")


_LONGEST_STRING = 300
_BESIDE = ("user=", "user id=", "userid=", "uid=", "username=", "server=", "host=", "data source=", "dbname=", "database=")
"""What stands beside the password of a connection string."""


def _kubeconfig(text: str) -> Iterator[Login]:
    for start, end in _documents(text):
        if _is_kubeconfig(text[start:end]):
            for match in _pattern(_KUBECONFIG).finditer(text, start, end):
                yield from (_credential if match[1] == "password" else _issued)(match, 2, "login for Kubernetes")


def _documents(text: str) -> Iterator[tuple[int, int]]:
    """Where the documents of a file begin and end."""
    start = 0
    while start < len(text):
        end = text.find("\n---", start) + 1 or len(text)
        yield start, end
        start = end + 1


def _is_kubeconfig(document: str) -> bool:
    """Whether a document is one, and not what another tool calls a Config (kapp)."""
    if "kind: Config\n" not in document and "kind: Config\r" not in document:
        return False
    _, has_version, rest = document.partition("apiVersion:")
    version = rest.partition("\n")[0].split("#")[0].strip(" \t\r\"'") if has_version else "v1"
    return version == "v1" and any(f"{part}:" in document for part in ("clusters", "users", "contexts"))


def _engine(text: str) -> Iterator[Login]:
    for match in _pattern(_ENGINE).finditer(text):
        yield from _credential(match, 1, ENGINE_LOGIN)


ENGINE_LOGIN = "password on the command line of a registry login"

_SHAPES: dict[str, Callable[[str], Iterator[Login]]] = {
    "netrc": _netrc,
    "npm": _npm,
    "pgpass": _pgpass,
    "source name": _source_name,
    "docker": _docker,
    "basic": _basic,
    "header": _header,
    "hash": _hash,
    "xml": _xml,
    "attribute": _attribute,
    "sql": _sql,
    "php": _php,
    "query": _query,
    "directive": _directive,
    "commented": _commented,
    "kubeconfig": _kubeconfig,
    "engine": _engine,
}
