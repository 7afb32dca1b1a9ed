"""Notebooks and editors that run code for whoever reaches them."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Command, Finding, Good, Option, Severity, Variable, WrittenFile, rule

OFF = frozenset({"", "0", "false", "no", "off", "n"})
ON = frozenset({"1", "true", "yes", "on", "y"})
JUPYTER = frozenset({
    "jupyter", "jupyter-lab", "jupyter-notebook", "jupyter-server", "jupyterhub-singleuser", "start-notebook.sh", "start-notebook.py",
    "start-singleuser.sh", "start.sh",
})  # fmt: skip
TOKENS = ("--NotebookApp.token", "--ServerApp.token", "--LabApp.token", "--IdentityProvider.token")
"""Settings that, when they are empty, switch the token off: https://jupyter-server.readthedocs.io/en/latest/operators/security.html."""
PASSWORDS = ("--NotebookApp.password", "--ServerApp.password", "--PasswordIdentityProvider.hashed_password")
ADDRESSES = ("--ip", "--NotebookApp.ip", "--ServerApp.ip", "--host", "--bind-addr")
EMPTY = frozenset({"", "''", '""', "None"})
OPEN_OPTIONS = {
    "code-server": ("--auth", "none"),  # https://coder.com/docs/code-server/guide
    "openvscode-server": ("--without-connection-token", ""),  # openvscode-server --help
    "code": ("--without-connection-token", ""),  # code serve-web --help
    "marimo": ("--no-token", ""),  # https://docs.marimo.io/guides/deploying/authentication
}
"""Editors that run code for whoever reaches them, with the option that lets everyone in."""
OPEN_VARIABLES = {
    "DISABLE_AUTH": ON,  # https://rocker-project.org/images/versioned/rstudio.html
    "WEBUI_AUTH": frozenset({"false", "0"}),  # https://docs.openwebui.com/getting-started/env-configuration
    "LANGFLOW_SKIP_AUTH_AUTO_LOGIN": ON,  # https://docs.langflow.org/configuration-authentication
}
ASKS_THEN = "whoever uses it must give the token that it prints, or the password that you set"


@rule(
    "server-without-authentication",
    severity=Severity.HIGH,
    references="ATT&CK T1133 · ATT&CK T1059 · CWE-306",
    programs=JUPYTER | {"", *OPEN_OPTIONS},
    variables=OPEN_VARIABLES,
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM jupyter/base-notebook:1
            CMD jupyter lab «--NotebookApp.token=''» --ip=0.0.0.0
            """,
            fixed="""
            FROM jupyter/base-notebook:1
            CMD jupyter lab --ip=0.0.0.0
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM quay.io/jupyter/base-notebook:2025-11-01
            RUN echo "«c.ServerApp.token = ''»" >> /etc/jupyter/jupyter_server_config.py
            ENV «DISABLE_AUTH=true»
            CMD ["jupyter", "lab", "--ip=0.0.0.0", "--allow-root", «"--NotebookApp.token=''"», "--NotebookApp.password=''"]
            """,
        ),
        Bad(
            "compose.yaml",
            """
            services:
              notebook:
                image: quay.io/jupyter/base-notebook:2025-11-01
                command: start-notebook.py «--IdentityProvider.token=''»
              editor:
                image: codercom/code-server:4.105.1
                command: code-server «--auth none» --bind-addr 0.0.0.0:8080
                environment: [«'WEBUI_AUTH=False'»]
              other:
                image: codercom/code-server:4.105.1
                command: [«--auth, none»]
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
                - {name: web, image: 'acme/web:1', command: [marimo, edit, --host, 0.0.0.0, «--no-token»]}
                - {name: notebook, image: 'jupyter/base-notebook:1', args: [«"--NotebookApp.token=''"», --ip=0.0.0.0]}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM quay.io/jupyter/base-notebook:2025-11-01
            ENV WEBUI_AUTH=true DISABLE_AUTH=false
            RUN echo "# c.ServerApp.token = ''" >> /etc/jupyter/jupyter_server_config.py && jupyter lab build && code-server --auth password
            RUN jupyter lab --ip=127.0.0.1 --ServerApp.token='' && marimo edit --host 0.0.0.0
            RUN jupyter lab --ServerApp.token='' --ServerApp.password="$HASH" && jupyter lab --ServerApp.token="$TOKEN"
            CMD ["jupyter", "lab", "--ip=0.0.0.0"]
            """,
        ),
        Good(
            "compose.yaml",
            "services: {notebook: {image: 'acme/notebook:1', command: 'jupyter lab --ip=0.0.0.0', environment: [DISABLE_AUTH]}}",
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', command: [jupyter, lab, --ServerApp.password=, --ip=0.0.0.0]}
            """,
        ),
    ),
)
def server_without_authentication(subject: Command | Variable | WrittenFile) -> Iterator[Finding]:
    """A server that runs code for its users lets everyone in.

    Notebooks, editors and agents run what they are told. Whoever reaches the port, from the network of the containers or from a page in a
    browser, runs commands in the container. Leave the token or password on. Listening on all addresses alone is no finding: a container
    has to.
    """
    if isinstance(subject, Variable):
        values = OPEN_VARIABLES.get(subject.name)
        in_force = subject.place in ("env", "configmap") and not subject.overridden
        if values is not None and in_force and subject.value.text.lower() in values:
            fix = subject.drop("variable", caveat=ASKS_THEN)
            yield subject.finding(subject.span, f"`{subject.name}={subject.value.text}` lets everyone in", fix=fix)
    elif isinstance(subject, WrittenFile):
        if "jupyter" in subject.path and subject.path.endswith(".py"):
            for line in subject.lines:
                name, equals, value = line.text.partition("=")
                if equals and "--" + name.strip().removeprefix("c.") in TOKENS and value.strip() in EMPTY:
                    yield subject.finding(line.span(), f"`{name.strip()}` is empty, so everyone may run code")
    else:
        option = _opened(subject)
        if option is not None and not _is_local(subject):
            fix = subject.drop_option(option, caveat=ASKS_THEN)
            yield subject.finding(option.span, f"`{subject.name or option.name}` lets everyone in, and runs what they ask for", fix=fix)


def _opened(command: Command) -> Option | None:
    """The option that switches authentication off."""
    if command.name in OPEN_OPTIONS:
        name, value = OPEN_OPTIONS[command.name]
        option = command.option(name)
        return option if option is not None and (option.value.text if option.value is not None else "") == value else None
    if not command.name and not any("." in word.text for word in command.words[:3]):
        return None  # arguments alone are the image's own program's
    password = command.option(*PASSWORDS)
    if password is not None and password.value is not None and password.value.text not in EMPTY:
        return None
    token = command.option(*TOKENS)
    return token if token is not None and token.value is not None and token.value.text in EMPTY else None


def _is_local(command: Command) -> bool:
    address = command.option(*ADDRESSES)
    return address is not None and address.value is not None and address.value.text.strip("'\"").startswith(("127.", "localhost"))


@rule(
    "notebook-as-root",
    severity=Severity.LOW,
    profile="strict",
    references="CIS Docker 4.1 · NIST SP 800-190 3.4.3",
    programs=JUPYTER,
    examples=(
        Bad(
            "Dockerfile",
            'FROM python:3.13\nCMD ["jupyter", "lab", "--ip=0.0.0.0", «"--allow-root"»]\n',
            fixed='FROM python:3.13\nCMD ["jupyter", "lab", "--ip=0.0.0.0"]\n',
        ),
        Bad("compose.yaml", "services: {app: {image: 'acme/notebook:1', command: jupyter notebook «--allow-root»}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', command: [jupyter-lab, «--allow-root»]}
            """,
        ),
        Good("Dockerfile", 'FROM python:3.13\nUSER 1000\nCMD ["jupyter", "lab", "--ip=0.0.0.0", "--allow-root=false"]\n'),
        Good("compose.yaml", "services: {app: {image: 'acme/notebook:1', command: jupyter notebook}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', command: [jupyter-lab, --version]}
            """,
        ),
    ),
)
def notebook_as_root(command: Command) -> Iterator[Finding]:
    """A notebook server is told to run as root.

    Every cell, and every package that one of them installs, is root in the container then. Jupyter refuses that by itself. Set a `USER`.
    """
    option = command.option("--allow-root")
    if option is not None and (option.value is None or option.value.text.lower() not in OFF):
        fix = command.drop_option(option, caveat="it does not start while its user is root")
        yield command.finding(option.span, f"`{command.name}` runs notebooks as root", fix=fix)
