"""Charts judged in place, against the same charts rendered by Helm: nothing is found in place that the rendered ones do not have.

Runs where `helm` is on the PATH. `CAPDROP_CORPUS` names a folder with charts at any depth; without it only our own charts are rendered.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.engine import analyse
from capdrop.files import FilesOnDisk
from capdrop.source import Source
from capdrop.syntax import yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.dialects.helm_charts import CHARTS, Chart
else:
    from helm_charts import CHARTS, Chart

HELM = shutil.which("helm")
CORPUS = os.environ.get("CAPDROP_CORPUS", "")
BOOK = rulebook.load()
BOOK.select(BOOK.of_profile("strict"))
TEXTUAL = frozenset({"malformed-suppression", "unused-suppression", "unknown-rule-in-suppression"})
"""Rules about comments, which are not rendered."""

MOUNTS = ("runtime-socket-mount", "writable-host-path", "sensitive-host-path")
MORE = {"host-path-mount": MOUNTS, "sensitive-host-path": MOUNTS[:2]}
"""Rules that say more of a thing than another does, which then leaves it to them."""

Found = Counter[tuple[str, str, str]]
"""How often a rule says something of a kind of object of a template."""


def rendered(chart: Path, scratch: Path) -> dict[str, str] | None:
    """What Helm makes of each template of a chart without the charts that it would have to fetch; None where it cannot."""
    assert HELM is not None
    copy = scratch / "copy" / chart.name
    shutil.copytree(chart, copy, symlinks=True)
    (copy / "Chart.lock").unlink(missing_ok=True)
    (copy / "requirements.yaml").unlink(missing_ok=True)
    about = copy / "Chart.yaml"
    about.write_text(without_dependencies(read(about)), encoding="utf-8")
    libraries = [one for one in libraries_of(chart) if one.name in read(chart / "Chart.yaml")]
    shutil.rmtree(copy / "charts", ignore_errors=True)
    for library in libraries:
        shutil.copytree(library, copy / "charts" / library.name, symlinks=True)
    ran = subprocess.run(
        [HELM, "template", "release", str(copy), "--kube-version", "1.34.0"], capture_output=True, text=True, check=False, timeout=60
    )
    shutil.rmtree(copy)
    if ran.returncode:
        return None
    files: dict[str, str] = {}
    for part in re.split(r"(?m)^---\n(?=# Source: )", ran.stdout)[1:]:
        first, _, text = part.partition("\n")
        path = first.removeprefix("# Source: ").strip().partition("/")[2]
        files[path] = files.get(path, "") + "---\n" + text
    return files


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def libraries_of(chart: Path) -> list[Path]:
    """The charts beside or in a chart that only hold templates for others."""
    beside = [about.parent for folder in (chart / "charts", chart.parent) for about in sorted(folder.glob("*/Chart.yaml"))]
    return [one for one in beside if one != chart and re.search(r"(?m)^type: *library", read(one / "Chart.yaml"))]


def without_dependencies(about: str) -> str:
    """A Chart.yaml without what must be fetched."""
    root = yaml.parse(about).documents[0].root
    assert isinstance(root, yaml.Mapping)
    for entry in root.entries:
        if isinstance(entry.key, yaml.Scalar) and entry.key.value == "dependencies":
            return about[: entry.start] + about[entry.end :].lstrip(" ]")
    return about


def said(path: str, text: str, context: Context) -> Found:
    """What is said of a file alone."""
    kind = kind_of(path, text)
    if kind is None:
        return Counter()
    analysis = analyse(Source(path, text), kind, BOOK, context)
    assert not analysis.broken, analysis.broken
    assert analysis.outcome != "not", (path, analysis.gaps)
    assert all(gap.by_design for gap in analysis.gaps), (path, [gap.reason for gap in analysis.gaps])
    kept: Found = Counter()
    for finding in analysis.findings:
        if finding.rule not in TEXTUAL and finding.suppressed is None:
            kept[finding.rule, re.split("[/ ]", finding.subject)[0], ""] += 1
    return kept


def false_ones(in_place: Found, after: Found) -> Found:
    """What is said in place alone. Where an action decides what kind an object is of, its findings are those of any kind; and where a part
    of a mount is not known, less may be said of it than when it is rendered."""
    extra, missed = in_place - after, after - in_place
    for name, rule, kind in sorted(extra):
        for key in sorted(missed):
            is_same = key[0] == name and (key[1] == rule or key[1] in MORE.get(rule, ())) and kind in ("object", key[2])
            both = min(extra[name, rule, kind], missed[key]) if is_same else 0
            extra[name, rule, kind] -= both
            missed[key] -= both
    return +extra


def compared(chart: Path, scratch: Path) -> tuple[Found, Found] | None:
    """What is said of a chart in place and of the rendered one, by template, rule and kind; None where Helm cannot render it."""
    texts = rendered(chart, scratch)
    if texts is None:
        return None
    files = Context(files=FilesOnDisk([str(chart)]))
    in_place: Found = Counter()
    after: Found = Counter()
    for path in sorted((chart / "templates").rglob("*.y*ml")):
        name = str(path.relative_to(chart))
        for (rule, kind, _), count in said(str(path), read(path), files).items():
            in_place[name, rule, kind] += count
        for (rule, kind, _), count in said(name, texts.get(name, ""), Context()).items():
            after[name, rule, kind] += count
    return in_place, after


def charts_below(folder: str) -> Iterator[Path]:
    """The outermost charts of a folder, without those of test data."""
    for at, folders, files in os.walk(folder):
        if "Chart.yaml" in files and "testdata" not in at:
            folders.clear()
            if os.path.isdir(os.path.join(at, "templates")):
                yield Path(at)


@pytest.mark.skipif(HELM is None, reason="helm is not on the PATH")
@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.name)
def test_our_charts_are_judged_as_they_are_rendered(chart: Chart, tmp_path: Path) -> None:
    folder = chart.written(tmp_path / "chart")
    both = compared(folder, tmp_path)
    assert both is not None
    assert not false_ones(*both)


@pytest.mark.skipif(HELM is None or not os.path.isdir(CORPUS), reason="helm is not on the PATH, or CAPDROP_CORPUS names no folder")
def test_charts_of_the_corpus_are_judged_as_they_are_rendered(tmp_path: Path) -> None:
    false: list[object] = []
    found = reached = charts = failed = 0
    for chart in sorted(charts_below(CORPUS)):
        both = compared(chart, tmp_path)
        if both is None:
            failed += 1
            continue
        charts += 1
        in_place, after = both
        false += [(str(chart), *key) for key in false_ones(in_place, after)]
        found += after.total()
        reached += (in_place & after).total()
    sys.stdout.write(f"{charts} charts ({failed} more that Helm cannot render): {reached} of {found} findings in place\n")
    sys.stdout.writelines(f"{one}\n" for one in false)
    assert charts < 30 or reached >= found / 2
    assert false == []
