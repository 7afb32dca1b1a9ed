"""Kustomizations: objects as they are with their patches, findings at the line to change, and what an overlay mends.

The merges follow kustomize's own documentation and tests (`api/krusty/*_test.go`).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from capdrop.config import Config, rules_in_force
from capdrop.dialects.context import Context
from capdrop.dialects.kubernetes import read
from capdrop.discover import kind_of
from capdrop.files import FilesOnDisk
from capdrop.model.container import Container, plain
from capdrop.model.image import Image
from capdrop.model.subject import Subject
from capdrop.model.variable import Variable
from capdrop.reading import Gap
from capdrop.run import Run, check
from capdrop.source import Source

BASE = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      securityContext: {runAsNonRoot: true}
      containers:
        - name: app
          image: example/app:1.2
          env:
            - {name: MODE, value: prod}
          securityContext:
            privileged: true
        - name: side
          image: example/side:1.2
"""
PATCH = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
"""
INNER = "resources: [web.yaml]\n"


def written(folder: Path, files: dict[str, str]) -> None:
    (folder / ".git").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def run(folder: Path, files: dict[str, str], *paths: str, profile: str = "default") -> Run:
    written(folder, files)
    config = Config(str(folder))
    config.profile = profile
    return check([str(folder / path) for path in paths or (".",)], config, rules_in_force(config))


def found(ran: Run, folder: Path) -> set[str]:
    """The findings that are shown: file, line and rule."""
    findings = [one for result in ran.results for one in result.findings if one.suppressed is None]
    return {f"{Path(one.source.path).relative_to(folder)}:{one.source.position(one.span.start).line} {one.rule}" for one in findings}


def reasons(ran: Run) -> list[str]:
    return [reason for result in ran.results for reason, _, _ in result.reasons]


def subjects(folder: Path, files: dict[str, str], path: str) -> tuple[list[Subject], list[Gap]]:
    written(folder, files)
    reading = read(Source(str(folder / path), files[path]), Context(files=FilesOnDisk()))
    return list(reading.subjects), reading.gaps


def containers(folder: Path, kustomization: str, **files: str) -> dict[str, Container]:
    """The containers of `BASE` under a kustomization."""
    every = {"web.yaml": BASE, "kustomization.yaml": INNER + kustomization} | {f"{name}.yaml": text for name, text in files.items()}
    return {one.name: one for one in subjects(folder, every, "kustomization.yaml")[0] if isinstance(one, Container)}


def pod(body: str) -> str:
    """A strategic merge patch of the pod, given as lines without indentation."""
    return PATCH + "".join(f"      {line}\n" for line in body.splitlines())


def held(text: str, target: str = "") -> str:
    """A patch that stands in the kustomization."""
    lines = "".join(f"      {line}\n" for line in text.splitlines())
    return f"patches:\n  - patch: |-\n{lines}" + (f"    target: {target}\n" if target else "")


WEB = "{kind: Deployment, name: web}"
MERGES = [
    ("containers:\n- name: app\n  securityContext: {privileged: false}", {"app": False, "side": "absent"}),
    ("containers:\n- name: app\n  securityContext: {privileged: null}", {"app": "absent", "side": "absent"}),
    ("containers:\n- name: app\n  securityContext:\n    $patch: delete", {"app": "absent", "side": "absent"}),
    ("containers:\n- name: app\n  securityContext:\n    $patch: replace\n    runAsUser: 7", {"app": "absent", "side": "absent"}),
    ("containers:\n- name: app\n  $patch: delete", {"side": "absent"}),
    ("containers:\n- $patch: replace\n- name: other\n  image: a/b:1", {"other": "absent"}),
    ("containers:\n- name: new\n  image: a/b:1\n  securityContext: {privileged: true}", {"new": True, "app": True, "side": "absent"}),
    ("hostNetwork: true", {"app": True, "side": "absent"}),
]


@pytest.mark.parametrize(("body", "expected"), MERGES)
@pytest.mark.parametrize("how", ["file", "old", "held", "old held", "target"])
def test_a_strategic_merge_patch_is_laid_over(body: str, expected: dict[str, object], how: str, tmp_path: Path) -> None:
    text = pod(body)
    inside = "".join(f"    {line}\n" for line in text.splitlines())
    kustomization = {
        "file": "patches: [{path: p.yaml}]\n",
        "old": "patchesStrategicMerge: [p.yaml]\n",
        "held": held(text),
        "old held": f"patchesStrategicMerge:\n  - |-\n{inside}",
        "target": held(text.replace("name: web", "name: any"), "{kind: Deploy.*, name: w.*|x}"),
    }[how]
    facts = {name: plain(one.fact("privileged")) for name, one in containers(tmp_path, kustomization, p=text).items()}
    assert facts == expected


OPERATIONS = [
    ("op: replace\n  path: /spec/template/spec/containers/0/securityContext/privileged\n  value: false", {"app": False, "side": "absent"}),
    ("op: remove\n  path: /spec/template/spec/containers/0/securityContext", {"app": "absent", "side": "absent"}),
    ("op: remove\n  path: /spec/template/spec/containers/0", {"side": "absent"}),
    (
        "op: add\n  path: /spec/template/spec/containers/1/securityContext\n  value: {privileged: true}",
        {"app": True, "side": True},
    ),
    (
        "op: add\n  path: /spec/template/spec/containers/-\n  value: {name: new, image: 'a/b:1'}",
        {"app": True, "side": "absent", "new": "absent"},
    ),
    ("op: test\n  path: /spec\n  value: 1", {"app": True, "side": "absent"}),
]


@pytest.mark.parametrize(("operation", "expected"), OPERATIONS)
@pytest.mark.parametrize("how", ["held", "old"])
def test_a_json_patch_is_laid_over(operation: str, expected: dict[str, object], how: str, tmp_path: Path) -> None:
    kustomization = held(f"- {operation}", WEB)
    kustomization = kustomization.replace("patches:", "patchesJson6902:") if how == "old" else kustomization
    facts = {name: plain(one.fact("privileged")) for name, one in containers(tmp_path, kustomization).items()}
    assert facts == expected


UNFOLLOWED = [
    "op: move\n  from: /spec/a\n  path: /spec/b",
    "op: copy\n  from: /spec/a\n  path: /spec/b",
    "op: remove\n  path: /spec/nothing",
    "op: add\n  path: /spec/template/spec/containers/99\n  value: {}",
    "op: add\n  path: /spec/template/spec/containers/x\n  value: {}",
    "op: add\n  path: nowhere\n  value: {}",
    "op: add\n  path: /a/b/c\n  value: {}",
    "op: add\n  path: /spec/replicas/x\n  value: 1",
    "op: replace\n  path: /spec/template/spec/containers",
]


@pytest.mark.parametrize("operation", UNFOLLOWED)
def test_what_a_json_patch_does_that_is_not_followed_is_said(operation: str, tmp_path: Path) -> None:
    files = {"web.yaml": BASE, "kustomization.yaml": INNER + held(f"- {operation}", WEB)}
    every, gaps = subjects(tmp_path, files, "kustomization.yaml")
    assert not any(isinstance(one, Container) for one in every)
    assert [gap.by_design for gap in gaps] == [True]


IMAGES = [
    ("- {name: example/app, newTag: '2.0'}", "example/app:2.0", "'2.0'"),
    ("- {name: example/app, newName: other, newTag: latest}", "other:latest", "latest"),
    ("- {name: example/app, newName: r.example:5000/other}", "r.example:5000/other:1.2", "r.example:5000/other"),
    ("- {name: example/app, newName: a, newTag: b}\n  - {name: a, newTag: c}", "a:c", "c"),
    ("- {name: example/app, digest: 'sha256:" + "a" * 64 + "'}", "example/app@sha256:" + "a" * 64, "'sha256:"),
]


@pytest.mark.parametrize(("entry", "expected", "at"), IMAGES)
def test_an_image_is_taken_for_another(entry: str, expected: str, at: str, tmp_path: Path) -> None:
    files = {"web.yaml": BASE, "kustomization.yaml": INNER + f"images:\n  {entry}\n"}
    images = [one for one in subjects(tmp_path, files, "kustomization.yaml")[0] if isinstance(one, Image)]
    assert [one.value.text for one in images] == [expected, "example/side:1.2"]
    inset = images[0].source
    span = inset.place(images[0].span)  # type: ignore[attr-defined]
    assert files["kustomization.yaml"][span.start : span.end] == at.strip("'") + ("a" * 64 if "sha256" in at else "")


def test_what_only_both_together_show_is_found_at_the_line_to_change(tmp_path: Path) -> None:
    files = {
        "base/web.yaml": BASE.replace("privileged: true", "privileged: false"),
        "base/kustomization.yaml": INNER,
        "over/kustomization.yaml": "resources: [../base]\n"
        + held("- op: replace\n  path: /spec/template/spec/containers/0/securityContext/privileged\n  value: true", WEB)
        + "images:\n  - name: example/side\n    newTag: latest\n",
    }
    assert found(run(tmp_path, files), tmp_path) == {
        "over/kustomization.yaml:6 privileged-container",
        "over/kustomization.yaml:10 image-with-moving-tag",
    }


def test_what_a_patch_says_is_shown_once_and_what_it_lacks_not_at_all(tmp_path: Path) -> None:
    files = {
        "web.yaml": BASE.replace("privileged: true", "runAsUser: 5"),
        "p.yaml": pod("containers:\n- name: app\n  image: example/app:2.0\n  securityContext: {privileged: true}"),
        "kustomization.yaml": INNER + "patches: [{path: p.yaml}]\n",
    }
    assert found(run(tmp_path, files), tmp_path) == {"p.yaml:11 privileged-container"}
    assert found(run(tmp_path, files, "p.yaml"), tmp_path) == {"p.yaml:11 privileged-container"}


def test_a_file_without_selector_in_such_a_tree_is_a_patch(tmp_path: Path) -> None:
    text = pod("containers:\n- name: app\n  image: example/app:2.0")
    assert found(run(tmp_path, {"a/p.yaml": text}), tmp_path) == {"a/p.yaml:9 missing-user"}
    assert found(run(tmp_path, {"a/p.yaml": text, "kustomization.yaml": "resources: []\n"}), tmp_path) == set()
    labelled = "resources: [a/p.yaml]\ncommonLabels: {app: web}\n"
    assert found(run(tmp_path, {"kustomization.yaml": labelled}), tmp_path) == {"a/p.yaml:9 missing-user"}


MENDS = pod("containers:\n- name: app\n  securityContext: {privileged: false}")


def test_what_every_overlay_mends_is_not_held_against_the_base(tmp_path: Path) -> None:
    mended = "resources: [../base]\npatches: [{path: p.yaml}]\n"
    files = {"base/web.yaml": BASE, "base/kustomization.yaml": INNER}
    one = {"one/kustomization.yaml": mended, "one/p.yaml": MENDS}
    two = {"two/kustomization.yaml": mended, "two/p.yaml": MENDS}
    assert found(run(tmp_path / "a", files), tmp_path / "a") == {"base/web.yaml:17 privileged-container"}
    assert found(run(tmp_path / "b", files | one | two), tmp_path / "b") == set()
    not_mended = files | one | {"two/kustomization.yaml": "resources: [../base]\n"}
    assert found(run(tmp_path / "c", not_mended), tmp_path / "c") == {"base/web.yaml:17 privileged-container"}
    assert found(run(tmp_path / "c", {}, "base/web.yaml"), tmp_path / "c") == {"base/web.yaml:17 privileged-container"}
    undone = files | one | {"top/kustomization.yaml": "resources: [../one]\n" + held(MENDS.replace("false", "true"))}
    assert found(run(tmp_path / "d", undone), tmp_path / "d") == {"top/kustomization.yaml:13 privileged-container"}


def test_what_an_overlay_takes_away_is_mended_and_what_is_not_followed_is_not(tmp_path: Path) -> None:
    away = held("$patch: delete\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}")
    assert found(run(tmp_path / "a", {"web.yaml": BASE, "kustomization.yaml": INNER + away}), tmp_path / "a") == set()
    files = {
        "base/web.yaml": BASE,
        "base/kustomization.yaml": INNER + held(MENDS),
        "over/kustomization.yaml": "resources: [../base]\n" + held("- {op: move}", WEB),
    }
    assert found(run(tmp_path / "b", files), tmp_path / "b") == {"base/web.yaml:17 privileged-container"}


def test_a_secret_that_is_overwritten_was_written_down(tmp_path: Path) -> None:
    secret = "kind: Secret\napiVersion: v1\nmetadata: {name: s}\nstringData:\n  PASSWORD: " + "Xk29fL" + "q8zzTr\n"
    patch = "kind: Secret\napiVersion: v1\nmetadata: {name: s}\nstringData:\n  PASSWORD: changed-elsewhere\n"
    files = {"s.yaml": secret, "kustomization.yaml": "resources: [s.yaml]\n" + held(patch)}
    assert "s.yaml:5 hard-coded-credential" in found(run(tmp_path, files), tmp_path)


def test_components_prefixes_and_inner_patches_are_followed(tmp_path: Path) -> None:
    files = {
        "base/web.yaml": BASE,
        "base/kustomization.yaml": INNER + "namePrefix: a-\nnameSuffix: -z\n",
        "part/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
        + held(MENDS.replace("name: web", "name: a-web-z")),
        "over/kustomization.yaml": "resources: [../base]\ncomponents: [../part]\n",
    }
    assert found(run(tmp_path, files), tmp_path) == set()
    unsure = files | {
        "over/kustomization.yaml": files["over/kustomization.yaml"] + held("- {op: move}", "{kind: Deployment, name: a-(w)+}")
    }
    assert found(run(tmp_path, unsure), tmp_path) == {"base/web.yaml:17 privileged-container"}


def test_lists_of_kinds_that_the_api_does_not_know_are_replaced(tmp_path: Path) -> None:
    rollout = BASE.replace("apps/v1", "argoproj.io/v1alpha1").replace("Deployment", "Rollout")
    patch = pod("containers:\n- name: side\n  image: b:1").replace("apps/v1", "argoproj.io/v1alpha1").replace("Deployment", "Rollout")
    files = {"web.yaml": rollout, "kustomization.yaml": INNER + held(patch)}
    names = [one.name for one in subjects(tmp_path, files, "kustomization.yaml")[0] if isinstance(one, Container)]
    assert names == ["side"]


def test_the_patches_of_a_base_that_is_elsewhere_are_judged_by_what_they_say(tmp_path: Path) -> None:
    text = "resources: ['https://example.org/base?ref=v1']\n"
    merge = held(pod("containers:\n- name: app\n  image: example/app:1\n  securityContext: {privileged: true}"))
    path = "/spec/template/spec/containers/0/securityContext/privileged"
    json = held(f"- op: add\n  path: {path}\n  value: true", "{group: apps, version: v1, kind: Deployment}")
    for one in (merge, json):
        ran = run(tmp_path, {"kustomization.yaml": text + one})
        assert [place.partition(" ")[2] for place in found(ran, tmp_path)] == ["privileged-container"]
        assert reasons(ran) == ["`https://example.org/base?ref=v1` is fetched from elsewhere"]
        assert not ran.incomplete


def test_generators_are_read_with_their_files(tmp_path: Path) -> None:
    password = "Xk29fL" + "q8zzTr"
    files = {
        "kustomization.yaml": "secretGenerator:\n- name: s\n  literals:\n  - PASSWORD=" + password + "\n  - MODE='dev'\n  envs: [a.env]\n"
        "configMapGenerator:\n- name: c\n  env: b.env\n  files: [x=c.properties, d.bin, f.json]\n",
        "a.env": f"# x\nDB_PASSWORD={password}\n",
        "b.env": "LEVEL=info\n",
        "c.properties": f"db.password={password}\n",
        "d.bin": "nothing\n",
        "e.properties": f"DB_PASSWORD={password}\n",
        "f.json": f'{{\n  "db": {{"password": "{password}"}},\n  "mode": "dev"\n}}\n',
    }
    assert found(run(tmp_path, files), tmp_path) == {
        "kustomization.yaml:4 hard-coded-credential",
        "a.env:2 hard-coded-credential",
        "c.properties:1 hard-coded-credential",
        "f.json:2 hard-coded-credential",
    }
    every = subjects(tmp_path, files, "kustomization.yaml")[0]
    assert {one.name: plain(one.value) for one in every if isinstance(one, Variable)}["MODE"] == "dev"
    ignored = run(tmp_path, files | {".gitignore": "*.env\n*.properties\n*.json\n"})
    assert found(ignored, tmp_path) == {"kustomization.yaml:4 hard-coded-credential"}


def test_a_comment_or_an_annotation_in_the_base_counts(tmp_path: Path) -> None:
    kustomization = INNER + held(pod("hostPID: true"))
    for old, new in (
        ("privileged: true", "privileged: true  # capdrop: ignore[privileged-container] -- known"),
        ("  name: web\n", "  name: web\n  annotations: {capdrop.dev/ignore: privileged-container -- known}\n"),
    ):
        files = {"web.yaml": BASE.replace(old, new, 1), "kustomization.yaml": kustomization}
        for path in (".", "kustomization.yaml"):
            assert "web.yaml:17 privileged-container" not in found(run(tmp_path, files, path), tmp_path)


ABOVE = "# capdrop: ignore[host-pid] -- known"


@pytest.mark.parametrize("target", ["", WEB])
def test_a_comment_covers_a_patch_that_is_held(target: str, tmp_path: Path) -> None:
    text = INNER + held(pod("hostPID: true"), target)
    quiet = BASE.replace("privileged: true", "runAsUser: 5")
    assert found(run(tmp_path, {"web.yaml": quiet, "kustomization.yaml": text}), tmp_path) == {"kustomization.yaml:11 host-pid"}
    silent = text.replace("  - patch", f"  {ABOVE}\n  - patch")
    assert found(run(tmp_path, {"web.yaml": quiet, "kustomization.yaml": silent}), tmp_path) == set()


def test_a_patch_for_objects_that_cannot_be_told_is_said(tmp_path: Path) -> None:
    files = {"web.yaml": BASE, "kustomization.yaml": INNER + held(MENDS, "{kind: Deployment, labelSelector: a=b}")}
    ran = run(tmp_path, files)
    assert reasons(ran) == ["which objects it is for is not understood"]
    assert found(ran, tmp_path) == {"web.yaml:17 privileged-container"}


GAPS = [
    ("resources: [gone.yaml]\n", "there is no file", False),
    ("resources: [gone]\n", "there is no file", False),
    ("resources: [empty]\n", "there is no kustomization in", False),
    ("resources: [.]\n", "it takes in itself", False),
    ("resources: [below]\n" + held(pod("hostPID: true")), "in a circle", False),
    ("resources: [kustomization.yaml]\n", "named by its folder", False),
    ("resources: [../../../elsewhere]\n", "outside of the project", True),
    ("resources: ['https://example.org/a.yaml']\n", "fetched from elsewhere", True),
    ("resources: ['git@example.org:a/b']\n", "fetched from elsewhere", True),
    ("components: [gone]\n", "there is no kustomization in", False),
    ("patches: [{path: gone.yaml}]\n", "there is no file", False),
    ("secretGenerator: [{name: a, envs: [gone.env]}]\n", "there is no file", True),
    ("configMapGenerator: [{name: a, files: [a=gone.txt]}]\n", "there is no file", True),
    ("secretGenerator: [{name: a, files: [../../../elsewhere/a.key]}]\n", "outside of the project", True),
    ("helmCharts: [{name: x}]\n", "rendered by Helm", True),
    ("transformers: [x.yaml]\n", "plugins are not run", True),
    ("replacements: [{path: x.yaml}]\n", "copied from one object into others is not followed", True),
    ("vars: [{name: A}]\n", "what they stand for is not filled in", True),
    ("resources: 7\npatches: x\nimages: {a: b}\nsecretGenerator: [1]\ncomponents: [[]]\nbases: [{}]\n", "", True),
    (
        "patches: [[], {path: []}, {patch: ''}, {patch: '[1, {op: add}]', target: {kind: X}}]\nimages: [1, {name: a, newTag: []}]\n",
        "",
        True,
    ),
    ("- a\n", "", True),
    ("", "", True),
]


@pytest.mark.parametrize(("text", "reason", "by_design"), GAPS)
def test_what_cannot_be_followed_is_said(text: str, reason: str, by_design: bool, tmp_path: Path) -> None:
    files = {
        "kustomization.yaml": text,
        "empty/x.txt": "",
        "below/kustomization.yaml": "resources: [..]\n" + held(pod("hostPID: true")),
    }
    ran = run(tmp_path, files, "kustomization.yaml")
    assert len(ran.results) == 1
    assert [reason in one for one in reasons(ran)] == ([True] if reason else [])
    assert ran.incomplete is not by_design


def test_a_circle_ends(tmp_path: Path) -> None:
    changing = held(pod("hostPID: true"))
    files = {"a/kustomization.yaml": f"resources: [../b]\n{changing}", "b/kustomization.yaml": f"resources: [../a]\n{changing}"}
    ran = run(tmp_path, files)
    assert ran.incomplete


def test_a_link_out_of_the_tree_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    written(outside, {"web.yaml": BASE})
    inside = tmp_path / "inside"
    written(inside, {"kustomization.yaml": INNER + held(pod("hostPID: true"))})
    (inside / "web.yaml").symlink_to(outside / "web.yaml")
    assert found(run(inside, {}, "kustomization.yaml"), inside) == {"kustomization.yaml:11 host-pid"}


NAMES = [("kustomization.yaml", True), ("Kustomization", True), ("kustomization.yml", True), ("Kustomization.md", False)]


@pytest.mark.parametrize(("name", "is_ours"), NAMES)
def test_a_kustomization_is_known_by_its_name(name: str, is_ours: bool) -> None:
    assert (kind_of(name, "resources: []\n") is not None) is is_ours


def test_what_flux_calls_a_kustomization_is_none(tmp_path: Path) -> None:
    files = {"kustomization.yaml": "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nresources: [gone.yaml]\n"}
    assert reasons(run(tmp_path, files)) == []


IMAGE = "spec.template.spec.containers.[name=app].image"
REPLACED = [
    (f"select: {{kind: Deployment}}, fieldPaths: ['{IMAGE}']", True),
    (f"select: {{name: web}}, fieldPaths: [metadata.name, '{IMAGE}']", True),
    ("select: {kind: Deployment}, fieldPaths: [spec.template.spec.containers.*.image]", True),
    ("select: {kind: Deployment}, fieldPaths: [spec.template.spec.containers.0.image]", True),
    ("select: {kind: Deployment}, fieldPaths: ['spec.template.spec.containers.[name=other].image']", False),
    ("select: {kind: Deployment}, fieldPaths: [spec.template.spec.volumes.0.name]", False),
    (f"select: {{kind: StatefulSet}}, fieldPaths: ['{IMAGE}']", False),
    (f"select: {{kind: Deployment}}, reject: [{{name: web}}], fieldPaths: ['{IMAGE}']", False),
]


@pytest.mark.parametrize(("target", "replaced"), REPLACED)
@pytest.mark.parametrize("where", ["here", "beside"])
def test_nothing_is_said_of_what_is_copied_from_elsewhere(tmp_path: Path, target: str, replaced: bool, where: str) -> None:
    replacement = f"{{source: {{kind: ConfigMap, name: a, fieldPath: data.image}}, targets: [{{{target}}}]}}"
    over = f"resources: [../base]\nreplacements: [{replacement if where == 'here' else '{path: r.yaml}'}]\n"
    base = BASE.replace("example/app:1.2", "example/app:latest")
    files = {"base/web.yaml": base, "base/kustomization.yaml": INNER, "over/kustomization.yaml": over, "over/r.yaml": replacement}
    ran = run(tmp_path, files)
    assert ("base/web.yaml:13 image-with-moving-tag" not in found(ran, tmp_path)) is replaced
    assert "base/web.yaml:17 privileged-container" in found(ran, tmp_path)


def test_the_values_of_a_chart_may_hold_secrets(tmp_path: Path) -> None:
    over = "helmCharts:\n  - name: web\n    valuesInline:\n      auth: {password: %s}\n" % ("Tr0ub4dor" + "-horse-92")
    assert found(run(tmp_path, {"kustomization.yaml": over}), tmp_path) == {"kustomization.yaml:4 hard-coded-credential"}
