"""What may be asked about secrets, and what to do about them. The tables are loaded when a text first has the mark of a secret."""

from __future__ import annotations

import re
from functools import lru_cache

from .finding import Fix
from .secrets.marks import (
    login_shapes,
    may_hold_a_private_key,
    may_hold_a_secret,
    may_hold_a_token,
    may_hold_a_url_password,
    may_hold_base64,
    may_name_a_secret,
)
from .secrets.marks import unencoded as unencoded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from capdrop.model.subject import Subject
    from capdrop.secrets.bridge import Other
    from capdrop.secrets.file_names import FileName
    from capdrop.secrets.judge import Verdict as Verdict
    from capdrop.secrets.keys import PrivateKey
    from capdrop.secrets.logins import Login
    from capdrop.secrets.tokens import Token
    from capdrop.secrets.urls import UrlPassword


_WORD = r"[^\s'\"`,;()\[\]{}]*[^\s'\"`,;()\[\]{}:]"
"""It may hold a colon, and does not end with one."""
_CALLS_IT_AN_EXAMPLE = ("for example", "example for", "example:")
ROTATE = "rotate it: once committed, it stays in the history"
CHANGE = "set another: once committed, this one stays in the history"


def judge(value: str, name: str = "", *, place: str = "env") -> Verdict | None:
    """Whether a value is or holds a secret: by itself, then by its place ("env", "arg", "secret", "argument", ...), then by its name."""
    if place != "secret" and not may_name_a_secret(name) and not may_hold_a_secret(value):
        return None
    from capdrop.secrets.judge import judge

    return judge(value, name, place=place)


def judge_default(value: str, name: str) -> Verdict | None:
    """Whether the default of a variable, which asks to be replaced, is a secret all the same where nobody did."""
    if not may_name_a_secret(name):
        return None
    from capdrop.secrets.judge import judge_default

    return judge_default(value, name)


def named_like_a_secret(name: str) -> bool:
    """Whether a value of this name is, by the name alone, a secret."""
    if not may_name_a_secret(name):
        return False
    from capdrop.secrets.names import named_like_a_secret

    return named_like_a_secret(name)


def find_tokens(text: str) -> Iterator[Token]:
    """Every token of a known provider in a text."""
    if not may_hold_a_token(text):
        return iter(())
    from capdrop.secrets.tokens import find_tokens

    return find_tokens(text)


def is_for_browsers(value: str, name: str) -> bool:
    """Whether a value is a key of Google's under a name of which browsers get the value."""
    if not value.startswith("AIza"):
        return False
    from capdrop.secrets.tokens import is_for_browsers

    return is_for_browsers(value, name)


def find_private_keys(text: str) -> Iterator[PrivateKey]:
    """Every private key in a text."""
    if not may_hold_a_private_key(text):
        return iter(())
    from capdrop.secrets.keys import find_private_keys

    return find_private_keys(text)


def find_url_passwords(text: str) -> Iterator[UrlPassword]:
    """Every literal password in a URL of a text."""
    if not may_hold_a_url_password(text):
        return iter(())
    from capdrop.secrets.urls import find_url_passwords

    return find_url_passwords(text)


def find_logins(text: str) -> Iterator[Login]:
    """Every login in a text that stands as a program stores or sends it."""
    shapes = login_shapes(text)
    if not shapes:
        return iter(())
    from capdrop.secrets.logins import find_logins

    return find_logins(text, shapes)


def find_encoded(text: str) -> list[Verdict]:
    """The secrets in base64 on the lines of a text that speak of base64."""
    if not may_hold_base64(text):
        return []
    from capdrop.secrets.judge import judge_lines_with_base64

    return judge_lines_with_base64(text)


def find_in_json(text: str, called: str = "") -> list[Verdict]:
    """The secrets in a JSON text that only their names tell, or `called`, the name of the whole."""
    if text[:1] not in ("{", "[") or not (may_name_a_secret(text) or may_name_a_secret(called)):
        return []
    from capdrop.secrets.judge import judge_json

    return judge_json(text, called)


def revocation(provider: str) -> str:
    """What to do with a provider's token, and where."""
    if not provider:
        return ROTATE
    from .secrets.tokens import where_to_revoke

    return f"revoke it: once committed, it stays in the history ({where_to_revoke(provider)})"


def better_way(subject: Subject) -> Fix:
    """Where a secret comes from instead, as a change to make by hand."""
    where, name = subject.address, subject.source.path.lower().rpartition("/")[2]
    if where.startswith("Secret/"):
        return Fix("Encrypt the Secret (SOPS, Sealed Secrets), or have it made in the cluster (External Secrets)")
    if ".env" in name or name == "env" or (where.startswith(("services.", "variables.")) and not name.endswith((".yaml", ".yml", ".json"))):
        return Fix("Have git ignore the file, and keep one beside it that names the variables and holds no secrets")
    if where.startswith(("services", "configs", "x-")):
        return Fix("Write `${NAME:?}`, or mount it with `secrets:`")
    if "/" in where.partition(" ")[0]:
        return Fix(
            "Take it from a Secret that is made in the cluster: `valueFrom: {secretKeyRef: {name: ..., key: ...}}`, or a mounted file"
        )
    if name.endswith((".sh", ".bash", ".zsh", ".mk", "makefile")):
        return Fix("Hand it over with `--env-file`, or read it from a file or a prompt (`--password-stdin`)")
    if name.endswith((".yaml", ".yml", ".json")):
        return Fix("Take it from outside the file: a mounted secret, or a variable that the deployment must set")
    return Fix("Write `RUN --mount=type=secret,id=...` for the step that needs it, or set it when the container starts")


def without_secrets(message: str) -> str:
    """A message without what may be a secret in it: it quotes what somebody wrote in a wrong place."""
    from capdrop.secrets.judge import may_be_a_secret

    def hidden(word: re.Match[str]) -> str:
        if may_be_a_secret(word[0]):
            return "****"
        return "/".join("****" if may_be_a_secret(part) else part for part in word[0].split("/"))

    return re.sub(_WORD, hidden, message)


def find_by_detect_secrets(text: str, path: str) -> Iterator[Other]:
    """What the plugins of detect-secrets find in a text, where it is installed."""
    from capdrop.secrets.bridge import others

    return others(text, path)


@lru_cache(maxsize=512)
def secret_file(path: str) -> FileName | None:
    """What a file is by its name and folder, if it holds a secret."""
    from capdrop.secrets.file_names import secret_file

    return secret_file(path)


@lru_cache(maxsize=512)
def secret_folder(path: str) -> str:
    """What a folder such as `.ssh` holds; "" of a folder like any other."""
    from capdrop.secrets.file_names import SECRET_FOLDERS

    return SECRET_FOLDERS.get(path.rstrip("/").rpartition("/")[2], "")


def calls_it_an_example(before: str) -> bool:
    """Whether what stands before something on its line says that it is an example."""
    return any(call in before.lower() for call in _CALLS_IT_AN_EXAMPLE)


def is_harmless_file(path: str) -> bool:
    """Whether a file is a template, or stands among tests and examples."""
    from capdrop.secrets.file_names import is_harmless

    return is_harmless(path)
