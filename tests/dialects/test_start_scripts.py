"""A start script that stands beside its Dockerfile says who the container runs as; so does the file of an action of GitHub."""

from __future__ import annotations

from pathlib import Path

import pytest
from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.engine import analyse
from capdrop.files import FilesOnDisk
from capdrop.finding import Confidence
from capdrop.source import Source

BOOK = rulebook.load()
LOW, HIGH = Confidence.LOW, Confidence.HIGH
DROPS = '#!/bin/sh\nset -e\nexec su-exec app "$@"\n'


def said(path: Path, rule: str) -> list[Confidence | None]:
    text = path.read_text()
    kind = kind_of("Dockerfile", text)
    assert kind is not None
    findings = analyse(Source(str(path), text), kind, BOOK, Context(files=FilesOnDisk())).findings
    return [one.confidence for one in findings if one.rule == rule]


def written(folder: Path, files: dict[str, str]) -> Path:
    (folder / ".git").mkdir()
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder / next(name for name in files if "Dockerfile" in name)


@pytest.mark.parametrize(
    ("steps", "script", "text", "expected"),
    [
        ('COPY run.sh /\nENTRYPOINT ["/run.sh"]', "run.sh", DROPS, LOW),
        ('COPY run.sh /\nENTRYPOINT ["/run.sh"]', "run.sh", DROPS.replace("exec su-exec", "# su-exec"), HIGH),
        ('COPY run.sh /\nENTRYPOINT ["/run.sh"]', "run.sh", '#!/bin/sh\nexec "$@"\n', HIGH),
        ('COPY run.sh /\nENTRYPOINT ["/run.sh"]', "run.sh", '#!/bin/bash\nif [ x ]; then exec gosu app "$0" "$@"; fi\n', LOW),
        ('COPY run.sh /\nENTRYPOINT ["/run.sh"]', "run.sh", "#!/bin/bash\nsu app -c 'serve'\n", LOW),
        ('COPY run.sh /\nENTRYPOINT ["/run.sh"]', "run.sh", "#!/bin/bash\nexec /usr/bin/setpriv --reuid=app serve\n", LOW),
        ('COPY run.sh /\nENTRYPOINT ["/run.sh"]', "run.sh", "#!/bin/bash\nexec serve --result sum\n", HIGH),
        ('COPY run.sh /\nENTRYPOINT ["/run.sh"]', "run.sh", "#!/bin/sh\nexec /usr/bin/s6-svscan /etc/services.d\n", LOW),
        ('COPY run.sh /\nENTRYPOINT ["/run.sh"]', "run.sh", "#!/bin/sh\nexec /usr/sbin/sshd -D -e\n", LOW),
        ('COPY setup-sshd /usr/local/bin/\nENTRYPOINT ["setup-sshd"]', "setup-sshd", "#!/bin/sh\nexec /usr/sbin/sshd -D -e\n", LOW),
        ('COPY run.sh /\nENTRYPOINT ["/run.sh"]', "run.sh", '#!/bin/bash\nexec sudo -E -u "$NAME" serve\n', LOW),
        ('COPY run.sh /\nENTRYPOINT ["/run.sh"]', "run.sh", "#!/bin/bash\nsudo -E serve\n", HIGH),
        ('COPY run.sh /\nENTRYPOINT ["/run.sh"]', "run.sh", '#!/bin/sh\ncd "$GITHUB_WORKSPACE"\n', LOW),
        ('COPY run.sh /\nENTRYPOINT ["/run.sh"]', "run.sh", '#!/bin/sh\nscan "$INPUT"\n', HIGH),
        ('COPY run.sh /\nENTRYPOINT ["/run.sh"]', "run.sh", "#!/bin/sh\n/usr/sbin/postfix start-fg\n", LOW),
        ('COPY run.sh /\nENTRYPOINT ["/run.sh"]', "run.sh", "#!/bin/sh\ndpkg -i /packages/*.deb\nserve\n", LOW),
        ('COPY run.sh /\nENTRYPOINT ["/run.sh"]', "run.sh", "#!/bin/sh\napt-get -y -qq install app && serve\n", LOW),
        ('COPY run.sh /\nENTRYPOINT ["/run.sh"]', "run.sh", "#!/bin/sh\npip install app && serve\n", HIGH),
        ('RUN useradd -g a _dns\nCOPY run.sh /\nCMD ["/run.sh"]', "run.sh", "#!/bin/sh\necho 'username: \"_dns\"' > /c\nexec dns\n", LOW),
        ('RUN adduser -D web\nCOPY run.sh /\nCMD ["/run.sh"]', "run.sh", "#!/bin/sh\nexec httpd --user web -f\n", LOW),
        ('RUN adduser -D web\nCOPY run.sh /\nCMD ["/run.sh"]', "run.sh", "#!/bin/sh\nchown web /data\nexec db --user root\n", HIGH),
        ('COPY run.sh /\nCMD ["/run.sh"]', "run.sh", "#!/bin/sh\nexec db --user web\n", HIGH),
        ('COPY run.sh /usr/bin/start\nENTRYPOINT ["/usr/bin/start"]', "run.sh", DROPS, LOW),
        ('COPY rootfs /\nENTRYPOINT ["/usr/bin/start"]', "rootfs/usr/bin/start", DROPS, LOW),
        ('COPY . /app\nWORKDIR /app\nENTRYPOINT ["./bin/start.sh"]', "bin/start.sh", DROPS, LOW),
        ('COPY . /app\nWORKDIR /app\nENTRYPOINT ["sh", "bin/start.sh"]', "bin/start.sh", DROPS, LOW),
        ('COPY . /app\nWORKDIR /app\nENTRYPOINT ["./bin/other.sh"]', "bin/start.sh", DROPS, HIGH),
        ("COPY . /app\nWORKDIR /app\nCMD bash -c 'cd / && /app/bin/start.sh'", "bin/start.sh", DROPS, LOW),
    ],
)
@pytest.mark.parametrize("user", ["", "USER root\n"])
def test_a_start_script_that_leaves_root(tmp_path: Path, user: str, steps: str, script: str, text: str, expected: Confidence) -> None:
    path = written(tmp_path, {"Dockerfile": f"FROM debian:13\nEXPOSE 80\n{steps}\n{user}", script: text})
    assert said(path, "root-user" if user else "missing-user") == [expected]


@pytest.mark.parametrize(
    ("ports", "text", "expected"),
    [
        ("", "#!/bin/sh\nGOOS=linux go build -o /out/app .\nls /out\n", LOW),
        ("", "#!/bin/sh\n./mvnw -q -B package\n", LOW),
        ("", "#!/bin/sh\n# go build -o app .\n./app\n", HIGH),
        ("", "#!/bin/sh\ngo build -o app .\nexec ./app\n", HIGH),
        ("EXPOSE 80", "#!/bin/sh\ngo build -o app .\n./app\n", HIGH),
    ],
)
def test_a_start_script_that_builds_something(tmp_path: Path, ports: str, text: str, expected: Confidence) -> None:
    path = written(tmp_path, {"Dockerfile": f'FROM debian:13\n{ports}\nCOPY run.sh go.mod /\nENTRYPOINT ["/run.sh"]\n', "run.sh": text})
    assert said(path, "missing-user") == [expected]


def test_a_start_script_is_looked_for_where_the_context_is(tmp_path: Path) -> None:
    text = 'FROM debian:13\nCOPY docker/run.sh app.py /\nENTRYPOINT ["/run.sh"]\n'
    path = written(tmp_path, {"docker/Dockerfile": text, "docker/run.sh": DROPS, "app.py": ""})
    assert said(path, "missing-user") == [LOW]


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ("[uwsgi]\nuid = www-data\n", LOW),
        ("[uwsgi]\nuid = root\n", HIGH),
        ("[uwsgi]\n# uid = app\n", HIGH),
        ("[program:app]\nuser=app\n", LOW),
        ("[program:app]\nuser=0\n", HIGH),
        ("[program:app]\ncommand=app\n", HIGH),
    ],
)
@pytest.mark.parametrize("start", ['["uwsgi", "/app/app.ini"]', '["/app/run.sh"]'])
def test_configuration_that_names_a_user(tmp_path: Path, start: str, config: str, expected: Confidence) -> None:
    text = f"FROM debian:13\nCOPY . /app/\nEXPOSE 80\nCMD {start}\n"
    path = written(tmp_path, {"Dockerfile": text, "app.ini": config, "run.sh": "#!/bin/sh\nexec uwsgi --http :80 app.ini\n"})
    assert said(path, "missing-user") == [expected]


def test_a_script_that_is_written_in_the_dockerfile(tmp_path: Path) -> None:
    text = "FROM debian:13\nCOPY --chmod=755 <<EOF /run.sh\n#!/bin/sh\n{} serve\nEOF\nEXPOSE 80\nCMD /run.sh\n"
    assert said(written(tmp_path, {"Dockerfile": text.format("dockerd &")}), "missing-user") == [LOW]
    (tmp_path / "Dockerfile").write_text(text.format("exec"))
    assert said(tmp_path / "Dockerfile", "missing-user") == [HIGH]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("action.yml", "runs:\n  using: docker\n  image: Dockerfile\n", LOW),
        ("action.yaml", "runs:\n  using: docker\n  image: './Dockerfile'\n", LOW),
        ("action.yml", "runs:\n  using: 'docker'\n  image: docker://acme/app\n", LOW),
        ("action.yml", "runs:\n  using: node20\n  main: index.js\n", HIGH),
        ("actions.yml", "runs:\n  image: Dockerfile\n", HIGH),
    ],
)
def test_an_action_of_github_is_to_be_root(tmp_path: Path, name: str, text: str, expected: Confidence) -> None:
    path = written(tmp_path, {"Dockerfile": 'FROM debian:13\nCOPY app /\nENTRYPOINT ["/app"]\n', name: text})
    assert said(path, "missing-user") == [expected]


@pytest.mark.parametrize(("beside", "expected"), [("Dockerfile.rootless", LOW), ("Dockerfile.prod", HIGH), ("rootless.md", HIGH)])
def test_another_dockerfile_for_those_who_want_no_root(tmp_path: Path, beside: str, expected: Confidence) -> None:
    files = {"Dockerfile": "FROM alpine:3.22\nCOPY app /app\nEXPOSE 80\nCMD /app\n", beside: "FROM alpine:3.22\nUSER 1000\n"}
    assert said(written(tmp_path, files), "missing-user") == [expected]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("build-config.yaml", "---\nkind: BuildConfig\napiVersion: build.openshift.io/v1\n", LOW),
        ("buildconfig.yml", "apiVersion: build.openshift.io/v1\nkind: BuildConfig\n", LOW),
        ("build-config.yaml", "kind: ConfigMap\n", HIGH),
        ("build.yaml", "kind: BuildConfig\n", HIGH),
    ],
)
def test_openshift_gives_a_user(tmp_path: Path, name: str, text: str, expected: Confidence) -> None:
    files = {"Dockerfile": "FROM alpine:3.22\nCOPY app /app\nEXPOSE 80\nCMD /app\n", name: text}
    assert said(written(tmp_path, files), "missing-user") == [expected]
