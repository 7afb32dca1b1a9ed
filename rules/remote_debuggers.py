"""Debuggers and consoles for developers that answer everyone."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Command, Confidence, Finding, Fix, Good, Severity, Span, Variable, Word, WrittenFile, rule

EVERYWHERE = ("0.0.0.0", "[::]", "::", "*", "+")
ON = frozenset({"1", "true", "yes", "on"})
OFF = frozenset({"0", "false", "no", "off"})
SETTINGS = frozenset({"env", "configmap", "secret", "file"})

BROWSERS = "chrome google-chrome google-chrome-stable chromium chromium-browser chrome-headless-shell"
ADDRESS_OPTIONS = {
    # programs: options whose value is an address  # source
    "node nodejs nodemon ts-node ts-node-dev tsx": "--inspect --inspect-brk --inspect-wait --inspect-port",  # nodejs.org/api/cli.html
    "deno bun": "--inspect --inspect-brk --inspect-wait",  # docs.deno.com, bun.sh/docs/runtime/debugger
    "nest": "--debug -d",  # docs.nestjs.com/cli/usages
    "debugpy": "--listen",  # github.com/microsoft/debugpy
    "ptvsd": "--host",  # github.com/microsoft/ptvsd
    "dlv": "--listen -l",  # github.com/go-delve/delve, Documentation/usage
    "rdbg": "--host",  # github.com/ruby/debug
    "rdebug-ide": "--host -h",  # github.com/ruby-debug/ruby-debug-ide
    "lldb-server": "--listen",  # lldb.llvm.org/man/lldb-server.html
    BROWSERS: "--remote-debugging-address",
}
BARE_PORT = frozenset({"dlv"})
"""Programs that take `:2345` for every address (Go, net.Listen)."""
JAVA = frozenset({"java", "mvn", "mvnw", "gradle", "gradlew", "catalina.sh"})
JVM_VARIABLES = frozenset({
    "java_opts", "java_tool_options", "_java_options", "jdk_java_options", "catalina_opts", "jvm_opts", "java_options", "maven_opts",
    "jpda_opts", "kafka_opts", "gradle_opts", "java_debug_opts", "es_java_opts",
})  # fmt: skip
LISTENING_VARIABLES = {
    "jpda_address": "Java",  # tomcat.apache.org, catalina.sh
    "java_debug_port": "Java",  # github.com/fabric8io-images/run-java-sh and the images of Red Hat
    "ruby_debug_host": "Ruby",  # github.com/ruby/debug
}
BY_PROGRAM = {program: options.split() for programs, options in ADDRESS_OPTIONS.items() for program in programs.split()}
DEBUGGED = {
    "dlv": "Go", "rdbg": "Ruby", "rdebug-ide": "Ruby", "debugpy": "Python", "ptvsd": "Python", "lldb-server": "native code",
    "gdbserver": "native code",
}  # fmt: skip
ASKS_BACK = ("discover_client_host=1", "discover_client_host=true", "remote_connect_back=1", "remote_connect_back=on")
"""Xdebug connects to whoever sends a request: https://xdebug.org/docs/all_settings."""
DEBUGGERS = frozenset({"", "gdbserver", *BY_PROGRAM, *JAVA})
FROM_INSIDE = "it is then reached from inside the container only: forward the port"
MARK = "jdwp"
"""The Java debug wire protocol: https://docs.oracle.com/en/java/javase/21/docs/specs/jpda/conninv.html."""


@rule(
    "remote-debugger-open",
    severity=Severity.HIGH,
    references="ATT&CK T1190 · ATT&CK T1059 · CWE-489 · CWE-306",
    programs=DEBUGGERS,
    variables=(
        *JVM_VARIABLES,
        *LISTENING_VARIABLES,
        "node_options",
        "xdebug_config",
        "xdebug.remote_connect_back",
        "xdebug.discover_client_host",
    ),
    examples=(
        Bad(
            "compose.yaml",
            """
            services:
              api:
                image: acme/api:1
                command: node «--inspect=0.0.0.0:9229» server.js
                environment:
                  NODE_OPTIONS: --max-old-space-size=512 «--inspect=0.0.0.0»
                  JAVA_TOOL_OPTIONS: "-Xmx1g «-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=*:5005»"
              go:
                image: acme/go:1
                command: [dlv, debug, --headless, «--listen=:2345», ./cmd]
              py:
                image: acme/py:1
                command: ["python", "-m", "debugpy", «"--listen", "0.0.0.0:5678"», "app.py"]
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM eclipse-temurin:21
            ENV JPDA_ADDRESS=«*:8000» XDEBUG_CONFIG="client_port=9003 «discover_client_host=1»"
            RUN gdbserver «:2345» ./app & chromium --headless «--remote-debugging-address=0.0.0.0» about:blank
            CMD ["java", «"-Xrunjdwp:transport=dt_socket,server=y,address=0.0.0.0:5005"», "-jar", "app.jar"]
            """,
        ),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', command: [rdbg, --open, «--host=0.0.0.0», app.rb]}
            """,
        ),
        Good(
            "compose.yaml",
            """
            services:
              api:
                image: acme/api:1
                command: node --inspect=127.0.0.1:9229 --inspect server.js
                environment:
                  JAVA_TOOL_OPTIONS: -agentlib:jdwp=transport=dt_socket,server=y,address=localhost:5005
                  NODE_OPTIONS: --inspect=${DEBUG_ADDRESS}
                  JPDA_ADDRESS: 127.0.0.1:8000
              go:
                image: acme/go:1
                command: [dlv, debug, --headless, '--listen=127.0.0.1:2345', ./cmd]
              py:
                image: acme/py:1
                command: ["python", "-m", "debugpy", "--listen", "5678", "app.py"]
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM eclipse-temurin:21
            RUN gdbserver 127.0.0.1:2345 ./app
            ENV XDEBUG_CONFIG="client_host=host.docker.internal"
            CMD ["java", "-agentlib:jdwp=transport=dt_socket,server=n,address=10.0.0.5:5005", "-jar", "app.jar"]
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', command: [rdbg, --open, --host=127.0.0.1, app.rb]}
            """,
        ),
    ),
)
def remote_debugger_open(subject: Command | Variable | WrittenFile) -> Iterator[Finding]:
    """A debugger answers on every address.

    Whoever connects to it reads the program's memory and runs code in it: these protocols ask for no password. Let it listen on 127.0.0.1
    and forward the port (`docker compose exec`, `kubectl port-forward`, ssh), and start it in the setup for developers only; confidence
    is low in a file or a stage that is named for them or for tests (`Dockerfile.debug`, `compose.dev.yaml`, `FROM base AS debug`), and for
    a container that is nothing but a browser which others drive.
    """
    for finding in _opened(subject):
        finding.confidence = Confidence.LOW if subject.is_for_work or serves_a_browser(subject) else None
        yield finding


def serves_a_browser(subject: Command | Variable | WrittenFile) -> bool:
    """Whether it is a container's own command, and starts a browser for others."""
    return isinstance(subject, Command) and subject.owner is not None and subject.name in BROWSERS.split() and subject.within is None


def _opened(subject: Command | Variable | WrittenFile) -> Iterator[Finding]:
    if isinstance(subject, Variable):
        if subject.place in SETTINGS and not subject.overridden and subject.value.is_known and subject.fragment is not None:
            yield from _variable(subject)
    elif isinstance(subject, WrittenFile):
        for line in subject.lines if subject.name.endswith(".ini") else ():
            if line.text.startswith("xdebug.") and line.text.replace(" ", "").partition(".")[2] in ASKS_BACK:
                fix = subject.without(line.text.partition("=")[0].strip(), line.span(), caveat=FROM_INSIDE)
                yield subject.finding(line.span(), "Xdebug hands itself over to whoever sends a request", fix=fix)
    else:
        yield from _command(subject)


def _variable(variable: Variable) -> Iterator[Finding]:
    name, text = variable.name.lower(), variable.value.text
    if name in LISTENING_VARIABLES and text.startswith(EVERYWHERE):
        yield from _at(variable, 0, text, on_loopback(text), f"the debugger of {LISTENING_VARIABLES[name]} answers on every address")
    elif name.startswith("xdebug.") and f"{name.removeprefix('xdebug.')}={text.lower()}" in ASKS_BACK:
        fix = variable.drop("variable", caveat=FROM_INSIDE)
        yield variable.finding(variable.span, "Xdebug hands itself over to whoever sends a request", fix=fix)
    start = 0
    for word in text.split() if name in JVM_VARIABLES or name in ("node_options", "xdebug_config") else ():
        start = text.index(word, start)
        if MARK in word and jdwp_is_open(word):
            yield from _at(variable, start, word, _jdwp_on_loopback(word), f"`{variable.name}` opens a debugger on every address")
        elif name == "node_options" and _option_is_open("node", word, ""):
            yield from _at(variable, start, word, _option_on_loopback(word), f"`{variable.name}` opens a debugger on every address")
        elif name == "xdebug_config" and word.lower() in ASKS_BACK:
            off = f"{word.partition('=')[0]}=0"
            yield from _at(variable, start, word, off, "Xdebug hands itself over to whoever sends a request")
        start += len(word)


def _at(variable: Variable, start: int, old: str, new: str, message: str) -> Iterator[Finding]:
    place = variable.place_of(start, start + len(old))
    if place is not None:
        yield variable.finding(place, message, fix=variable.rewrite("value", place, old, new, caveat=FROM_INSIDE))


def _command(command: Command) -> Iterator[Finding]:
    words, name = command.words, command.name
    for index, word in enumerate(words):
        text = word.text
        if MARK in text and (name in JAVA or not name) and jdwp_is_open(text):
            fix = command.replace(word, _jdwp_on_loopback(text), caveat=FROM_INSIDE)
            yield command.finding(word.span, "the debugger of Java answers on every address", fix=fix)
        elif name == "gdbserver" and index and is_everywhere(text, True):
            fix = command.replace(word, on_loopback(text), caveat=FROM_INSIDE)
            yield command.finding(word.span, "gdbserver answers on every address", fix=fix)
            return
        elif text.startswith("-") and name in BY_PROGRAM:
            following = words[index + 1].text if index + 1 < len(words) else ""
            if _option_is_open(name, text, following):
                last = words[index if "=" in text else index + 1]
                what = f"the debugger of {DEBUGGED.get(name, 'JavaScript')}"
                new = _option_on_loopback(text) if "=" in text else on_loopback(last.text)
                fix = command.replace(last, new, caveat=FROM_INSIDE)
                yield command.finding(Span(word.span.start, last.span.end), f"{what} answers on every address", fix=fix)


def _option_is_open(program: str, text: str, following: str) -> bool:
    option, equals, value = text.partition("=")
    return option in BY_PROGRAM[program] and is_everywhere(value if equals else following, program in BARE_PORT)


def is_everywhere(address: str, bare_port: bool) -> bool:
    """Whether an address is that of every interface: `0.0.0.0:9229`, `[::]`, `*:5005`, and `:2345` where that means all."""
    host, colon, port = address.rpartition(":") if address.count(":") == 1 or address.startswith("[") else (address, "", "")
    if not host and colon and port.isdigit():
        return bare_port
    return host in EVERYWHERE or address in EVERYWHERE


def on_loopback(address: str) -> str:
    """The address on the loopback interface instead, with the same port."""
    port = "" if address in EVERYWHERE else address.rpartition(":")[2]
    return f"127.0.0.1:{port}" if port else "127.0.0.1"


def _option_on_loopback(text: str) -> str:
    option, _, address = text.partition("=")
    return f"{option}={on_loopback(address)}"


def _jdwp_on_loopback(text: str) -> str:
    """The same for the settings of Java's debugger."""
    parts = text.split(",")
    return ",".join(_option_on_loopback(part) if part.startswith("address=") else part for part in parts)


def jdwp_is_open(text: str) -> bool:
    """Whether a word tells Java to wait for a debugger on every address."""
    settings = dict(part.partition("=")[::2] for part in text[text.index(MARK) + len(MARK) + 1 :].split(","))
    return settings.get("server") == "y" and is_everywhere(settings.get("address", "").strip("'\""), False)


MEMORY = "everyone reads the settings and the memory of the program"
CONSOLES = {
    "werkzeug_debug_pin": (frozenset({"off"}), "whoever causes an error gets a console that runs Python"),  # werkzeug docs, debug
    "spring_h2_console_settings_web_allow_others": (ON, "everyone gets H2's console, which runs code"),  # docs.spring.io, H2 console
    "spring.h2.console.settings.web-allow-others": (ON, "everyone gets H2's console, which runs code"),
    "management_endpoints_web_exposure_include": (frozenset({"*"}), MEMORY),  # docs.spring.io, Actuator endpoints
    "management.endpoints.web.exposure.include": (frozenset({"*"}), MEMORY),
    "management_security_enabled": (OFF, MEMORY),  # Actuator of Spring Boot 1
    "management.security.enabled": (OFF, MEMORY),
    "flask_debug": (ON, "an error shows a console that runs Python"),  # flask.palletsprojects.com, debug mode
}  # fmt: skip
"""Consoles that run code or show memory, with the values that open them."""
CONSOLE_PROGRAMS = frozenset({"flask", "python", "python3", "manage.py"})


@rule(
    "developer-console-open",
    severity=Severity.MEDIUM,
    references="ATT&CK T1190 · CWE-489 · CWE-215",
    programs=CONSOLE_PROGRAMS,
    variables=CONSOLES,
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM python:3.13
            ENV «FLASK_DEBUG=1» «WERKZEUG_DEBUG_PIN=off»
            CMD ["flask", "run", «"--debug"», "--host=0.0.0.0"]
            """,
        ),
        Bad(
            "compose.yaml",
            """
            services:
              api:
                image: acme/api:1
                environment:
                  «MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE: "*"»
              web:
                image: acme/web:1
                command: python manage.py «runserver_plus» 0.0.0.0:8000
            """,
        ),
        Bad("map.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {«FLASK_DEBUG: 'true'»}\n".replace("\\\n", "\n")),
        Good(
            "Dockerfile",
            'FROM python:3.13\nENV FLASK_DEBUG=0 WERKZEUG_DEBUG_PIN=$PIN\nCMD ["flask", "run", "--debug"]\n',
        ),
        Good(
            "compose.yaml",
            """
            services:
              api:
                image: acme/api:1
                environment: {MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE: 'health,info'}
              web:
                image: acme/web:1
                command: python manage.py runserver 0.0.0.0:8000
            """,
        ),
        Good("map.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {FLASK_DEBUG: 'false'}\n"),
    ),
)
def developer_console_open(subject: Command | Variable) -> Iterator[Finding]:
    """A service shows its visitors the developer's console.

    Such consoles run code, show settings with their passwords, or hand out the memory of the program. They are made for the developer's own
    machine; a container is reached by others. Leave them off in what is shipped, and name the few endpoints that a monitor needs.
    Confidence is low for a variable of an image that others publish for everybody: its server may be one that has no console.
    """
    if isinstance(subject, Variable):
        values, shows = CONSOLES.get(subject.name.lower(), (OFF, ""))
        if subject.place in SETTINGS and shows and not subject.overridden and subject.value.text.lower() in values:
            fix = subject.drop("variable", caveat="developers see no details of errors, and monitors may need an endpoint of their own")
            unsure = Confidence.LOW if subject.owner is not None and subject.owner.is_by_others else None
            yield subject.finding(written(subject), f"`{subject.name}={subject.value.text}`: {shows}", confidence=unsure, fix=fix)
        return
    given = [word.text for word in subject.words] if subject.name in CONSOLE_PROGRAMS else []
    word = _console(subject, given)
    if word is not None:
        message = f"`{word.text}` on every address: an error shows a console that runs Python"
        yield subject.finding(word.span, message, fix=_without_console(subject, word))


def _console(command: Command, given: list[str]) -> Word | None:
    """The word that opens a console, where the server listens on every address."""
    if not any(text.removeprefix("--host=").removeprefix("-h").startswith("0.0.0.0") for text in given):
        return None
    if "flask" in (command.name, *given[1:3]) and "run" in given:
        return next((word for word in command.words if word.text in ("--debug", "--debugger")), None)
    return next((word for word in command.words if word.text == "runserver_plus"), None)


def _without_console(command: Command, word: Word) -> Fix:
    if word.text == "runserver_plus":
        return command.replace(word, "runserver", caveat="developers see no details of errors")
    at = command.words.index(word)
    return command.drop_words(at, at, caveat="developers see no details of errors")


def written(variable: Variable) -> Span:
    """Where a variable stands, with its name."""
    return Span(min(variable.span.start, variable.name_span.start), max(variable.span.end, variable.name_span.end))
