"""What a command does with a file: runs it, makes a program of it, installs or unpacks it, gives it another name."""

from __future__ import annotations

from .checks import same_file
from .interpreters import INTERPRETERS, interpreter, program_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .command import Command
    from .words import Word

ARCHIVES = (
    ".tar", ".tgz", ".tbz", ".tbz2", ".txz", ".tar.gz", ".tar.xz", ".tar.bz2", ".tar.zst", ".zip", ".7z", ".gz", ".xz", ".bz2", ".zst",
)  # fmt: skip
PROGRAM_FOLDERS = ("/bin", "/sbin")
UNPACKERS = frozenset({"tar", "bsdtar", "gtar", "unzip", "7z", "7za", "7zr", "cpio", "expand-archive"})
FILTERS = frozenset("gunzip gzip zcat xz unxz xzcat bunzip2 bzip2 bzcat zstd unzstd tee cat".split())
"""Programs that pass on what they read, as it is or decompressed."""
_COMPRESSED = (".gz", ".xz", ".bz2", ".zst")
_INSTALLERS = {
    "dpkg": ("-i", "--install", "--unpack"),
    "rpm": ("-i", "-U", "-F", "--install", "--upgrade"),
    "apt": ("install",), "apt-get": ("install",), "aptitude": ("install",),
    "yum": ("install", "localinstall"), "dnf": ("install", "localinstall"), "microdnf": ("install",), "tdnf": ("install",),
    "zypper": ("install", "in"), "apk": ("add",),
    "msiexec": ("/i", "/package", "-i"),
}  # fmt: skip
"""Package managers, and the words with which they install a package file."""
_RENAMERS = frozenset({"mv", "cp", "ln", "install"})
_USERS = frozenset({"chmod", ".", "source", "java", "mv", "cp", "install", "start-process"}).union(UNPACKERS, INTERPRETERS, _INSTALLERS)


def use_of(command: Command, names: set[str]) -> str:
    """How a command uses a file that goes by these names: "run", "executable", "installed" or "unpacked"; "" where it does not."""
    name = command.name
    if name not in _USERS and not interpreter(command):
        return "run" if name and _is_path(command.words[0].text) and _is_one(command.words[0], names) else ""
    if name in UNPACKERS:
        return "unpacked" if _unpacks(command) and given(command, names) else ""
    if name in _INSTALLERS:
        return "installed" if _installs(command) and given(command, names) else ""
    if name == "start-process":
        return "run" if given(command, names) else ""
    if name in ("chmod", "install", "mv", "cp"):
        return "executable" if _makes_program(command, names) and given(command, names) else ""
    file = program_file(command)
    return "run" if file is not None and _is_one(file, names) else ""


def given(command: Command, names: set[str]) -> bool:
    """Whether a command is given one of these files."""
    words = [*command.operands, *(option.value for option in command.options if option.value is not None)]
    return any(_is_one(word, names) for word in words)


def other_names(command: Command, names: set[str]) -> set[str]:
    """What a file is called after a command has moved, copied, linked or decompressed it."""
    if command.name in FILTERS:
        compressed = {name.rpartition(".")[0] for name in names if name.endswith(_COMPRESSED)}
        return compressed if compressed and given(command, names) else set()
    operands = command.operands
    if command.name not in _RENAMERS or len(operands) < 2 or not given(command, names):
        return set()
    target = operands[-1].text.rstrip("/")
    inside = {f"{target}/{name.rpartition('/')[2]}" for name in names}
    return inside if operands[-1].text.endswith("/") or target in ("", ".", "..") else {target, *inside}


def passed_on(command: Command) -> set[str]:
    """The files that a filter at the end of a pipe writes."""
    if command.name not in FILTERS:
        return set()
    names = set(redirected(command))
    if command.name == "tee":
        names.update(word.text for word in command.operands)
    return names - {"/dev/null"}


def redirected(command: Command) -> list[str]:
    """The files that the output of a command is redirected to."""
    return [word.text for operator, word in command.redirects if operator in (">", ">>", ">|") and word is not None]


def _is_path(program: str) -> bool:
    """Whether a program is named by where it lies. On Windows one with an ending may lie where the script does."""
    return "/" in program or "\\" in program or program.endswith((".exe", ".bat", ".cmd"))


def _is_one(word: Word, names: set[str]) -> bool:
    return any(same_file(word.text, name) for name in names)


def _installs(command: Command) -> bool:
    words = _INSTALLERS[command.name]
    return any(word.text in words for word in command.operands) or command.option(*words) is not None


def _makes_program(command: Command, names: set[str]) -> bool:
    """Whether a command makes files executable, or puts them where programs are."""
    if command.name == "chmod":
        return any(_is_executable(mode.text) for mode in command.operands[:1])
    if command.name == "install":
        mode = command.option("-m", "--mode")
        folders = command.option("-d", "--directory") is not None
        return not folders and (mode is None or mode.value is None or _is_executable(mode.value.text))
    target = command.operands[-1].text.rstrip("/") if command.operands else ""
    inside = target.endswith(PROGRAM_FOLDERS) or target.rpartition("/")[0].endswith(PROGRAM_FOLDERS)
    return inside and not any(name.endswith(ARCHIVES) for name in names)


def _is_executable(mode: str) -> bool:
    if mode.isdigit():
        return any(int(digit) & 1 for digit in mode[-3:])
    return any("x" in clause.partition("+")[2] or "x" in clause.partition("=")[2] for clause in mode.split(","))


def _unpacks(command: Command) -> bool:
    if not command.name.endswith("tar") or command.option("-x", "--extract", "--get") is not None:
        return True
    first = next(iter(command.operands), None)
    return first is not None and "x" in first.text and not first.text.strip("xvzjJfpokaCmh")
