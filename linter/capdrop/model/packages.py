"""The packages that a command installs, each read by the grammar of its tool. Adding a tool is adding a row."""

from __future__ import annotations

import re

from capdrop.source import Record, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from capdrop.source import Fragment

    from .command import Command
    from .words import Word

    Grammar = Callable[[str], "tuple[str, str, str] | None"]


class Package(Record):
    """One thing that a command installs.

    `kind` is where it comes from: "registry", "url", "git", "path" (a folder or a file of source), "archive" (a package file that is
    already there) or "requirements" (a file that lists packages). `name` is the package's name, else the URL, repository or path;
    `version` the version, constraint, branch or commit as written, "" where there is none. `ecosystem` says in whose registry the name
    means something ("pip", "npm", "apt", "rpm", ...).
    """

    __slots__ = ("ecosystem", "kind", "name", "version", "word")

    def __init__(self, ecosystem: str, kind: str, name: str, version: str, word: Word) -> None:
        self.ecosystem = ecosystem
        self.kind = kind
        self.name = name
        self.version = version
        self.word = word

    @property
    def span(self) -> Span:
        return self.word.span

    @property
    def misspelt(self) -> str:
        """The popular package of its registry that the name is a misspelling of; "" where it is none."""
        if self.kind != "registry":
            return ""
        from .package_names import meant_instead

        return meant_instead(self.ecosystem, self.name)


def packages_of(command: Command) -> list[Package]:
    """What a command installs, in the order that it is written in."""
    row = _row(command)
    if row is None:
        return []
    ecosystem, reach = row
    grammar = GRAMMARS[ecosystem]
    found: list[Package] = []
    common = _version_option(command, ecosystem)
    for word in _words(command, reach):
        parsed = grammar(word.text)
        if parsed is not None:
            kind, name, version = parsed
            found.append(Package(ecosystem, kind, name, version or (common if kind == "registry" else ""), word))
    named = list(_from_options(command, ecosystem))
    return sorted([*found, *named], key=lambda package: package.span) if named else found


def required_in(lines: Iterable[Fragment]) -> Iterator[Package]:
    """The packages that the lines of a `requirements.txt` name."""
    from .words import Word

    for line in lines:
        text = line.text.partition(" #")[0].rstrip()
        parsed = _python(text) if text[0] not in "#-" else None
        if parsed is not None:
            part = line.part(0, len(text))
            yield Package("pip", *parsed, Word(part, True, part.span()))


INSTALLERS = (
    # programs, subcommands, ecosystem, which operands are packages
    ("apt apt-get aptitude", "install", "apt", "rest"),
    ("apk", "add", "apk", "rest"),
    ("dnf dnf5 yum microdnf tdnf", "install in localinstall", "rpm", "rest"),
    ("dnf dnf5 yum microdnf", "module:install module:enable", "rpm-module", "rest"),
    ("rpm", "-i -U -F --install --upgrade --freshen", "rpm", "all"),
    ("dpkg", "-i --install", "apt", "all"),
    ("zypper", "install in", "zypper", "rest"),
    ("pacman", "-S --sync -U --upgrade", "pacman", "all"),
    ("pip pip2 pip3", "install download wheel", "pip", "rest"),
    ("uv", "pip:install add tool:install", "pip", "rest"),
    ("uv", "tool:run", "pip", "first"),
    ("uvx", "", "pip", "first"),
    ("pipx", "install inject", "pip", "rest"),
    ("pipx", "run", "pip", "first"),
    ("poetry", "add self:add", "poetry", "rest"),
    ("pdm pipenv", "add install", "pip", "rest"),
    ("conda mamba micromamba", "install create", "conda", "rest"),
    ("npm", "install i add in ins inst", "npm", "rest"),
    ("npm", "exec x", "npm", "first"),
    ("pnpm yarn bun", "add a global:add", "npm", "rest"),
    ("pnpm bun", "install i", "npm", "rest"),
    ("pnpm yarn", "dlx", "npm", "first"),
    ("bun", "x", "npm", "first"),
    ("npx bunx pnpx", "", "npm", "first"),
    ("gem", "install i", "gem", "rest"),
    ("bundle bundler", "add", "gem", "rest"),
    ("go", "install get run", "go", "rest"),
    ("cargo", "install add binstall", "cargo", "rest"),
    ("composer", "require req global:require", "composer", "rest"),
    ("dotnet", "tool:install tool:update", "nuget", "rest"),
    ("dotnet", "add", "nuget", "named"),
)
"""Which words of which commands are packages: all operands behind the subcommand, the first of them, those behind the word
"package", or all operands of a command that is told by an option. `pip:install` is the subcommand `pip install`."""

RUNNERS = frozenset({"npx", "bunx", "pnpx", "uvx"})
"""Programs that fetch a package and run it, without a subcommand."""
_OTHERWISE = frozenset({"cargo", "bundle", "bundler", "zypper"})
"""Programs of which an option says that the operands are no packages of the registry."""

VERSION_OPTIONS = {
    "gem": "-v --version",
    "cargo": "--version --vers",
    "nuget": "--version -v",
}
"""Options that name the version of the package of the command."""
PACKAGE_OPTIONS = {
    "npm": "-p --package",  # npx -p, npm exec --package
    "pip": "--from --with --spec",  # uvx --from, pipx --spec
}
"""Options whose value is a package."""
_FILE_OPTIONS = {
    "pip": "-r --requirement --requirements",
    "conda": "-f --file",
}
_REVISION_OPTIONS = ("--rev", "--tag", "--branch")

_ARCHIVES = (
    ".whl", ".tar.gz", ".tgz", ".zip", ".tar.bz2", ".tar.xz", ".rpm", ".deb", ".apk", ".gem", ".nupkg", ".pkg.tar.zst", ".pkg.tar.xz",
    ".conda", ".phar",
)  # fmt: skip
_GIT = ("git+", "git://", "git@", "ssh://", "hg+", "svn+", "bzr+")
_PYTHON_NAME = r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*(.*)"
_NPM_NAME = r"(@[A-Za-z0-9][\w.~-]*/[\w.~-]+|[A-Za-z0-9_][\w.~-]*)(?:@(.*))?$"
_RPM_VERSION = r"(.+?)-((?:\d+:)?(?:\d[\w.+~^*]*|[$`*].*)(?:-[\d*$`][\w.+~^*$(){}]*)?)$"
_COMPILED: dict[str, re.Pattern[str]] = {}
_TABLE: dict[str, dict[str, tuple[str, str]]] = {}


def _row(command: Command) -> tuple[str, str] | None:
    """The ecosystem of an installing command, and which of its operands are packages; None of any other command."""
    if not _TABLE:
        for programs, subcommands, ecosystem, reach in INSTALLERS:
            for program in programs.split():
                rows = _TABLE.setdefault(program, {})
                for subcommand in subcommands.split() or [""]:
                    rows[subcommand.replace(":", " ")] = (ecosystem, reach)
    rows = _TABLE.get(command.name) or _TABLE.get(command.name.partition(".")[0], {})
    if not rows:
        return None
    row = rows.get(command.subcommand) or rows.get("")
    if row is None and any(name.startswith("-") for name in rows):
        row = next((rows[option.name] for option in command.options if option.name in rows), None)
    return row


def _words(command: Command, reach: str) -> list[Word]:
    """The operands that are packages."""
    words = command.operands
    if reach == "all":
        return words
    if reach == "named":
        return next((words[index + 1 :] for index, word in enumerate(words) if word.text == "package"), [])
    if command.name not in RUNNERS:
        words = words[len(command.subcommand.split()) + (command.subcommand == "inject") :]
    if reach == "first":
        return [] if _names_its_package(command) else words[:1]
    return [] if command.option("--git", "--path", "-t", "--type") and command.name in _OTHERWISE else words


def _names_its_package(command: Command) -> bool:
    """Whether the first word is a program of a package that an option names (`uvx --from package program`)."""
    return command.option("-p", "--package", "--from", "--spec") is not None


def _version_option(command: Command, ecosystem: str) -> str:
    names = VERSION_OPTIONS.get(ecosystem)
    option = command.option(*names.split()) if names else None
    return option.value.text if option is not None and option.value is not None else ""


def _from_options(command: Command, ecosystem: str) -> Iterator[Package]:
    """The packages that options name: `-e git+https://...`, `-r requirements.txt`, `--git https://...`."""
    files = _FILE_OPTIONS.get(ecosystem, "").split()
    named = PACKAGE_OPTIONS.get(ecosystem, "").split()
    for option in command.options:
        if option.value is None:
            continue
        if option.name in files:
            yield Package(ecosystem, "requirements", option.value.text, "", option.value)
        elif option.name in named or option.name in ("-e", "--editable"):
            parsed = GRAMMARS[ecosystem](option.value.text)
            if parsed is not None:
                yield Package(ecosystem, *parsed, option.value)
        elif option.name == "--git" and ecosystem in ("cargo", "gem"):
            revision = command.option(*_REVISION_OPTIONS)
            yield Package(ecosystem, "git", option.value.text, revision.value.text if revision and revision.value else "", option.value)


def _match(pattern: str, text: str) -> re.Match[str] | None:
    compiled = _COMPILED.get(pattern)
    if compiled is None:
        compiled = _COMPILED[pattern] = re.compile(pattern)
    return compiled.match(text)


def _is_path(text: str) -> bool:
    return text.startswith((".", "/", "~")) or text == ""


def _elsewhere(text: str) -> tuple[str, str, str] | None:
    """What is written as a repository, a URL or a path, in the way that most tools share."""
    if text.startswith(_GIT):
        return ("git", *_repository(text))
    if "://" in text:
        if text.startswith("file:"):
            return "path", text, ""
        url, _, fragment = text.partition("#")
        if url.endswith(".git"):
            return "git", url, fragment
        return "url", url, fragment
    if _is_path(text):
        return ("archive" if text.endswith(_ARCHIVES) else "path"), text, ""
    if text.endswith(_ARCHIVES):
        return "archive", text, ""
    return None


def _repository(text: str) -> tuple[str, str]:
    """A repository, and the branch, tag or commit: `git+https://host/path@ref#egg=name`, `git+ssh://git@host/path#ref`."""
    url, _, fragment = text.partition("#")
    scheme, separator, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    path, _, reference = path.partition("@")
    if not reference and fragment and not fragment.startswith(("egg=", "subdirectory=", "&")):
        reference = fragment
    return f"{scheme}{separator}{host}{slash}{path}", reference


def _debian(text: str) -> tuple[str, str, str] | None:
    found = _elsewhere(text)
    if found is not None:
        return found
    removed = text.endswith(("-", "+")) and not text.endswith("++")
    if removed or "*" in text or text.startswith(("^", "~", "?")):
        return None
    name, equals, version = text.partition("=")
    if not equals:
        name, _, version = text.partition("/")
    return _registry(name.partition(":")[0], version)


def _alpine(text: str) -> tuple[str, str, str] | None:
    found = _elsewhere(text)
    if found is not None:
        return None if text.startswith(".") and not text.endswith(".apk") else found
    at = min((index for index in (text.find(sign) for sign in "=~<>") if index > 0), default=len(text))
    return _registry(text[:at].partition("@")[0], text[at:])


def _red_hat(text: str) -> tuple[str, str, str] | None:
    found = _elsewhere(text)
    if found is not None:
        return found if found[0] != "path" else None
    if text.startswith(("@", "*")):
        return None
    at = min((index for index in (text.find(sign) for sign in "=<>") if index > 0), default=0)
    if at:
        return _registry(text[:at].strip(), text[at:].strip())
    match = _match(_RPM_VERSION, text)
    if match is not None:
        return _registry(match[1], match[2])
    return _registry(text.split(":")[0] if ":" in text else text, text.partition(":")[2])


def _red_hat_module(text: str) -> tuple[str, str, str] | None:
    name, _, stream = text.partition(":")
    return _registry(name, stream)


def _suse(text: str) -> tuple[str, str, str] | None:
    found = _elsewhere(text)
    if found is not None:
        return found if found[0] != "path" else None
    if text.startswith(("-", "!", "@")):
        return None
    at = min((index for index in (text.find(sign) for sign in "=<>") if index > 0), default=len(text))
    return _registry(text[:at].rpartition(":")[2], text[at:])


def _arch(text: str) -> tuple[str, str, str] | None:
    return _elsewhere(text) or _registry(text.rpartition("/")[2], "")


def _python(text: str) -> tuple[str, str, str] | None:
    match = _match(r"([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*@\s*((?:git\+|https?:|file:|hg\+).*)", text)
    if match is not None:
        found = _elsewhere(match[2])
        return (found[0], match[1] if found[0] == "registry" else found[1], found[2]) if found else None
    path = text.partition("[")[0]
    found = _elsewhere(text) if "://" in text or text.startswith(_GIT) else _elsewhere(path)
    if found is not None:
        return found
    if "/" in path.partition(";")[0]:
        return "path", path, ""
    match = _match(_PYTHON_NAME, text)
    if match is None or match[2].startswith(("$", "`")):
        return None
    return _registry(match[1], match[2].partition(";")[0].strip())


def _poetry(text: str) -> tuple[str, str, str] | None:
    found = _python(text)
    return ("registry", found[1], found[2].removeprefix("@")) if found is not None and found[0] == "registry" else found


def _conda(text: str) -> tuple[str, str, str] | None:
    found = _elsewhere(text)
    if found is not None:
        return found
    text = text.rpartition("::")[2]
    match = _match(r"([A-Za-z0-9_][\w.-]*)\s*(.*)", text)
    return _registry(match[1], match[2]) if match is not None else None


def _npm(text: str) -> tuple[str, str, str] | None:
    if text.startswith("file:") or text == "npm:":
        return "path", text, ""
    if text.startswith(("github:", "gitlab:", "bitbucket:", "gist:")):
        name, _, commit = text.partition("#")
        return "git", name, commit
    found = _elsewhere(text)
    if found is not None:
        return found
    _, separator, target = text.partition("@npm:")
    match = _match(_NPM_NAME, target if separator else text)
    if match is not None:
        return _registry(match[1], match[2] or "")
    if _match(r"[A-Za-z0-9][\w.-]*/[\w.-]+(?:#.*)?$", text):
        name, _, commit = text.partition("#")
        return "git", name, commit
    return None


def _ruby(text: str) -> tuple[str, str, str] | None:
    return _elsewhere(text) or _versioned(text, ":")


def _go(text: str) -> tuple[str, str, str] | None:
    name, _, version = text.partition("@")
    if _is_path(name) or name.endswith(".go") or "." not in name.partition("/")[0]:
        return "path", name, ""
    return _registry(name, version)


def _rust(text: str) -> tuple[str, str, str] | None:
    return _elsewhere(text) or _versioned(text, "@")


def _versioned(text: str, sign: str) -> tuple[str, str, str] | None:
    name, _, version = text.partition(sign)
    return _registry(name, version)


def _php(text: str) -> tuple[str, str, str] | None:
    at = min((index for index in (text.find(sign) for sign in ":= ") if index > 0), default=len(text))
    name = text[:at]
    return _registry(name, text[at + 1 :]) if "/" in name and not _is_path(name) else None


def _nuget(text: str) -> tuple[str, str, str] | None:
    name, _, version = text.partition("@")
    return None if _is_path(name) else _registry(name, version)


def _registry(name: str, version: str) -> tuple[str, str, str] | None:
    """A name in a registry; None where a variable decides what the name is."""
    return ("registry", name, version) if name and not name.startswith(("%", "<")) and "$" not in name and "`" not in name else None


GRAMMARS: dict[str, Grammar] = {
    "apt": _debian,
    "apk": _alpine,
    "rpm": _red_hat,
    "rpm-module": _red_hat_module,
    "zypper": _suse,
    "pacman": _arch,
    "pip": _python,
    "poetry": _poetry,
    "conda": _conda,
    "npm": _npm,
    "gem": _ruby,
    "go": _go,
    "cargo": _rust,
    "composer": _php,
    "nuget": _nuget,
}
"""How a tool reads one word: to kind, name and version; None where the word is no package, or it is unknown which."""
