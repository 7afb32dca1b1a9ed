"""Names of packages that only look like those that are meant."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Command, Confidence, Finding, Good, Severity, WrittenFile, rule

INSTALLERS = frozenset("pip pip2 pip3 uv uvx pipx poetry pdm pipenv npm npx pnpm pnpx yarn bun bunx".split())
"""Programs that install from a registry of which the popular names are known."""


@rule(
    "misspelt-package",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    references="ATT&CK T1195.001 · ATT&CK T1036.005",
    programs=INSTALLERS,
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM python:3.13
            RUN pip install --no-cache-dir flask «reqeusts==2.32.0» && python3 -m pip install «"djangoo[argon2]"»
            RUN uv add «crytography» && poetry add «pil1ow@^11» && npm install -g «crossenv» «typescirpt@5» && npx «expresss»
            RUN ["yarn", "add", «"@type/node"»]
            RUN pip install «colourama» «python3-dateutil» «jeIlyfish» && npm install «axois»
            COPY <<EOF /app/requirements.txt
            # flask
            «reqeusts==2.0»  # pinned
            EOF
            """,
            fixed="""
            FROM python:3.13
            RUN pip install --no-cache-dir flask requests==2.32.0 && python3 -m pip install "django[argon2]"
            RUN uv add cryptography && poetry add pillow@^11 && npm install -g cross-env typescript@5 && npx express
            RUN ["yarn", "add", "@types/node"]
            RUN pip install colorama python-dateutil jellyfish && npm install axios
            COPY <<EOF /app/requirements.txt
            # flask
            requests==2.0  # pinned
            EOF
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: 'python:3.13', command: sh -c 'pip install «urlib3» && exec app'}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'node:22', command: [npm, i, «loadsh»]}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM python:3.13
            RUN pip install requests requests2 requests-oauthlib Flask_Cors django.rest-framework googleads numpy nunpy ./reqeusts
            RUN npm install -g lodash json-pointer ttypescript colors @acme/expresss @types/args && pip install git+https://example.com/reqeusts
            RUN apt-get install -y reqeusts && gem install expresss && pip install "$reqeusts" && pip uninstall reqeusts
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'python:3.13', command: pip install urllib3}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'node:22', command: [npm, i, lodash]}
            """,
        ),
    ),
)
def misspelt_package(subject: Command | WrittenFile, *, allow: tuple[str, ...] = ()) -> Iterator[Finding]:
    """A package's name is a popular one with a slip of the pen.

    Names with swapped, doubled or missing letters are registered by others, who wait for the slip: their code runs as soon as the
    package is installed. Names that are downloaded often themselves are not judged. The option `allow` lists names of your own.
    """
    for package in subject.packages:
        meant = package.misspelt
        if meant and package.name not in allow:
            start = package.word.text.find(package.name)
            name = package.word.part(start, start + len(package.name))
            caveat = f"only right where `{meant}` is meant"
            if isinstance(subject, WrittenFile):
                fix = subject.replace("", name.span, package.name, meant, caveat=caveat)
            else:
                fix = subject.replace(name, meant, caveat=caveat)
            yield subject.finding(package.span, f"`{package.name}` is nearly `{meant}`, and is another package", fix=fix)
