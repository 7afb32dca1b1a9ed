"""Build secrets: the tables of file names and logins, row by row, and what is one finding and not two."""

from __future__ import annotations

import pytest
from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_named
from capdrop.engine import analyse
from capdrop.files import FilesWritten
from capdrop.finding import Finding, Severity
from capdrop.secret_search import is_harmless_file, secret_file, secret_folder
from capdrop.source import Source

BOOK = rulebook.load()
RULES = {
    "secret-build-argument", "credential-in-command", "hard-coded-credential", "provider-token", "secret-persisted",
    "credential-login-in-build", "secret-file-copied", "secret-removed-in-later-layer", "context-holds-secrets",
}  # fmt: skip


def found(text: str, **beside: str) -> list[Finding]:
    files = FilesWritten({name.replace("__", "."): content for name, content in beside.items()})
    analysis = analyse(Source("Dockerfile", text), kind_named("dockerfile"), BOOK, Context(files=files))
    assert analysis.broken == []
    return [finding for finding in analysis.findings if finding.rule in RULES]


def rules(text: str, **beside: str) -> list[str]:
    return [finding.rule for finding in found(text, **beside)]


@pytest.mark.parametrize(
    ("path", "certainty"),
    [
        ("id_rsa", "key"), ("keys/id_ed25519", "key"), ("a/.git-credentials", "sure"), (".netrc", "sure"), ("_netrc", "sure"),
        (".pypirc", "sure"), ("KUBECONFIG", "sure"), ("home/.kube/config", "sure"), (".docker/config.json", "maybe"),
        (".aws/credentials", "likely"), (".aws/config", "maybe"), (".cargo/credentials.toml", "sure"), ("terraform.tfstate", "sure"),
        ("service-account.json", "likely"), ("service_account-prod.json", "likely"), ("client_secret_1.json", "likely"),
        (".env", "likely"), (".env.production", "likely"), (".env.custom", "maybe"), ("prod.env", "maybe"), (".npmrc", "maybe"),
        ("a.p12", "sure"), ("a.pfx", "sure"), ("a.kdbx", "sure"), ("a.ovpn", "likely"), ("secrets.yml", "likely"),
        # not these
        ("id_rsa.pub", ""), (".env.example", ""), ("env.sample", ""), (".env.dist", ""), ("example.env", ""), ("key", ""), ("env", ""),
        ("config.json", ""), ("config", ""), ("service-account.yaml", ""), ("tests/fixtures/id_rsa", ""), ("docs/.env", ""),
        (".env.development", ""), (".env.dev.docker", ""), ("localhost.key", ""),
        ("passwd", ""), ("settings.py", ""), ("secrets.yml.enc", ""), ("kube/config", ""), ("server.crt", ""),
    ],
)  # fmt: skip
def test_what_a_file_is_by_its_name(path: str, certainty: str) -> None:
    told = secret_file(path)
    assert (told.certainty if told else "") == certainty


@pytest.mark.parametrize(
    ("path", "private"),
    [
        ("server.key", True), ("example.com.key", True), ("tls/key.pem", True), ("privkey.pem", True), ("client-key.pem", True),
        ("serverkey.pem", True), ("cert.pem", False), ("ca-key.pem", False), ("fullchain.pem", False), ("rds-bundle.pem", False),
        ("nodesource.gpg.key", False), ("apt.key", False), ("public.key", False), ("/etc/apt/trusted.gpg.d/vendor.key", False),
        ("server.pem", False), ("acme.test+1-key.pem", False),
    ],
)  # fmt: skip
def test_which_keys_are_private_by_their_name(path: str, private: bool) -> None:
    told = secret_file(path)
    assert told is not None
    assert told.private is private


def test_folders_and_templates() -> None:
    assert secret_folder("home/.ssh")
    assert not secret_folder("ssh")
    assert is_harmless_file("app/.env.example")
    assert is_harmless_file("e2e/key.pem")
    assert not is_harmless_file("certs/example.com.key")


LOGINS = [
    "docker login -u ci -p $X r.acme.io",
    "docker login --password=$X r.acme.io",
    "docker --config /d login -u ci --password $X",
    "echo $X | docker login -u ci --password-stdin r.acme.io",
    "docker login -u ci --password-stdin <<< $X",
    "podman login -u ci -p $X r.acme.io",
    "skopeo login -u ci -p $X r.acme.io",
    "crane auth login r.acme.io -u ci -p $X",
    "oras login -u ci -p $X r.acme.io",
    "helm registry login -u ci -p $X r.acme.io",
    "helm repo add acme https://r.acme.io --username ci --password $X",
    "aws configure set aws_secret_access_key $X --profile ci",
    "aws configure set aws_session_token $X",
    "gcloud auth activate-service-account --key-file=$X",
    "gcloud auth activate-service-account ci@acme --key-file $X",
    "az login --service-principal -u ci -p $X --tenant t",
    "az login --service-principal -u ci --federated-token $X",
    "doctl auth init -t $X",
    "npm config set //r.acme.io/:_authToken $X",
    "npm config set //r.acme.io/:_password=$X",
    "yarn config set npmAuthToken $X",
    "pip config set global.index-url https://ci:$X@r.acme.io/simple",
    "poetry config http-basic.acme ci $X",
    "poetry config pypi-token.pypi $X",
    "composer config -g http-basic.r.acme.io ci $X",
    "composer config --global github-oauth.github.com $X",
    "bundle config set --global gems.acme.io $X",
    "bundle config gems.acme.io $X",
    "hf auth login --token $X",
    "huggingface-cli login --token=$X --add-to-git-credential",
    "echo $X | gh auth login --with-token",
    "glab auth login --hostname git.acme.io --token $X",
    "dotnet nuget add source https://r.acme.io -n acme -u ci -p $X --store-password-in-clear-text",
    "nuget sources add -Name acme -Source https://r.acme.io -UserName ci -Password $X",
    "cargo login $X",
    "vault login $X",
    "kubectl config set-credentials ci --token=$X",
    "oc login --token=$X",
    "anaconda login --username ci --password $X",
    "wandb login $X",
    "snyk auth $X",
    "ngrok config add-authtoken $X",
]


@pytest.mark.parametrize("line", LOGINS)
def test_every_login_is_known(line: str) -> None:
    (finding,) = found(f"FROM a\nRUN {line}\n")
    assert finding.rule == "credential-login-in-build"
    assert "$X" in finding.source[finding.span]
    (finding,) = found(f"FROM a\nRUN --mount=type=secret,id=x,env=X {line}\n")
    assert finding.rule == "secret-persisted"
    (finding,) = found(f"FROM a\nRUN --mount=type=secret,id=x X=$(cat /run/secrets/x) && {line}\n")
    assert finding.rule == "secret-persisted"
    assert rules(f"FROM a\nARG X_TOKEN\nRUN {line.replace('$X', '$X_TOKEN')}\n") == ["secret-build-argument"]


@pytest.mark.parametrize(
    "line",
    [
        "npm config set registry $X", "npm config get //r.acme.io/:_authToken", "aws configure set region $X", "docker logout $X",
        "gcloud auth list --account $X", "bundle config set without $X", "bundle config --global frozen 1",
        "poetry config installer.parallel $X",
        "pip config set global.index-url $X", "composer config repositories.acme $X", "kubectl config use-context $X", "vault read $X",
        "helm repo add acme $X", "cargo build $X", "echo docker login -p $X", "docker login -u $X", "pip config set global.index-url https://r/$X",
        "echo $X | docker login -u ci --password-stdin && docker logout", "gh auth login --with-token < /dev/null && gh auth logout",
    ],
)  # fmt: skip
def test_what_is_no_login(line: str) -> None:
    assert rules(f"FROM a\nRUN {line}\n") == []


@pytest.mark.parametrize(
    ("step", "left"),
    [
        ("cp /run/secrets/x /app/x", True),
        ("install -m 600 /run/secrets/x /app/x", True),
        ("cat /run/secrets/x > ~/.npmrc && npm ci", True),
        ("cat < /run/secrets/x > ~/.npmrc", True),
        ("tee /etc/x < /run/secrets/x", True),
        ("cat /run/secrets/x | tee -a /etc/x > /dev/null", True),
        ("base64 -d /run/secrets/x > /etc/tls.key", True),
        ("sh -c 'cat /run/secrets/x > /etc/x'", True),
        ("printf 'machine a password %s' \"$X\" > ~/.netrc", True),
        ("sed -i \"s/@@/$X/\" /etc/app.conf", True),
        ("sed \"s/@@/$X/\" /etc/app.conf", False),
        ("if [ -f /run/secrets/x ]; then cp /run/secrets/x /app/x; fi", True),
        ("cp /run/secrets/x /dev/shm/x && make", False),
        ("cp /run/secrets/x ~/.npmrc && npm ci && rm -f ~/.npmrc", False),
        ("cp /run/secrets/x .npmrc && npm ci; rm .npmrc", False),
        ("mkdir /k && cp /run/secrets/x /k/x && rm -r /k", False),
        ("cp /run/secrets/x /scratch/x", False),
        ("cp /run/secrets/ca /usr/local/share/ca-certificates/acme.crt", False),
        ("curl -H \"Authorization: $X\" https://acme.io > out.json", False),
        ("export X && make > log.txt", False),
        ("test -n \"$X\" && echo ok > /ok", False),
        ("echo '$X' > /etc/x", False),
    ],
)  # fmt: skip
def test_what_is_left_of_a_mounted_secret(step: str, left: bool) -> None:
    mounts = "--mount=type=secret,id=x --mount=type=secret,id=x,env=X --mount=type=tmpfs,target=/scratch"
    assert rules(f"FROM a\nRUN {mounts} {step}\n") == (["secret-persisted"] if left else [])


def test_a_copied_secret_that_is_removed_is_one_finding() -> None:
    assert rules("FROM a\nCOPY id_rsa /root/.ssh/id_rsa\nRUN git clone b\nRUN rm -rf /root/.ssh\n") == ["secret-removed-in-later-layer"]
    assert rules("FROM a\nCOPY .env /app/\nWORKDIR /app\nRUN rm .env\n") == ["secret-removed-in-later-layer"]
    assert rules("FROM a\nCOPY .env /app/\nRUN cd /app && rm .env\n") == ["secret-removed-in-later-layer"]


def test_a_key_and_the_variable_that_points_at_it_are_one_finding() -> None:
    text = "FROM a\nWORKDIR /app\nCOPY service-account.json .\nENV GOOGLE_APPLICATION_CREDENTIALS=/app/service-account.json\n"
    assert rules(text) == ["secret-file-copied"]
    assert rules("FROM a\nWORKDIR /app\nCOPY . .\nENV GOOGLE_APPLICATION_CREDENTIALS=robot.json\n") == ["secret-file-copied"]
    assert rules("FROM a\nCOPY . /app\nENV GOOGLE_APPLICATION_CREDENTIALS=/secrets/robot.json\n") == []


def test_only_what_is_kept_weighs() -> None:
    assert found("FROM a AS b\nCOPY a.p12 /k\nFROM c\n") == []
    shipped, discarded = "FROM a\nCOPY id_rsa /k\n", "FROM a AS b\nCOPY id_rsa /k\nFROM c\n"
    assert [finding.severity for finding in found(shipped)] == [Severity.HIGH]
    assert [finding.severity for finding in found(discarded)] == [Severity.LOW]
    assert [finding.severity for finding in found(discarded + "COPY --from=b /k /k\n")] == [Severity.HIGH]
    assert [finding.severity for finding in found(discarded.replace("FROM c", "FROM b"))] == [Severity.HIGH]


def test_a_literal_that_is_piped_into_a_login_is_hidden() -> None:
    password = "Kp3-vv81" + "-Qz"
    (finding,) = found(f"FROM a\nRUN echo {password} | docker login -u ci --password-stdin\n")
    assert (finding.rule, finding.severity) == ("credential-login-in-build", Severity.HIGH)
    assert [finding.source[span] for span in finding.hidden] == [password]
    assert rules(f"FROM a\nRUN docker login -u ci -p {password}\n") == ["credential-in-command"]


def test_onbuild_waits_for_another_context() -> None:
    assert rules("FROM a\nONBUILD COPY . /app\n", __env="DB_PASSWORD=Kp3-vv81" + "-Qz\n") == []
    assert rules("FROM a\nCOPY . /app\n", __env="DB_PASSWORD=Kp3-vv81" + "-Qz\n") == ["context-holds-secrets"]
