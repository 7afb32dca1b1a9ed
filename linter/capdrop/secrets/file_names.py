"""Files that hold a secret, by their names."""

from __future__ import annotations

from functools import lru_cache

from capdrop.source import Record

SURE, LIKELY, KEY, MAYBE = "sure", "likely", "key", "maybe"

_NAMES = {
    "id_rsa id_dsa id_ecdsa id_ed25519 id_ecdsa_sk id_ed25519_sk": ("an SSH key", KEY),
    ".git-credentials": ("git's stored passwords", SURE),
    ".netrc _netrc": ("the passwords of curl, git and others", SURE),
    ".pgpass": ("the passwords of PostgreSQL", SURE),
    ".pypirc": ("the login for PyPI", SURE),
    ".dockercfg": ("registry logins", SURE),
    ".vault-token": ("a token of Vault", SURE),
    "application_default_credentials.json": ("a login for Google Cloud", SURE),
    "kubeconfig kubeconfig.yaml kubeconfig.yml": ("a login for Kubernetes", SURE),
    "terraform.tfstate terraform.tfstate.backup": ("Terraform's state, with the secrets in it", SURE),
    "master.key": ("the key of Rails' credentials", SURE),
    "secret_token.rb": ("the key of Rails' cookies", LIKELY),
    "credentials credentials.json credentials.xml credentials.yml credentials.yaml client_secret.json": ("credentials", LIKELY),
    "password.txt passwords.txt secret.txt secrets.txt": ("a password", LIKELY),
    "secrets.env secrets.yml secrets.yaml secrets.json secrets.toml": ("secrets", LIKELY),
    ".env .env.local .env.prod .env.production .env.production.local .env.staging": ("settings with secrets", LIKELY),
    ".s3cfg": ("the keys of s3cmd", LIKELY),
    ".boto": ("the keys of gsutil and boto", LIKELY),
    ".my.cnf": ("the password of MySQL", LIKELY),
    ".npmrc .yarnrc .yarnrc.yml pip.conf .condarc nuget.config settings.xml auth.json database.yml": ("a login", MAYBE),
}
"""The union of what Dockle (CIS-DI-0010), hadolint and Trivy look for, as the catalogue's row dockerfile-copies-secret-file has it, and
of where the programs named here keep their logins. `settings.py` is left out: most hold none."""

_ENDINGS = {
    "kdbx": ("a password store", SURE),
    "ppk": ("an SSH key", SURE),
    "ovpn": ("a VPN profile", LIKELY),
    "p12": ("a key store", SURE),
    "pfx": ("a key store", SURE),
    "jks": ("a key store", LIKELY),
    "pem": ("a private key", KEY),
    "key": ("a private key", KEY),
    "env": ("settings with secrets", MAYBE),
}
_INSIDE = {
    (".docker", "config.json"): ("registry logins", MAYBE),
    (".kube", "config"): ("a login for Kubernetes", SURE),
    (".aws", "config"): ("settings of AWS", MAYBE),
    (".cargo", "credentials.toml"): ("a token of crates.io", SURE),
}
"""Files whose name says little without that of their folder."""
_LOGINS = ("service-account", "service_account", "client_secret_")
_BEGINNINGS = (*_LOGINS, "config", "credentials")
SECRET_FOLDERS = {
    ".ssh": "SSH keys",
    ".aws": "a login for AWS",
    ".azure": "a login for Azure",
    ".gnupg": "private keys of GnuPG",
    ".kube": "a login for Kubernetes",
    "gcloud": "a login for Google Cloud",
}
_TEMPLATES = frozenset(
    "example examples sample template dist tpl tmpl defaults default schema vault enc encrypted sops test testing ci".split()
)
_OWN = frozenset({"dev", "devel", "development"})
_PUBLIC = frozenset(
    "pub public pubkey publickey gpg rpm apt archive release repo signing keyring ca cert certs chain fullchain bundle root trust".split()
)
"""Words in the name of a key or certificate that everyone may have."""
_PUBLIC_PLACES = (
    "/etc/apt", "/usr/share/keyrings", "/etc/pki", "/etc/apk/keys", "/etc/ssl/certs", "/usr/local/share/ca-certificates",
)  # fmt: skip
_TRIALS = frozenset(
    "test tests testing testdata test-data fixtures fixture spec specs __tests__ e2e example examples sample samples mock mocks docs demo "
    "snakeoil".split()
)
"""Folders whose keys open nothing."""


class FileName(Record):
    """A file is a secret by its name: what it holds, and how far that goes.

    `certainty` is "sure", "likely" (unless its text can be read and is harmless), "key" (likewise, where `private` says that the name is
    that of a private key) or "maybe" (only where its text proves it).
    """

    __slots__ = ("certainty", "private", "what")

    def __init__(self, what: str, certainty: str, private: bool = False) -> None:
        self.what = what
        self.certainty = certainty
        self.private = private


@lru_cache(maxsize=1)
def _by_name() -> dict[str, tuple[str, str]]:
    return {name: told for names, told in _NAMES.items() for name in names.split()}


def is_harmless(path: str) -> bool:
    """Whether a file is a template, is for a machine of one's own (`.env.development`, `localhost.key`), or stands among tests and
    examples."""
    folder, _, name = path.lower().rpartition("/")
    words = _words(name)
    key = words[-1] in ("pem", "key", "p12", "pfx", "jks", "ppk")
    is_template = name not in _by_name() and not _TEMPLATES.isdisjoint(words[-1:] if key else words)
    is_own = (key and "localhost" in words) or (name.startswith(".env.") and not _OWN.isdisjoint(words))
    return is_template or is_own or not _TRIALS.isdisjoint(folder.split("/"))


def secret_file(path: str) -> FileName | None:
    """What a file is by its name and folder; None of a file like any other."""
    low = path.rpartition("/")[2].lower()
    stem, _, ending = low.rpartition(".")
    known = _by_name().get(low) or (_ENDINGS.get(ending) if stem else None) or _by_parts(path, low)
    if known is None or is_harmless(path) or (ending == "jks" and ("trust" in stem or "cacerts" in stem)):
        return None
    return FileName(*known, private=known[1] == KEY and _says_private(path, low))


def _by_parts(path: str, name: str) -> tuple[str, str] | None:
    """What a name says together with its folder, or by its beginning."""
    if name.startswith(".env."):
        return "settings with secrets", MAYBE
    if not name.startswith(_BEGINNINGS):
        return None
    if name.endswith(".json") and name.startswith(_LOGINS):
        return "a login for Google Cloud", LIKELY
    return _INSIDE.get((path.rpartition("/")[0].rpartition("/")[2], name))


def _says_private(path: str, name: str) -> bool:
    stem, _, ending = name.rpartition(".")
    words = _words(stem)
    if path.startswith(_PUBLIC_PLACES) or not _PUBLIC.isdisjoint(words) or "localhost" in words or "+" in stem:
        return False  # the last two are what mkcert names the keys that it makes for one machine
    return ending == "key" or name.startswith("id_") or any(word in ("priv", "private") or word.endswith("key") for word in words)


def _words(name: str) -> list[str]:
    return name.replace("-", ".").replace("_", ".").split(".")
