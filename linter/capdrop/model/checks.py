"""Programs that compare a checksum or a signature, and of which file."""

from __future__ import annotations

from .interpreters import inline_program, interpreter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .command import Command

SUMS = frozenset("sha1sum sha224sum sha256sum sha384sum sha512sum shasum md5sum b2sum b3sum sha256 sha512 cksum rhash".split())
"""Programs that print a checksum, or with -c compare it."""
VERIFIERS = {
    "gpg gpg2": "--verify --decrypt -d",  # gpg(1)
    "gpgv gpgv2 sqv debsig-verify minisign signify cosign slsa-verifier rekor-cli jarsigner notation": "",
    "openssl": "dgst sha256 sha512 pkeyutl cms smime",  # openssl-dgst(1): -verify, or a digest that is compared
    "rpm": "-K --checksig",  # rpmkeys(8)
    "rpmkeys": "-K --checksig",
    "dpkg-sig": "--verify",
    "sq": "verify",
    "gh": "attestation",  # gh attestation verify
}
"""Programs that compare a signature, and the words of which one must be given."""
_VERIFIERS = {program: tuple(words.split()) for programs, words in VERIFIERS.items() for program in programs.split()}
_HASH_CALLS = ("hash_file", "hashlib", "createHash", "Digest::SHA")
"""What an inline program calls to make a checksum."""
_PROGRAMS = frozenset({"python", "python2", "python3", "perl", "ruby", "node", "nodejs", "php"})
_POWERSHELL = frozenset({"get-filehash", "get-authenticodesignature"})
"""PowerShell's, whose answers a script compares with what it expects."""
CHECKERS = SUMS | frozenset(_VERIFIERS) | _PROGRAMS | _POWERSHELL
_TEXT = frozenset({"echo", "printf"})


def same_file(one: str, other: str) -> bool:
    """Whether two ways to write a path may mean the same file: their last parts fit, and their folders where both have one."""
    one, other = plain_path(one), plain_path(other)
    folder, _, name = one.rpartition("/")
    other_folder, _, other_name = other.rpartition("/")
    if not name or not other_name:
        return False
    if folder.startswith("/") and other_folder.startswith("/") and folder != other_folder:
        return False
    return name == other_name or _fits(name, other_name) or _fits(other_name, name)


def plain_path(path: str) -> str:
    """A path without the things that change nothing: braces around a variable, `./` before it, and with the slashes of Unix."""
    path = path.replace("\\", "/")
    if "${" in path:
        path = path.replace("${", "$").replace("}", "")
    return path[2:] if path.startswith("./") else path


def _fits(pattern: str, name: str) -> bool:
    """Whether a name fits a pattern with one star."""
    before, star, after = pattern.partition("*")
    return bool(star) and "*" not in after and len(name) >= len(before) + len(after) and name.startswith(before) and name.endswith(after)


def checks(command: Command, names: Iterable[str] | None = None) -> bool:
    """Whether a command compares a checksum or a signature: of a file that goes by these names, if some are given. One that cannot be
    told whose it compares counts for all."""
    if command.name in SUMS:
        return _compares_sum(command, names)
    if command.name in _VERIFIERS:
        wanted = _VERIFIERS[command.name]
        return not wanted or any(word.text in wanted for word in command.words)
    if command.name in _POWERSHELL:
        return _names_one([word.text for word in command.words[1:]], names)
    if interpreter(command) in _PROGRAMS:
        program = inline_program(command)
        return program is not None and any(call in program.text for call in _HASH_CALLS)
    return False


def _compares_sum(command: Command, names: Iterable[str] | None) -> bool:
    given = [word.text for word in command.operands]
    if command.option("-c", "--check", "-C") is None:
        compared = command.within is not None or command.writes_to is not None or bool(command.redirects)
        return compared and (not given or _names_one(given, names))
    if given and given[0] not in ("-", "/dev/stdin"):
        return True
    texts = [word.text for operator, word in command.redirects if operator == "<<<" and word is not None]
    feeder = command.reads_from
    if feeder is not None and feeder.name in _TEXT:
        texts.append(" ".join(word.text for word in feeder.operands))
    lines = [line.split() for text in texts for line in text.replace("\\n", "\n").split("\n") if line.strip()]
    return not lines or _names_one([line[-1] for line in lines], names)


def _names_one(given: list[str], names: Iterable[str] | None) -> bool:
    """Whether words name one of these files, or hold a variable and may do so."""
    if names is None:
        return True
    return any("$" in word or "`" in word or word == "-" or any(same_file(word.lstrip("*"), name) for name in names) for word in given)
