"""Changes of facts as edits of YAML text: every path of the writer, in Compose's and Kubernetes' words."""

from __future__ import annotations

import pytest
from capdrop.dialects import compose, kubernetes
from capdrop.dialects.context import Context
from capdrop.finding import Fix
from capdrop.fixer import splice
from capdrop.model.container import Container
from capdrop.model.mount import Mount
from capdrop.rule import unindented
from capdrop.source import Source


def container_in(text: str) -> Container:
    """The first container of a text."""
    dialect = compose if "services:" in text or '"services"' in text else kubernetes
    return next(subject for subject in dialect.read(Source("file", text), Context()).subjects if isinstance(subject, Container))


def changed(text: str, change: str, fact: str, content: object = None) -> str:
    """A text after a change of its first container, or the reason why it was refused."""
    container = container_in(text)
    if change == "remove":
        item = next(item for item in container.fact(fact) if item.text == content)
        fix = container.remove(fact, item)
    elif change == "drop":
        fix = container.drop(fact)
    else:
        fix = getattr(container, change)(fact, content)
    return applied(text, fix)


def applied(text: str, fix: Fix) -> str:
    return splice(text, fix.edits) if fix.edits else f"refused: {fix.caveat}"


def service(body: str) -> str:
    """A Compose file with one service."""
    return "services:\n  app:\n    image: a:1\n" + indented(body, 4)


def pod(body: str) -> str:
    """A pod with one container."""
    return "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: c\n      image: a:1\n" + indented(body, 6)


def indented(body: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in unindented(body).splitlines())


DROPS = {
    "a line": ("privileged: true\nuser: '1'", "user: '1'"),
    "the last line": ("user: '1'\nprivileged: true", "user: '1'"),
    "with a trailing comment": ("privileged: true   # why\nuser: '1'", "# why\nuser: '1'"),
    "with comments around": ("# above\nprivileged: true\n# below\nuser: '1'", "# above\n# below\nuser: '1'"),
    "a quoted key": ("\"privileged\": true\nuser: '1'", "user: '1'"),
    "a key with no value": ("privileged:\nuser: '1'", "user: '1'"),
}


@pytest.mark.parametrize(("before", "after"), DROPS.values(), ids=DROPS)
def test_an_entry_is_dropped(before: str, after: str) -> None:
    assert changed(service(before), "drop", "privileged") == service(after)


def test_an_entry_in_braces_is_dropped() -> None:
    first = "services: {app: {privileged: true, image: a, user: '1'}}"
    assert changed(first, "drop", "privileged") == "services: {app: {image: a, user: '1'}}"
    last = "services: {app: {image: a, user: '1', privileged: true}}"
    assert changed(last, "drop", "privileged") == "services: {app: {image: a, user: '1'}}"


def test_the_first_key_of_an_item_is_dropped() -> None:
    text = "kind: Pod\nspec:\n  containers:\n  - securityContext: {privileged: true}\n    name: c\n    image: a\n"
    assert changed(text, "drop", "privileged") == "kind: Pod\nspec:\n  containers:\n  - name: c\n    image: a\n"


def test_mappings_left_empty_go_too() -> None:
    before = "securityContext:\n  capabilities:\n    add:\n      - SYS_ADMIN\nstdin: true"
    assert changed(pod(before), "remove", "capabilities_added", "SYS_ADMIN") == pod("stdin: true")
    kept = "securityContext:\n  capabilities:\n    add: [SYS_ADMIN]\n    drop: [ALL]"
    assert changed(pod(kept), "remove", "capabilities_added", "SYS_ADMIN") == pod("securityContext:\n  capabilities:\n    drop: [ALL]")


def test_line_ends_and_a_missing_one_stay() -> None:
    text = service("privileged: true\nuser: '1'").replace("\n", "\r\n")
    assert changed(text, "drop", "privileged") == service("user: '1'").replace("\n", "\r\n")
    text = service("user: '1'\nprivileged: true")[:-1]
    assert changed(text, "drop", "privileged") == service("user: '1'")[:-1]
    text = service("user: '1'\nprivileged: true").replace("\n", "\r\n")[:-2]
    assert changed(text, "drop", "privileged") == service("user: '1'").replace("\n", "\r\n")[:-2]
    text = service("user: '1'").replace("\n", "\r\n")[:-2]
    assert changed(text, "set", "read_only_root", True) == service("user: '1'\nread_only: true").replace("\n", "\r\n")[:-2]


SETS = {
    "a new last line": ("user: '1'", "user: '1'\nread_only: true"),
    "below a comment": ("user: '1'  # who", "user: '1'  # who\nread_only: true"),
    "below a deeper end": ("build:\n  context: .", "build:\n  context: .\nread_only: true"),
    "another value": ("read_only: false  # for now", "read_only: true  # for now"),
    "in its quotes": ("read_only: 'false'", "read_only: 'true'"),
    "where none is": ("read_only:\nuser: '1'", "read_only: true\nuser: '1'"),
    "above what follows": ("user: '1'\n\n# the end", "user: '1'\nread_only: true\n\n# the end"),
}


@pytest.mark.parametrize(("before", "after"), SETS.values(), ids=SETS)
def test_an_entry_is_set(before: str, after: str) -> None:
    assert changed(service(before), "set", "read_only_root", True) == service(after)


NESTED = {
    "all of it": ("stdin: true", "stdin: true\nsecurityContext:\n  seccompProfile:\n    type: RuntimeDefault"),
    "a part": (
        "securityContext:\n  privileged: false",
        "securityContext:\n  privileged: false\n  seccompProfile:\n    type: RuntimeDefault",
    ),
    "below a key alone": ("securityContext:\nstdin: true", "securityContext:\n  seccompProfile:\n    type: RuntimeDefault\nstdin: true"),
    "in braces": ("securityContext: {}", "securityContext: {seccompProfile: {type: RuntimeDefault}}"),
    "in braces that hold some": (
        "securityContext: {privileged: false}",
        "securityContext: {privileged: false, seccompProfile: {type: RuntimeDefault}}",
    ),
}


@pytest.mark.parametrize(("before", "after"), NESTED.values(), ids=NESTED)
def test_missing_mappings_are_written(before: str, after: str) -> None:
    assert changed(pod(before), "set", "seccomp", "default") == pod(after)


def test_the_indentation_of_the_file_is_kept() -> None:
    text = "kind: Pod\nspec:\n    containers:\n    -   name: c\n        image: a\n"
    added = "        securityContext:\n            readOnlyRootFilesystem: true\n"
    assert changed(text, "set", "read_only_root", True) == text + added


def test_a_mapping_takes_the_place_of_a_null() -> None:
    text = pod("securityContext: ~\nstdin: true")
    after = text.replace("securityContext: ~\n", "securityContext:\n        readOnlyRootFilesystem: true\n")
    assert changed(text, "set", "read_only_root", True) == after
    told = pod("securityContext: ~   # none\nstdin: true")
    assert changed(told, "set", "read_only_root", True) == after.replace("securityContext:", "securityContext:   # none")
    flow = "kind: Pod\nspec: {containers: [{name: c, image: a, securityContext: ~, stdin: true}]}\n"
    assert changed(flow, "set", "read_only_root", True).startswith("refused: its line goes on")


LISTS = {
    "a missing list": ("user: '1'", "user: '1'\ncap_drop: [ALL]"),
    "an empty list": ("cap_drop: []", "cap_drop: [ALL]"),
    "a key alone": ("cap_drop:\nuser: '1'", "cap_drop: [ALL]\nuser: '1'"),
    "brackets": ("cap_drop: [CHOWN]  # some", "cap_drop: [CHOWN, ALL]  # some"),
    "dashes": ("cap_drop:\n  - CHOWN  # some\nuser: '1'", "cap_drop:\n  - CHOWN  # some\n  - ALL\nuser: '1'"),
    "dashes below the key": ("cap_drop:\n- CHOWN\nuser: '1'", "cap_drop:\n- CHOWN\n- ALL\nuser: '1'"),
    "wide dashes": ("cap_drop:\n    -   CHOWN", "cap_drop:\n    -   CHOWN\n    -   ALL"),
    "missing beside dashes": ("ports:\n  - '80'", "ports:\n  - '80'\ncap_drop:\n  - ALL"),
    "missing beside dashes below the key": ("ports:\n- '80'", "ports:\n- '80'\ncap_drop:\n- ALL"),
    "missing beside wide dashes": ("ports:\n    -  '80'", "ports:\n    -  '80'\ncap_drop:\n    - ALL"),
    "missing beside brackets": ("ports: ['80']", "ports: ['80']\ncap_drop: [ALL]"),
    "missing beside more dashes than brackets": (
        "ports: ['80']\ndns:\n- a\nexpose:\n- '1'",
        "ports: ['80']\ndns:\n- a\nexpose:\n- '1'\ncap_drop:\n- ALL",
    ),
    "missing beside arguments in brackets": ("dns:\n  - a\ncommand: [b]", "dns:\n  - a\ncommand: [b]\ncap_drop:\n  - ALL"),
    "a key alone beside dashes": ("cap_drop:  # none\ndns:\n  - a", "cap_drop:  # none\n  - ALL\ndns:\n  - a"),
    "a null beside dashes": ("cap_drop: ~\ndns:\n  - a", "cap_drop: [ALL]\ndns:\n  - a"),
    "brackets over lines": ("cap_drop: [\n  CHOWN,\n  KILL\n]", "cap_drop: [\n  CHOWN,\n  KILL,\n  ALL\n]"),
}


@pytest.mark.parametrize(("before", "after"), LISTS.values(), ids=LISTS)
def test_an_item_is_added(before: str, after: str) -> None:
    assert changed(service(before), "append", "capabilities_dropped", "ALL") == service(after)


def test_a_new_list_is_written_as_the_first_of_the_file() -> None:
    assert changed(pod("stdin: true"), "append", "capabilities_dropped", "ALL") == pod(
        "stdin: true\nsecurityContext:\n  capabilities:\n    drop:\n      - ALL"
    )
    inline = "services:\n  app:\n    image: a\n  other: {image: b, dns: [a]}\n"
    assert "cap_drop: [ALL]" in changed(inline, "append", "capabilities_dropped", "ALL")
    crlf = pod("ports:\n- name: a").replace("\n", "\r\n")
    assert "    capabilities:\r\n          drop:\r\n          - ALL\r\n" in changed(crlf, "append", "capabilities_dropped", "ALL")


REMOVALS = {
    "the first": ("cap_add:\n  - BPF\n  - KILL", "cap_add:\n  - KILL"),
    "the last": ("cap_add:\n  - KILL\n  - BPF\nuser: '1'", "cap_add:\n  - KILL\nuser: '1'"),
    "with its line's comment kept": ("cap_add:\n  - BPF # why\n  - KILL", "cap_add:\n  # why\n  - KILL"),
    "in quotes": ("cap_add:\n  - KILL\n  - 'BPF'", "cap_add:\n  - KILL"),
    "first in brackets": ("cap_add: [BPF, KILL]", "cap_add: [KILL]"),
    "last in brackets": ("cap_add: [KILL, BPF]", "cap_add: [KILL]"),
    "the only one": ("cap_add:\n  - BPF\nuser: '1'", "user: '1'"),
    "the only one in brackets": ("cap_add: [ BPF ]\nuser: '1'", "user: '1'"),
    "dashes below the key": ("cap_add:\n- KILL\n- BPF\nuser: '1'", "cap_add:\n- KILL\nuser: '1'"),
}


@pytest.mark.parametrize(("before", "after"), REMOVALS.values(), ids=REMOVALS)
def test_an_item_is_removed(before: str, after: str) -> None:
    assert changed(service(before), "remove", "capabilities_added", "BPF") == service(after)


OPTIONS = {
    "added": ("user: '1'", True, "user: '1'\nsecurity_opt: [\"no-new-privileges:true\"]"),
    "beside others": ("security_opt:\n  - a=b", True, "security_opt:\n  - a=b\n  - no-new-privileges:true"),
    "changed": ("security_opt: ['no-new-privileges=false']", True, "security_opt: ['no-new-privileges:true']"),
}


@pytest.mark.parametrize(("before", "content", "after"), OPTIONS.values(), ids=OPTIONS)
def test_a_security_option_is_set(before: str, content: object, after: str) -> None:
    assert changed(service(before), "set", "no_new_privileges", content) == service(after)


def test_json_stays_json() -> None:
    text = '{"kind": "Pod", "spec": {"containers": [\n  {\n    "name": "c",\n    "image": "a"\n  }\n]}}'
    added = '{"kind": "Pod", "spec": {"containers": [\n  {\n    "name": "c",\n    "image": "a",\n    "securityContext": '
    assert changed(text, "set", "read_only_root", True) == added + '{"readOnlyRootFilesystem": true}\n  }\n]}}'
    assert changed(text, "append", "capabilities_dropped", "ALL") == added + '{"capabilities": {"drop": ["ALL"]}}\n  }\n]}}'
    assert changed(text, "set", "user", "65532:65532") == added + '{"runAsUser": 65532}\n  }\n]}}'
    assert changed(text, "set", "seccomp", "default") == added + '{"seccompProfile": {"type": "RuntimeDefault"}}\n  }\n]}}'


REFUSALS = {
    "an alias": ("x: &p true\nservices: {app: {image: a, privileged: *p}}", "shared"),
    "an anchor": ("services: {app: {image: a, privileged: &p true}}", "shared"),
    "a merged mapping": ("x: &b {privileged: true}\nservices:\n  app:\n    <<: *b\n    image: a\n", "shared"),
    "a key written twice": ("services:\n  app:\n    image: a\n    privileged: true\n    privileged: false\n", "more than once"),
    "nothing there": ("services: {app: {image: a}}", "not written"),
    "the only entry": ("services:\n  app:\n    privileged: true\n", "only entry"),
}


@pytest.mark.parametrize(("text", "reason"), REFUSALS.values(), ids=REFUSALS)
def test_what_cannot_be_done_safely_is_refused(text: str, reason: str) -> None:
    result = changed(text, "drop", "privileged")
    assert result.startswith("refused: ")
    assert reason in result


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("cap_add:\n  # needed\n  - BPF", "# needed\n"),
        ("cap_add:\n  # needed\n  - BPF # why\npid: host", "# needed\n    # why\n    pid: host\n"),
        ("cap_add: # needed\n\n  - BPF", "# needed\n"),
    ],
)
def test_comments_inside_stay_where_all_else_goes(before: str, after: str) -> None:
    assert changed(service(before), "remove", "capabilities_added", "BPF") == service("").rstrip(" ") + "    " + after


def test_a_list_behind_an_alias_is_not_changed() -> None:
    text = "x: &caps [BPF, KILL]\nservices: {app: {image: a, cap_add: *caps}}"
    assert changed(text, "remove", "capabilities_added", "BPF").startswith("refused: the text is shared")


MOUNTS = {
    "short": ("/etc:/e", "read_only", "/etc:/e:ro"),
    "short in quotes": ('"/etc:/e"', "read_only", '"/etc:/e:ro"'),
    "short and writable": ("/etc:/e:rw,z", "read_only", "/etc:/e:ro,z"),
    "short with options": ("/etc:/e:z", "read_only", "/etc:/e:z,ro"),
    "long": ("{type: bind, source: /etc, target: /e}", "read_only", "{type: bind, source: /etc, target: /e, read_only: true}"),
    "the only option": ("/m:/m:shared", "propagation", "/m:/m"),
    "the first option": ("/m:/m:rshared,ro", "propagation", "/m:/m:ro"),
    "the last option": ("/m:/m:ro,rshared", "propagation", "/m:/m:ro"),
    "a long option": (
        "{type: bind, source: /m, target: /m, bind: {propagation: shared}}",
        "propagation",
        "{type: bind, source: /m, target: /m}",
    ),
}


@pytest.mark.parametrize(("before", "fact", "after"), MOUNTS.values(), ids=MOUNTS)
def test_a_mount_is_changed(before: str, fact: str, after: str) -> None:
    text = service(f"volumes:\n  - {before}\n  - data:/data")
    mount = next(subject for subject in compose.read(Source("file", text), Context()).subjects if isinstance(subject, Mount))
    fix = mount.set(fact, True) if fact == "read_only" else mount.drop(fact)
    assert applied(text, fix) == service(f"volumes:\n  - {after}\n  - data:/data")
    assert applied(text, mount.drop("mount")) == service("volumes:\n  - data:/data")
