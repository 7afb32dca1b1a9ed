"""Where packages come from: several indexes at once, and sources without protection."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Command, Confidence, Finding, Fix, Good, Severity, Span, Url, Variable, Word, WrittenFile, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    Setting = tuple[str, Word, Span]

OVER_TLS = "the server may not answer over https"
PIP = frozenset({"pip", "pip2", "pip3"})
EXTRA_INDEX = ("--extra-index-url", "--find-links", "-f")
"""Options of pip that add a second place to look in, whose packages compete with those of the index (pip install --help)."""
EXTRA_SETTINGS = frozenset({"extra-index-url", "find-links", "pip-extra-index-url", "pip-find-links"})
"""The same as a setting of pip.conf or a variable."""
PIP_FILES = ("pip.conf", "pip.ini", ".txt", ".in", ".pip")
EXTRA_VARIABLES = {spelled for name in (*EXTRA_SETTINGS, "uv-index-strategy") for spelled in (name, name.replace("-", "_"))}
STRATEGIES = ("index-strategy", "index_strategy")
UNSAFE_STRATEGIES = ("unsafe-first-match", "unsafe-best-match")
"""Values of uv's `index-strategy` that look at every index for the best version; its own takes the first index that has the package."""

UV_INDEXES = ("--index", "--default-index", "--index-url", "-i", "--extra-index-url", "--find-links", "-f")
"""uv pip install --help"""
OPEN_INDEXES = frozenset({"pypi.org", "www.pypi.org", "test.pypi.org"})
"""Hosts on which anyone may publish under a free name."""
PUBLIC_INDEXES = (
    "pypi.org", "www.pypi.org", "files.pythonhosted.org",
    "download.pytorch.org",  # https://pytorch.org/get-started/locally/
    "pypi.nvidia.com", "pypi.ngc.nvidia.com", "developer.download.nvidia.com",  # https://docs.rapids.ai/install
    "pip.repos.neuron.amazonaws.com",  # https://awsdocs-neuron.readthedocs-hosted.com/
    "storage.googleapis.com",  # https://docs.jax.dev/en/latest/installation.html
    "www.piwheels.org", "piwheels.org",  # https://www.piwheels.org
    "google-coral.github.io", "abetlen.github.io", "data.pyg.org", "dl.fbaipublicfiles.com", "download.openmmlab.com",
    "wheel-index.linuxserver.io",  # linuxserver/wheelie
    "pypi.anaconda.org",  # https://anaconda.org: builds of projects, each under its account
    "mirrors.cernet.edu.cn", "pypi.tuna.tsinghua.edu.cn", "mirrors.tuna.tsinghua.edu.cn", "mirrors.bfsu.edu.cn", "mirrors.ustc.edu.cn",
    "pypi.mirrors.ustc.edu.cn", "mirrors.aliyun.com", "mirrors.cloud.tencent.com", "repo.huaweicloud.com",  # copies of PyPI
    "flashinfer.ai", "docs.vllm.ai", "wheels.vllm.ai", "repo.radeon.com", "pytorch-extension.intel.com",
)  # fmt: skip
"""Hosts of projects and vendors that publish builds for all, and document them as an extra index; and of copies of PyPI."""


@rule(
    "dependency-confusion",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    references="ATT&CK T1195.001 · CWE-427",
    programs=PIP | {"uv", "uvx", "="},
    variables=EXTRA_VARIABLES,
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM python:3.14
            RUN pip install «--extra-index-url https://pypi.acme.example/simple» acme-lib
            """,
            fixed="""
            FROM python:3.14
            RUN pip install --index-url https://pypi.acme.example/simple acme-lib
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM python:3.13
            ARG TOKEN
            ENV «PIP_EXTRA_INDEX_URL=https://build:${TOKEN}@pypi.acme.example/simple» «UV_INDEX_STRATEGY=unsafe-best-match»
            RUN pip install «--extra-index-url https://pypi.acme.example/simple» acme-lib
            RUN pip3.13 install «--extra-index-url=https://test.pypi.org/simple/» tool -f wheels/
            RUN pip install -i https://pypi.acme.example/simple «--extra-index-url https://pypi.org/simple» acme-lib
            RUN uv pip install --extra-index-url https://pypi.acme.example/simple «--index-strategy unsafe-best-match» acme-lib
            RUN pip config set «global.extra-index-url https://pypi.acme.example/simple»
            RUN «PIP_EXTRA_INDEX_URL=https://pypi.acme.example/simple» pip install acme-lib
            RUN printf '[global]\\n«extra-index-url = https://pypi.acme.example/simple»\\n' > /etc/pip.conf
            RUN cat <<EOF > /root/.config/pip/pip.conf
            [global]
            «extra-index-url = https://pypi.acme.example/simple»
            EOF
            RUN echo "«--extra-index-url https://pypi.acme.example/simple»" >> requirements.txt
            """,
        ),
        Bad(
            "compose.yaml",
            "services: {app: {image: 'python:3.13', environment: [«'PIP_EXTRA_INDEX_URL=https://pypi.acme.example/simple'»]}}",
        ),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - name: web
                  image: python:3.13
                  command: [pip, install, «--extra-index-url=https://pypi.acme.example/simple», acme-lib]
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM python:3.13
            ARG PIP_EXTRA_INDEX_URL
            ENV PIP_EXTRA_INDEX_URL=$PIP_EXTRA_INDEX_URL PIP_INDEX_URL=https://pypi.acme.example/simple
            RUN pip install --index-url https://pypi.acme.example/simple acme-lib && pip install --extra-index-url $INDEX acme-lib
            RUN pip install torch --extra-index-url https://download.pytorch.org/whl/cpu && pip install --find-links=/wheels --no-index app
            RUN pip install --extra-index-url https://pypi.acme.example/simple --require-hashes -r requirements.txt
            RUN uv pip install --extra-index-url https://pypi.acme.example/simple acme-lib
            RUN uv pip install --index-strategy unsafe-best-match --index https://pypi.org/simple --index https://download.pytorch.org/whl a
            RUN uv pip install --index-strategy unsafe-best-match --torch-backend cpu -r requirements.txt
            RUN pip config set global.index-url https://a.example
            RUN echo "# extra-index-url = https://pypi.acme.example/simple" > /etc/pip.conf
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'python:3.13', environment: [PIP_EXTRA_INDEX_URL]}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'python:3.13', command: [pip, install, --index-url=https://pypi.acme.example/simple, acme-lib]}
            """,
        ),
    ),
)
def dependency_confusion(
    subject: Command | Variable | WrittenFile, *, public_indexes: tuple[str, ...] = PUBLIC_INDEXES
) -> Iterator[Finding]:
    """A package may come from either of two indexes, and the higher version wins.

    pip has no first choice among its indexes. Whoever publishes a package of your own's name on the public index, with a higher
    version, has their code installed. Name one index (`--index-url`) that serves both, or install with hashes. The indexes in which
    vendors publish their builds for all are not judged; the option `public_indexes` lists their hosts. Confidence is low for a variable
    that tells uv to look into all indexes, as which they are stands elsewhere.
    """
    private_main = isinstance(subject, Command) and _has_private_index(subject, public_indexes)
    if isinstance(subject, Command) and subject.option("--require-hashes", "--no-index") is not None:
        return
    for name, word, span in _settings(subject):
        if name.lower().endswith(STRATEGIES):
            if word.text.strip("\"'") in UNSAFE_STRATEGIES and not _names_public_alone(subject, public_indexes):
                message = f"uv takes a package from whichever index has the higher version (`{word.text}`)"
                yield subject.finding(span, message, confidence=Confidence.LOW if isinstance(subject, Variable) else None)
        elif _is_private(word, public_indexes, private_main):
            message = f"pip takes a package from this index or from the other one, by the higher version (`{name}`)"
            yield subject.finding(span, message, fix=_one_index(subject, span) if isinstance(subject, Command) else None)


def _one_index(command: Command, span: Span) -> Fix | None:
    """A fix that makes the only index of what was an extra one, where no other is named."""
    option = next((option for option in command.options if option.span == span and option.name == "--extra-index-url"), None)
    if option is None or command.option("-i", "--index-url", "--index") is not None:
        return None
    caveat = "it must serve the packages of the public index too"
    return command.replace(command.words[option.words[0]].part(0, len(option.name)), "--index-url", caveat=caveat)


INDEX_VARIABLES = frozenset(
    "pip_index_url pip_extra_index_url uv_index uv_default_index uv_index_url uv_extra_index_url npm_config_registry yarn_registry "
    "yarn_npm_registry_server bun_config_registry goproxy rubygems_host pipenv_pypi_mirror conda_channel_alias cargo_registry_index "
    "bundle_mirror__https://rubygems__org/ composer_repo_packagist".split()
)
"""Variables, in small letters, that say where a package manager without signatures of its own gets its packages."""
INDEX_FILES = {
    "pip.conf": ("index-url", "extra-index-url", "find-links"),
    "pip.ini": ("index-url", "extra-index-url", "find-links"),
    ".npmrc": ("registry",),
    "npmrc": ("registry",),
    ".yarnrc": ("registry",),
    ".yarnrc.yml": ("npmregistryserver",),
    ".gemrc": ("",),
    "gemrc": ("",),
    ".condarc": ("",),
    "uv.toml": ("url", "index-url"),
}
"""Settings files of package managers, and the settings in them that say where packages come from ("": any line)."""
UNSIGNED = frozenset("conda mamba micromamba uv uvx go bun bundle bundler poetry pdm pipenv composer cargo dotnet helm".split())
"""Package managers without signatures of their own that are not downloaders of `plain-http-download`."""


R = frozenset({"R", "Rscript"})
SOURCE_COMMANDS = ("config", "env", "install", "pip", "sync", "source", "lock", "nuget", "repo")


@rule(
    "insecure-package-source",
    severity=Severity.HIGH,
    references="NIST SP 800-190 3.2.1 · ATT&CK T1557 · ATT&CK T1195.001",
    programs=UNSIGNED | R | {"="},
    variables=INDEX_VARIABLES,
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM python:3.13
            ENV «PIP_INDEX_URL=http://mirrors.example.com/simple» «npm_config_registry=http://registry.npmjs.org/»
            ENV «GOPROXY=https://proxy.golang.org,http://goproxy.example.com»
            RUN echo '«registry=http://registry.npmjs.org»' > .npmrc
            RUN printf '[global]\\n«index-url = http://mirrors.example.com/simple»' > ~/.pip/pip.conf
            RUN uv pip install --default-index «http://mirrors.example.com/simple» flask
            RUN conda install -c «http://conda.example.com/free» python
            RUN composer config -g «secure-http false» && bundle config mirror.https://rubygems.org «http://gems.example.com»
            RUN «GOPROXY=http://goproxy.example.com» go mod download && go env -w GOPROXY=«http://goproxy.example.com»
            RUN composer config repositories.a composer «http://packages.example.com» && helm repo add a «http://charts.example.com»
            RUN dotnet nuget add source «http://nuget.example.com/v3/index.json» -n a
            RUN Rscript -e 'install.packages("a", repos="«http://cran.example.com»")'
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: 'node:22', environment: [«'NPM_CONFIG_REGISTRY=http://registry.npmjs.org/'»]}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - name: web
                  image: golang:1.25
                  env:
                    - «{name: GOPROXY, value: 'http://goproxy.example.com'}»
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM python:3.13
            ENV PIP_INDEX_URL=https://mirrors.example.com/simple npm_config_registry=http://nexus:8081/npm GOPROXY=http://10.0.0.1,off
            RUN echo "registry=https://registry.npmjs.org" > .npmrc
            RUN echo "http://dl-cdn.alpinelinux.org/alpine/v3.22/main" > /etc/apk/repositories
            RUN composer config -g secure-http true && uv pip install --index-url http://localhost:3141 flask
            RUN composer config homepage http://example.com
            RUN cargo run -- http://example.com && Rscript -e 'a <- "http://example.com"; install.packages("a", repos="https://b.com")'
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'node:22', environment: ['NPM_CONFIG_REGISTRY=http://verdaccio:4873/']}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'golang:1.25', env: [{name: GOPROXY, value: 'https://proxy.golang.org'}]}
            """,
        ),
    ),
)
def insecure_package_source(subject: Command | Variable | WrittenFile) -> Iterator[Finding]:
    """Packages come over plain HTTP from a registry that signs nothing.

    pip, npm, go and their like trust what the registry sends: whoever stands between can send another package. Use `https`.
    Distributions sign their packages, so their mirrors may speak plain HTTP. What a single command downloads over plain HTTP is told by
    `plain-http-download`.
    """
    if isinstance(subject, WrittenFile):
        yield from _insecure_lines(subject)
    elif isinstance(subject, Variable):
        url = _plain_http(_written(subject)) if subject.name.lower() in INDEX_VARIABLES and subject.place in ("env", "arg") else None
        if url is not None:
            fix = subject.rewrite("value", url.word.part(0, 4).span, "http", "https", caveat=OVER_TLS)
            yield subject.finding(subject.span, f"`{subject.name}` gets packages from `{url.host}` over plain HTTP", fix=fix)
    else:
        yield from _insecure_command(subject)


def _insecure_command(command: Command) -> Iterator[Finding]:
    for name, word in command.assignments:
        found = _plain_http(word) if name.lower() in INDEX_VARIABLES else None
        if found is not None and word is not None:
            fix = command.replace(found.word.part(0, 4), "https", caveat=OVER_TLS)
            yield command.finding(_assignment(command, name, word), f"`{name}` gets packages from `{found.host}` over plain HTTP", fix=fix)
    if command.name == "composer":
        words = command.operands
        if len(words) > 2 and words[0].text == "config" and words[1].text == "secure-http" and words[2].text in ("false", "0"):
            span = Span(words[1].span.start, words[2].span.end)
            yield command.finding(span, "`composer` may get packages over plain HTTP (`secure-http`)")
    for url in _asked(command):
        if url.scheme == "http" and url.public:
            fix = command.replace(url.word.part(0, 4), "https", caveat=OVER_TLS)
            yield command.finding(url.word.span, f"`{command.name}` gets packages from `{url.host}` over plain HTTP", fix=fix)


def _asked(command: Command) -> Iterator[Url]:
    """The addresses from which a package manager without signatures, or R, is to get packages."""
    if command.name in R:
        for word in command.words[1:]:
            start = word.text.find("http://", max(word.text.find("repos"), 0)) if "repos" in word.text else -1
            if start >= 0:
                end = min((at for at in (word.text.find(quote, start) for quote in "\"'") if at > 0), default=len(word.text))
                yield Url(word.part(start, end))
    elif command.name in UNSIGNED and (command.packages or command.subcommand.startswith(SOURCE_COMMANDS)):
        words = command.operands
        other = command.name == "composer" and len(words) > 1 and words[0].text == "config" and not words[1].text.startswith("repo")
        yield from command.urls if not other else ()
        for word in words[1:] if words and words[0].text == "env" else ():
            name, _, _ = word.text.partition("=")
            url = _plain_http(word.part(len(name) + 1)) if name.lower() in INDEX_VARIABLES else None
            yield from (url,) if url is not None else ()


def _insecure_lines(file: WrittenFile) -> Iterator[Finding]:
    names = INDEX_FILES.get(file.name)
    if names is None:
        return
    for line in file.lines:
        at = line.text.find("http://")
        name = line.text[: max(at, 0)].rstrip(" =:\"'").lower().rpartition(":")[2]
        if at < 0 or line.text[0] in "#;" or (names != ("",) and name not in names):
            continue
        part = line.part(at, len(line.text))
        url = _plain_http(Word(part, True, part.span()))
        if url is not None:
            yield file.finding(line.span(), f"`{file.name}` gets packages from `{url.host}` over plain HTTP")


def _settings(subject: Command | Variable | WrittenFile) -> Iterator[Setting]:
    """What a subject sets of extra indexes: the setting's name, its value, and where both stand."""
    if isinstance(subject, Variable):
        name = subject.name.lower().replace("_", "-")
        word = _written(subject) if subject.place in ("env", "arg", "configmap") else None
        if word is not None and (name in EXTRA_SETTINGS or name == "uv-index-strategy"):
            yield subject.name, word, subject.span
    elif isinstance(subject, WrittenFile):
        yield from _settings_in_file(subject)
    else:
        yield from _settings_of_command(subject)


def _settings_of_command(command: Command) -> Iterator[Setting]:
    for name, word in command.assignments:
        plain = name.lower().replace("_", "-")
        if word is not None and (plain in EXTRA_SETTINGS or plain == "uv-index-strategy"):
            yield name, word, _assignment(command, name, word)
    if command.name.partition(".")[0] in PIP:
        for option in command.options:
            if option.name in EXTRA_INDEX and option.value is not None:
                yield option.name, option.value, option.span
        words = command.operands
        if command.subcommand == "config set" and len(words) > 3 and words[2].text.rpartition(".")[2] in EXTRA_SETTINGS:
            yield words[2].text, words[3], Span(words[2].span.start, words[3].span.end)
    elif command.name in ("uv", "uvx"):
        strategy = command.option("--index-strategy")
        if strategy is not None and strategy.value is not None:
            yield strategy.name, strategy.value, strategy.span


def _settings_in_file(file: WrittenFile) -> Iterator[Setting]:
    if not file.name.endswith(PIP_FILES) and file.name != "uv.toml":
        return
    for line in file.lines:
        text = line.text
        if text.startswith("--") and text.partition("=")[0].partition(" ")[0] in EXTRA_INDEX:
            at = max(text.find("="), text.find(" ")) + 1 if "=" not in text.partition("://")[0] else text.find("=") + 1
            name = text[2 : at - 1]
        else:
            name, equals, _ = text.partition("=")
            at = len(name) + 1 if equals else 0
            name = name.strip()
            if name not in EXTRA_SETTINGS and name != "index-strategy":
                continue
        value = text[at:].lstrip()
        if value:
            part = line.part(len(text) - len(value), len(text))
            yield name.strip(), Word(part, True, part.span()), line.span()


def _is_private(word: Word, public: tuple[str, ...], private_main: bool) -> bool:
    """Whether an extra index is known to be one that competes with another owner's: one of a host of its own, or the public one
    beside it."""
    for text in word.text.split():
        if text.startswith(("http://", "https://")):
            host = Url(Word(word.fragment, word.known, word.span) if text == word.text else _part(word, text)).host
            if host and (host not in public or (private_main and host in OPEN_INDEXES)):
                return True
    return False


def _names_public_alone(subject: Command | Variable | WrittenFile, public: tuple[str, ...]) -> bool:
    """Whether a command names no index but those in which vendors publish for all."""
    if not isinstance(subject, Command) or subject.option("--index-strategy") is None:
        return False
    named = [option.value for option in subject.options if option.name in UV_INDEXES and option.value is not None]
    return not any(_is_private(word, public, False) for word in named)


def _has_private_index(command: Command, public: tuple[str, ...]) -> bool:
    option = command.option("-i", "--index-url") if command.name.startswith("pip") else None
    return option is not None and option.value is not None and _is_private(option.value, public, False)


def _part(word: Word, text: str) -> Word:
    start = word.text.find(text)
    return word.part(start, start + len(text))


def _written(variable: Variable) -> Word | None:
    """A variable's value as it is written."""
    fragment = variable.fragment
    return Word(fragment, variable.value.is_known, fragment.span()) if fragment is not None else None


def _plain_http(word: Word | None) -> Url | None:
    """The address of a public host that a value, or one of several in it, names with plain HTTP."""
    if word is None or "http://" not in word.text:
        return None
    for text in word.text.replace("|", ",").replace(" ", ",").split(","):
        bare = text.strip("\"'")
        if bare.startswith("http://"):
            url = Url(_part(word, bare))
            if url.public:
                return url
    return None


def _assignment(subject: Command, name: str, word: Word) -> Span:
    """Where a variable is set: its name and its value, with the quotes around that."""
    text = subject.source.text
    start = text.rfind(name, 0, word.fragment.place(0))
    quote = text[start + len(name) + 1]
    end = word.span.end
    return Span(start, end + (quote in "\"'" and text[end : end + 1] == quote))
