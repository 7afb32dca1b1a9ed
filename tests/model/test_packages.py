"""What commands install: packages by the grammar of each tool, names that are slips of the pen, calls in inline Python."""

from __future__ import annotations

import pytest
from capdrop.dialects.commands import commands_in_shell
from capdrop.dialects.one_command import Setting
from capdrop.model.command import Command
from capdrop.model.package_names import is_misspelt, meant_instead
from capdrop.model.tools import tool
from capdrop.source import Fragment, Source


def command(line: str) -> Command:
    """The first command of a shell text."""
    found = commands_in_shell(Fragment.at(line, 0), Setting(Source("Dockerfile", line), "stage 0 RUN", "RUN"))
    return next(subject for subject in found if isinstance(subject, Command))


PACKAGES = {
    "apt-get -y install -t trixie curl git=1:2.3 nano/stable libc6:i386": "apt curl · apt git 1:2.3 · apt nano stable · apt libc6",
    "apt-get install ./a.deb foo- g++ $PKG php$V-fpm '^java' 'a*'": "apt archive ./a.deb · apt g++",
    "apt-get -o Dpkg::Use-Pty=0 install -y curl && apt-get update": "apt curl",
    "apk add --no-cache -t .deps gcc musl~=1.2 'openssl>3' foo@edge ./x.apk": (
        "apk gcc · apk musl ~=1.2 · apk openssl >3 · apk foo · apk archive ./x.apk"
    ),
    "apk add --virtual=.deps -X https://example.com/x gcc=14-r0": "apk gcc =14-r0",
    "yum install -y java-11-openjdk python3-3.9.2 gcc-11 libstdc++-4.8* kernel-$V glibc.i686": (
        "rpm java-11-openjdk · rpm python3 3.9.2 · rpm gcc 11 · rpm libstdc++ 4.8* · rpm kernel $V · rpm glibc.i686"
    ),
    "dnf -y --setopt a=b install java-1.8.0-openjdk-devel httpd-2.4.6-97.el7.x86_64 @dev https://a/b.rpm nginx:1.20": (
        "rpm java-1.8.0-openjdk-devel · rpm httpd 2.4.6-97.el7.x86_64 · rpm url https://a/b.rpm · rpm nginx 1.20"
    ),
    "dnf module install nodejs:18 php": "rpm-module nodejs 18 · rpm-module php",
    "zypper --non-interactive in 'a=1' 'b>=2' c.rpm": "zypper a =1 · zypper b >=2 · zypper archive c.rpm",
    "zypper in -t pattern devel": "",
    "rpm -Uvh https://a/b.rpm": "rpm url https://a/b.rpm",
    "rpm -qa": "",
    "dpkg -i /tmp/a.deb": "apt archive /tmp/a.deb",
    "pacman -Syu --noconfirm extra/git": "pacman git",
    "python3 -m pip install -U pip 'flask[async]>=2,<3' e==$V d$V 'x; python_version<\"3\"'": (
        "pip pip · pip flask >=2,<3 · pip e ==$V · pip x"
    ),
    "pip3.11 install -r req.txt . -e .[dev] ./foo wheels/a-1.whl": (
        "pip requirements req.txt · pip path . · pip path . · pip path ./foo · pip archive wheels/a-1.whl"
    ),
    "pip install git+https://u@github.com/a/b.git@main#egg=b 'c @ https://x/y.zip#sha256=0'": (
        "pip git git+https://u@github.com/a/b.git main · pip url https://x/y.zip sha256=0"
    ),
    "pip install --index-url https://a/simple --extra-index-url=https://b/simple flask": "pip flask",
    "pip install -qU flask -- -odd": "pip flask",
    "uv pip install --system ruff==0.1": "pip ruff ==0.1",
    "uv add httpx --group dev": "pip httpx",
    "uv tool install ruff": "pip ruff",
    "uv run --with x python -m pip install flask": "pip flask",
    "poetry run pip install flask && uv run": "pip flask",
    "uvx ruff@0.5 check .": "pip ruff @0.5",
    "uvx --from ruff==1 ruff": "pip ruff ==1",
    "pipx inject app lib": "pip lib",
    "pipx run x a b": "pip x",
    "poetry add a@^1 b c==1": "poetry a ^1 · poetry b · poetry c ==1",
    "conda install -y -c conda-forge python=3.10 'numpy<2' conda-forge::x": "conda python =3.10 · conda numpy <2 · conda x",
    "micromamba create -n env -f env.yml": "conda requirements env.yml",
    "npm i -g typescript@5 @scope/x @a/b@1 npm@latest a@$V": "npm typescript 5 · npm @scope/x · npm @a/b 1 · npm npm latest · npm a $V",
    "npm install user/repo#abc https://a/b.tgz ./x git+https://github.com/a/b#c b@npm:c@2": (
        "npm git user/repo abc · npm url https://a/b.tgz · npm path ./x · npm git git+https://github.com/a/b c · npm c 2"
    ),
    "npm --prefix web install left": "npm left",
    "npm run install": "",
    "npx -y create-app@latest foo": "npm create-app latest",
    "npx -p a@1 -p b cmd": "npm a 1 · npm b",
    "yarn global add a": "npm a",
    "yarn add --dev a@1": "npm a 1",
    "pnpm dlx x y": "npm x",
    "gem install -N bundler:2.1 rake foo.gem": "gem bundler 2.1 · gem rake · gem archive foo.gem",
    "gem install rake -v 13": "gem rake 13",
    "go install -v -ldflags='-s -w' example.com/a/b@latest ./... cmd/x": "go example.com/a/b latest · go path ./... · go path cmd/x",
    "go get -u github.com/a/b": "go github.com/a/b",
    "go build github.com/a/b": "",
    "cargo install --locked ripgrep@14 fd-find": "cargo ripgrep 14 · cargo fd-find",
    "cargo install x --version 1.2": "cargo x 1.2",
    "cargo install --git https://a/b --rev 123 b": "cargo git https://a/b 123",
    "cargo install --path .": "",
    "composer global require a/b:^1 c/d php": "composer a/b ^1 · composer c/d",
    "dotnet tool install -g foo --version 1.2": "nuget foo 1.2",
    "dotnet add src/x.csproj package Newtonsoft.Json": "nuget Newtonsoft.Json",
    "pip list flask": "",
    "echo pip install flask": "",
    "unknown install flask": "",
}


@pytest.mark.parametrize(("line", "expected"), PACKAGES.items())
def test_packages(line: str, expected: str) -> None:
    said = [
        " ".join(part for part in (package.ecosystem, package.kind.replace("registry", ""), package.name, package.version) if part)
        for package in command(line).packages
    ]
    assert " · ".join(said) == expected


def test_a_package_points_at_its_word() -> None:
    line = "pip install 'flask>=2' -r req.txt"
    assert [line[package.span.start : package.span.end] for package in command(line).packages] == ["'flask>=2'", "req.txt"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("apt-get -y -o a=b install curl", "install"),
        ("npm config set registry x", "config set"),
        ("uv pip install x", "pip install"),
        ("uv sync", "sync"),
        ("dotnet tool install x", "tool install"),
        ("git lfs clone x", "lfs clone"),
        ("go env -w A=b", "env A=b"),
        ("yarn", ""),
        ("npm --version", ""),
    ],
)
def test_subcommands(line: str, expected: str) -> None:
    assert command(line).subcommand == expected


def test_a_versioned_program_is_known_by_its_plain_name() -> None:
    assert tool("pip3.11") == tool("pip3")
    assert tool("no-such-program").valued == frozenset()


@pytest.mark.parametrize(
    ("registry", "name", "meant"),
    [
        ("pip", "reqeusts", "requests"),
        ("pip", "requestss", "requests"),
        ("pip", "urlib3", "urllib3"),
        ("pip", "crytography", "cryptography"),
        ("pip", "pil1ow", "pillow"),
        ("poetry", "djangoo", "django"),
        ("npm", "crossenv", "cross-env"),
        ("npm", "typescirpt", "typescript"),
        ("npm", "@type/node", "@types/node"),
        ("pip", "requests", ""),
        ("pip", "requests2", ""),
        ("pip", "requests-oauthlib", ""),
        ("pip", "Flask.CORS", ""),
        ("pip", "fastai", ""),  # near fastapi, and downloaded often itself
        ("pip", "pyaml", ""),
        ("pip", "numpyy", "numpy"),
        ("pip", "numpys", ""),  # near a short name
        ("npm", "json-pointer", ""),
        ("npm", "@types/args", ""),
        ("npm", "@acme/expresss", ""),
        ("gem", "reqeusts", ""),
        ("pip", "", ""),
    ],
)
def test_misspelt_names(registry: str, name: str, meant: str) -> None:
    assert meant_instead(registry, name) == meant


@pytest.mark.parametrize(
    ("written", "meant", "expected"),
    [
        ("dajngo", "django", True),
        ("djangoo", "django", True),
        ("djangos", "django", False),
        ("djngo", "django", False),
        ("tensrflow", "tensorflow", True),
        ("tensor-flow", "tensorflow", True),
        ("ensorflow", "tensorflow", False),
        ("tensorflo", "tensorflow", False),
        ("node21-x", "node12-x", False),
    ],
)
def test_slips_of_the_pen(written: str, meant: str, expected: bool) -> None:
    assert is_misspelt(written, meant) is expected


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("load('a', revision='b')", [("a", {"revision": "b"})]),
        ("m = 'a'; x.y.load(m, trust=True, **more)", [("a", {"trust": True})]),
        ("load(f(), device=gpu())", [("", {"device": None})]),
        ("print('load(1)')", []),
        ("é = 'é'; load('a')", [("a", {})]),
        ("load('a'", []),
        ("load(", []),
    ],
)
def test_calls_in_inline_python(program: str, expected: list[tuple[str, dict[str, object]]]) -> None:
    line = f'python3 -c "{program}"'
    calls = command(line).python_calls("load")
    assert [(call.first, call.keywords) for call in calls] == expected
    assert all(line[call.span.start : call.span.end] == "load" for call in calls)


@pytest.mark.parametrize("line", ["python3 <<EOF\nload('a')\nEOF\n", "python3 - <<'EOF'\nload('a')\nEOF\n"])
def test_python_is_read_from_a_here_document_too(line: str) -> None:
    assert [call.first for call in command(line).python_calls("load")] == ["a"]


def test_a_here_document_is_not_the_program_of_a_script() -> None:
    assert command("python3 script.py <<EOF\nload('a')\nEOF\n").python_calls("load") == []
