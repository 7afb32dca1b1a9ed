"""What a text must hold before any secret can be found in it. Looked for first, so that most files never need the tables."""

from __future__ import annotations

from functools import lru_cache

from capdrop.source import lowered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

SHORTEST = 16
"""Characters; no run of token characters shorter than this begins a token."""
SHORTEST_WITH_PART = 32
MANY_WORDS = 1 << 8
"""Characters; of a text above that, each word is looked at once."""
BLOCK = 1 << 16
"""Characters looked at in one go, so that memory does not grow with the text. Of a text above that, each line is looked at once."""
LONGEST_IN_WORDS = 1 << 20
"""Characters of a text that is taken apart into words."""

TOKEN_HEADS = tuple(
    b"""
    0.A 1.A 1000. 4b1d 5AEP861 A3- A3T ABIA ACCA AIza AKCp AKIA API- AQ.Ab8RN6 AQVN ASIA ATATT3 ATBB ATCTT3 BBFF- CCDB1_ CCIPAT_ CCIPRJ_
    CFPAT- CLOJARS_ EAA EZAK EZTK FLWSECK- FLWSECK_TEST GOCSPX- GR1348941 HRKU- LTAI NF- NRAA- NRAK- NRII- NRIQ- NRRA- PMAK- SG. SK0 SK1 SK2
    SK3 SK4 SK5 SK6 SK7 SK8 SK9 SKA SKB SKC SKD SKE SKF SKa SKb SKc SKd SKe SKf SWMTKN-1- VF. access-development- access-production-
    access-sandbox- aio_ ak_live_ alcht_ amzn.mws. api- api_ apify_api_ authress_ bb_ma_ bb_pr_ bedrock-api-key- bkaa_ bkaj_ bkct_ bkua_
    cfat_ cfk_ cfut_ cio cmVmdGtu csk- da2- dapi dckr_oat_ dckr_pat_ ddapp_ ddp_ ddw_ dnkey- doo_v1_ dop_v1_ dor_v1_ dp.audit. dp.ct. dp.pt.
    dp.sa. dp.scim. dp.st. dt0 duffel_live_ duffel_test_ ek_ essu_ eyJ fc- figd_ figp_ fio-u- flb_live_ fo1_ fw_ gho_ ghp_ ghr_ ghs_ ghu_
    github_pat_ glagent- glc_ glcbt- gldt- glffct- glft- glimt- gloas- glpat- glptt- glrt- glrtr- glsa_ glsoat- glwt- gsk_ hawk. hf_ hvb.
    hvr. hvs. ico- ion_ jina_ key- lin_api_ live_ lsv2_ mdb_sa_sk_ napi_ nfp_ npm_ ntn_ nvapi- odt_ ops_ oy2 p8e- pa- packagist_ pat pcsk_
    pdl_ pgar_ phx_ pk_ pnu_ pplx- pscale_oauth_ pscale_pw_ pscale_tkn_ pul- px-api- px-dep- pypi- r8_ ramp_sec_ rdme_ re_ rk_live_ rk_prod_
    rk_test_ rnd_ rootly_ rpa_ rubygems_ s-s4t2 salad_cloud_ sandbox-sq0csb- sat. sb_secret_ sbp_ scauth_ scp-live- sdk- secret_ sgp_
    shippo_live_ shippo_test_ shltm_ shpat_ shpca_ shppa_ shpss_ sk- sk. sk_ sl. slk_ sm_aat_ sm_pat_ sm_sat_ sntrys_ sntryu_ spu- sq0atp-
    sq0csp- sqa_ sqco_ sqp_ squ_ t1. tfp_ tgp_v1_ thog-secret- tk-us- tkn.v1_ tskey- tvly- v1.0- vca_ vci_ vck_ vcp_ vcr_ wandb_v1_ xai-
    xapp- xkeysib- xoxa- xoxb- xoxe- xoxe.xox xoxo- xoxp- xoxr- xoxs- ya29.
    """.split()
)
"""How the tokens of `formats.BY_PREFIX` begin."""
WORDY_HEADS = tuple(b"access- api- api_ cio fw_ key- live_ ops_ pa- pat pk_ re_ sdk- secret_ sk- sk_".split())
"""Those with which names begin as well; a token has a digit behind them."""
SURE_HEADS = (b"api_org_", b"sk_live_", b"sk_test_", b"sk_prod_")
TOKEN_PARTS = tuple(
    """
    !AQ ==: +ABa +ACR +AEh +AMC +ARm +ASb +ASt -NRMA -us1 -us2 -us3 -us4 -us5 -us6 -us7 -us8 -us9 .atlasv1. .tines.com/webhook/ :AA
    ;Secret= ABSK ACDb AIoT APIM AZDO AZEG AccountKey= AzCa AzFu AzSe BBDC- FFFFNRAL JQQJ9 Q~ SWMKEY-1- SharedAccessKey=
    _gitlab_session= _mmk access_token$production$ api.softlayer.com/soap/v3 discord.com/api/webhooks/ discordapp.com/api/webhooks/
    fm1a_ fm1r_ fm2_ hooks.slack.com/services/ hooks.slack.com/triggers/ hooks.slack.com/workflows/ hooks.zapier.com/hooks/catch/
    outlook.office.com/webhook/ sha256~ webhook.office.com/webhookb2/ whsec_
    open.feishu.cn/open-apis/bot/v2/hook/
    """.split()
)
"""What stands in those of `formats_by_part.BY_PART`."""
PART_HINTS = tuple(
    """
    !AQ ==: +A -NRMA -us .atlasv1. :AA ;Secret= ABSK ACDb AIoT APIM AZ AccountKey= AzCa AzFu AzSe BBDC- FFFFNRAL JQQJ9 Q~ SWM
    SharedAccessKey= _gitlab_session= _mmk access_token$ api.softlayer fm1 fm2_ hook sha256~ whsec_
    """.split()
)
"""One of them is in every text that holds one of `TOKEN_PARTS`; they are fewer."""
ARMOUR, PUTTY, AGE = "-----BEGIN ", "PuTTY-User-Key-File-", "AGE-SECRET-KEY-1"
"""How private keys begin."""
SERVER_SCHEMES = (
    "amqp", "amqps", "clickhouse", "db2", "mariadb", "mongodb", "mongodb+srv", "mssql", "mysql", "mysql2", "nats", "postgis", "postgres",
    "postgresql", "redis", "rediss", "sqlserver",
)  # fmt: skip
"""Schemes of databases and brokers."""
LONGEST_DRIVER = 20
ENCODED_MARKS = ("base64", "-key-data:")
"""What stands on lines that hold base64."""
PAIR_KEYS = ("password=", "passwd=", "pwd=")
DOCKER_LOGINS = '"auths"'
_STEMS = (
    "pass", "pw", "psw", "psk", "pat", "pepper", "secret", "token", "key", "auth", "cred", "salt", "mnemonic", "bearer", "jwt", "cookie",
    "bundle_",
)  # fmt: skip
"""One of them is in every name that `names.role_of` knows to be a secret's."""

_RUN_CHARACTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"
_STARTS = frozenset(head[:3] for head in TOKEN_HEADS)
_OTHERS = bytes(range(256)).translate(None, _RUN_CHARACTERS)
_BLANKS = bytes.maketrans(_OTHERS, b" " * len(_OTHERS))


def runs(text: str) -> bytes:
    """The text with a blank for every character that stands in no token; one character stays one byte.

    Bytes are translated and split several times faster than a regular expression finds the runs.
    """
    return text.encode("ascii", "replace").translate(_BLANKS)


def may_name_a_secret(name: str) -> bool:
    """Whether a secret word may stand in a name."""
    return _holds(name.removesuffix("PATH").lower(), _STEMS)  # of "PATH" the token "pat" is no word


@lru_cache(maxsize=1)
def _words(text: str) -> Collection[bytes]:
    """The words of a text, each once, or nearly so if it is very large; one character is one byte."""
    if len(text) > BLOCK:
        text = "\n".join(dict.fromkeys(text.split("\n")))
    data = text.encode("ascii", "replace")
    return dict.fromkeys(data.split()) if len(data) <= LONGEST_IN_WORDS else (data.replace(b"\n", b" ").replace(b"\t", b" "),)


def may_hold_a_token(text: str) -> bool:
    """Whether `find_tokens` may find something."""
    if len(text) < SHORTEST:
        return False
    words = _words(text) if len(text) > MANY_WORDS else text.encode("ascii", "replace").split()
    words = [word for word in words if len(word) >= SHORTEST]
    data = b" ".join(words)
    if len(data) > LONGEST_IN_WORDS:
        return True
    long = b" ".join([word for word in words if len(word) >= SHORTEST_WITH_PART]).decode("ascii")
    if long and _holds(long, PART_HINTS) and _holds(long, TOKEN_PARTS):
        return True
    for run in set(data.translate(_BLANKS).split()):  # noqa: SIM110 (a generator takes twice the time)
        if len(run) >= SHORTEST and _may_begin_a_token(run):
            return True
    return False


def _may_begin_a_token(run: bytes) -> bool:
    if run[:3] in _STARTS and run.startswith(TOKEN_HEADS):
        if run[:2] == b"SK":
            return not run[2:34].strip(b"0123456789abcdefABCDEF")
        return not run.startswith(WORDY_HEADS) or run.startswith(SURE_HEADS) or not run.translate(None, b"_.-").isalpha()
    if run[0] in b"MNO" and 56 < len(run) < 80 and run.count(b".") == 2:  # `formats.DISCORD_BOT`
        return True
    return run[0] in b"nrt" and len(run) > SHORTEST and _may_begin_a_token(run[1:])  # `\n` as it was written


def may_hold_a_private_key(text: str) -> bool:
    """Whether `find_private_keys` may find something."""
    return ARMOUR in text or PUTTY in text or AGE in text


def may_hold_a_url_password(text: str) -> bool:
    """Whether `find_url_passwords` may find something."""
    if "://" not in text or "@" not in text:
        return False
    before = ""
    for part in text.split("://"):
        authority = part.partition("/")[0]
        if before and ("@" in authority or (":" in authority and _is_of_a_server(before))):
            return True
        before = part
    return False


def _is_of_a_server(before: str) -> bool:
    """Whether a text ends in the scheme of a database or a broker; libraries add how they speak it (`postgresql+psycopg2`)."""
    return before[-12:].lower().endswith(SERVER_SCHEMES) or "+" in before[-LONGEST_DRIVER:]


LOGIN_MARKS = (
    ("netrc", " password ", ("machine ", "default "), ()),
    ("npm", ":_", (":_auth", ":_password"), ()),
    ("pgpass", ":5432:", (), ()),
    ("pgpass", ":3306:", (), ()),
    ("pgpass", ":*:", (), ()),
    ("source name", "jdbc:oracle:", (), ()),
    ("source name", "sqlplus", (), ()),
    ("source name", "@", ("@tcp(", "@unix("), ()),
    ("docker", '"auth', ('"auth"', '"auth\\"'), ()),
    ("basic", "basic ", (), ()),
    ("basic", "basic%20", (), ()),
    ("header", "authorization", tuple("authorization" + end for end in (":", "=", "'", '"', '\\"', " ", ",")), ()),
    ("header", "-key", ("x-api-key", "api-key:"), ()),
    ("header", "x-jfrog-art-api", (), ()),
    ("header", "-token", ("x-auth-token", "private-token", "x-vault-token", "x-access-token"), ()),
    ("hash", "{", ("{sha", "{ssha"), ()),
    ("xml", "<", ("</",), ("pass", "secret", "token", "key>", "cred")),
    ("attribute", '"', ('value="',), ("pass", "pwd")),
    ("attribute", "<", ('password="', 'passphrase="', ' pass="'), ()),
    ("sql", "identified ", (), ()),
    ("sql", "'", ("password ", "password= "), (" '", " \\'", " n'", " n\\'")),
    ("php", ">", ("=>",), ("pass", "secret", "token", "key'", 'key"')),
    (
        "php",
        "$",
        ("';", '";', "' ;", '" ;'),
        ("passwd ", "password ", "pass ", "passwd=", "password='", 'password="', "pass']", "word']", 'word"]'),
    ),
    ("php", "(", ("define",), ("define(", "define (")),
    ("kubeconfig", " config ", (" token: ", " password: "), ()),
    ("engine", " login ", (" -p ", " -p=", " --password ", " --password=", " -p'", ' -p"'), ()),
    ("query", "?", ("?access_token=", "?api", "?auth", "?key=", "?private_token=", "?secret=", "?sig", "?token="), ()),
    ("query", "&", ("&access_token=", "&api", "&auth", "&key=", "&private_token=", "&secret=", "&sig", "&token="), ()),
    ("directive", "pass ", ("requirepass ", "auth_pass "), ()),
    ("directive", "word ", (" password ", "userpassword "), ()),
    ("directive", "pw ", ("rootpw ", "bindpw "), ()),
    ("directive", "auth ", ("masterauth ",), ()),
    ("directive", "token ", ("authtoken ",), ()),
    ("directive", "passwd ", (" passwd ",), ()),
)
"""A shape of login, and what must stand in the words of a text for it, in small letters and with blanks around each: the first, one of
the second, and one of the third if there are any."""
_HASHES = frozenset("apr1 2a 2b 2y 5 6 y 1 p h argon2 argon2d argon2i argon2id".split())
"""What stands between the first two dollar signs of a hashed password, in small letters."""
_NAMED = ("password", "passwd", "secret", "token", "key", "pass", "pwd", "auth")


@lru_cache(maxsize=1)
def small_words(text: str) -> str:
    """The words of a text, each once, in small letters and with blanks around each."""
    return b" ".join((b"", *_words(text), b"")).lower().decode("ascii")


def login_shapes(text: str) -> list[str]:
    """The shapes of `logins` that may be in a text."""
    low = small_words(text)
    shapes = [
        shape
        for shape, first, second, third in LOGIN_MARKS
        if first in low and (not second or _holds(low, second)) and (not third or _holds(low, third))
    ]
    if "$" in low and not _HASHES.isdisjoint(low.replace("\\$", "$").split("$")):
        shapes.append("hash")
    if "#" in low and _may_be_commented_out(lowered(text)):
        shapes.append("commented")
    return shapes


def _holds(text: str, marks: tuple[str, ...]) -> bool:
    for mark in marks:  # noqa: SIM110 (a generator takes twice the time; and bytes make an exception of each mark that they do not hold)
        if mark in text:
            return True
    return False


def _may_be_commented_out(low: str) -> bool:
    """Whether a line that is a comment names a value as secrets are named."""
    at = low.find("#")
    while at >= 0:
        start, end = low.rfind("\n", 0, at) + 1, low.find("\n", at)
        line = low[at : end if end >= 0 else len(low)]
        if ("=" in line or ":" in line) and _holds(line, _NAMED) and not low[start:at].strip():
            return True
        at = low.find("#", end) if end >= 0 else -1
    return False


@lru_cache(maxsize=1)
def may_hold_base64(text: str) -> bool:
    """Whether a line of a text speaks of base64."""
    return _holds(text, ENCODED_MARKS)


SHORTEST_ENCODED = 24
LONGEST_ENCODED = 1 << 18
"""Characters of base64."""


def unencoded(value: str, shortest: int = SHORTEST_ENCODED) -> str:
    """What a value holds that is base64 of a text, on one line or on several; "" of any other value."""
    if not shortest <= len(value) <= LONGEST_ENCODED or not value.isascii() or " " in value or "-" in value or ":" in value:
        return ""
    if not value.rstrip("=\r\n").replace("+", "").replace("/", "").replace("\n", "").replace("\r", "").isalnum():
        return ""
    from binascii import Error, a2b_base64

    try:
        data = a2b_base64(value)
    except Error:
        return ""
    return data.decode("ascii") if data.isascii() and b"\0" not in data else ""


def may_hold_a_secret(text: str) -> bool:
    """Whether something shows a value to be a secret, whatever it is called; also one level of base64 down."""
    inner = unencoded(text)
    return _may_show_a_secret(text) or (inner != "" and _may_show_a_secret(inner))


def _may_show_a_secret(text: str) -> bool:
    if may_hold_a_token(text) or may_hold_a_private_key(text) or may_hold_a_url_password(text) or DOCKER_LOGINS in text:
        return True
    low = text.lower() if "=" in text else ""
    return any(key in low for key in PAIR_KEYS)
