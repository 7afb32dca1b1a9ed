"""What a text must hold before any secret can be found in it. Looked for first, so that most files never need the tables."""

from __future__ import annotations

SHORTEST = 16
"""Characters; no run of token characters shorter than this begins a token."""
SHORTEST_WITH_PART = 32
BLOCK = 1 << 16
"""Characters looked at in one go, so that memory does not grow with the text."""

TOKEN_HEADS = tuple(
    b"""
    AIza AKCp AKIA ASIA ATATT3 ATCTT3 EAAA GOCSPX- GR1348941 HRKU- NRAK- PMAK- SG. SK bkua_ cio cmVmdGtu dapi dckr_oat_ dckr_pat_
    doo_v1_ dop_v1_ dor_v1_ dp.ct. dp.pt. dp.st. dt0c01. eyJ figd_ gho_ ghp_ ghr_ ghs_ ghu_ github_pat_ glagent- glc_ glcbt- gldt-
    glffct- glft- glimt- gloas- glpat- glptt- glrt- glsa_ glsoat- gsk_ hf_ hvb. hvr. hvs. key- lin_api_ lsv2_ nfp_ npm_ ntn_ nvapi-
    ops_ oy2 pat pplx- pscale_oauth_ pscale_pw_ pscale_tkn_ pul- pypi- r8_ rk_live_ rnd_ rubygems_ sb_secret_ sbp_ secret_ shpat_
    shpca_ shppa_ shpss_ sk- sk. sk_live_ sntrys_ sntryu_ sq0atp- sq0csp- sqa_ sqp_ squ_ tskey- v1.0- vck_ vcp_ xai- xapp- xoxb- xoxe-
    xoxe.xox xoxp-
    """.split()
)
"""How the tokens of `formats.BY_PREFIX` begin."""
TOKEN_PARTS = (
    "Q~", "AccountKey=", "SharedAccessKey=", "discord.com/api/webhooks/", "discordapp.com/api/webhooks/", "fm2_", "-us",
    "hooks.slack.com/services/", "hooks.slack.com/workflows/", "hooks.slack.com/triggers/", "whsec_", "webhook.office.com/webhookb2/",
    ":AA", ".atlasv1.",
)  # fmt: skip
"""What stands in those of `formats.BY_PART`."""
ARMOUR, PUTTY, AGE = "-----BEGIN ", "PuTTY-User-Key-File-", "AGE-SECRET-KEY-1"
"""How private keys begin."""
PAIR_KEYS = ("password=", "passwd=", "pwd=")
DOCKER_LOGINS = '"auths"'
_STEMS = (
    "pass", "pw", "psw", "psk", "pat", "pepper", "secret", "token", "key", "auth", "cred", "salt", "mnemonic", "bearer", "jwt", "cookie",
)  # fmt: skip
"""One of them is in every name that `names.role_of` knows to be a secret's."""

_RUN_CHARACTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"
_OTHERS = bytes(range(256)).translate(None, _RUN_CHARACTERS)
_BLANKS = bytes.maketrans(_OTHERS, b" " * len(_OTHERS))


def runs(text: str) -> bytes:
    """The text with a blank for every character that stands in no token; one character stays one byte.

    Bytes are translated and split several times faster than a regular expression finds the runs.
    """
    return text.encode("ascii", "replace").translate(_BLANKS)


def may_name_a_secret(name: str) -> bool:
    """Whether a secret word may stand in a name."""
    low = name.removesuffix("PATH").lower()  # of which "pat", an access token, is no word
    return any(stem in low for stem in _STEMS)


def may_hold_a_token(text: str) -> bool:
    """Whether `find_tokens` may find something."""
    size = len(text)
    if size < SHORTEST:
        return False
    if size > BLOCK or (size >= SHORTEST_WITH_PART and any(part in text for part in TOKEN_PARTS)):
        return True
    return any(
        run.startswith(TOKEN_HEADS) or (run[0] in b"nrt" and run.startswith(TOKEN_HEADS, 1))  # `\n` as it was written
        for run in runs(text).split()
        if len(run) >= SHORTEST
    )


def may_hold_a_private_key(text: str) -> bool:
    """Whether `find_private_keys` may find something."""
    return ARMOUR in text or PUTTY in text or AGE in text


def may_hold_a_url_password(text: str) -> bool:
    """Whether `find_url_passwords` may find something."""
    return "://" in text and "@" in text and any("@" in rest.partition("/")[0] for rest in text.split("://")[1:])


def may_hold_a_secret(text: str) -> bool:
    """Whether something shows a value to be a secret, whatever it is called."""
    if may_hold_a_token(text) or may_hold_a_private_key(text) or may_hold_a_url_password(text) or DOCKER_LOGINS in text:
        return True
    low = text.lower() if "=" in text else ""
    return any(key in low for key in PAIR_KEYS)
