"""Does `--pss` agree with Kubernetes? Over the pods that kubernetes/pod-security-admission keeps for its own tests.

    python benchmarks/pss_oracle.py FOLDER [VERSION]

FOLDER is that project's `test/testdata`: a folder for each level, in it one for each version, in it `pass` and `fail`. VERSION is the
newest where none is given; our controls are those of v1.37. A `fail` file, which is named for the control that it violates, must be
found to violate that one and no other (but for those of `COMPANIONS`); a `pass` file none. The exit status is 1 where any file is
judged otherwise.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "linter"))

from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_named
from capdrop.engine import analyse
from capdrop.options import PSS
from capdrop.source import decode

CONTROLS = {
    name.lower(): name
    for name in (
        "allowPrivilegeEscalation appArmorProfile capabilities hostNamespaces hostPathVolumes hostPorts hostProbesAndHostLifecycle "
        "privileged procMount restrictedVolumes runAsNonRoot runAsUser seLinuxOptions seccompProfile sysctls windowsHostProcess"
    ).split()
}
OF_BASELINE = {"restrictedVolumes": "hostPathVolumes"}
"""A control of restricted that repeats one of baseline, which we tell once."""

COMPANIONS = {
    "windowsHostProcess": {"hostNamespaces"},  # a host process must have the host's network
    "privileged": {"allowPrivilegeEscalation"},  # a privileged container may not say `allowPrivilegeEscalation: false`
    "allowPrivilegeEscalation": {"capabilities"},  # one file has no security context at all
}
"""What files for a control cannot but violate too. Their own tests only ask that the named control is among what is said."""


def main(arguments: list[str]) -> int:
    """Compare every file of one version, and print a table."""
    if not arguments:
        print(__doc__)
        return 2
    folder = Path(arguments[0])
    version = arguments[1] if len(arguments) > 1 else newest(folder)
    print(f"kubernetes/pod-security-admission, {version}")
    wrong = 0
    for level in PSS:
        table: dict[str, list[bool]] = {}
        for path in sorted((folder / level / version).glob("*/*.yaml")):
            control = control_of(path)
            must_fail = path.parent.name == "fail"
            found = violated(path, level)
            agrees = not found
            if must_fail:
                agrees = found - COMPANIONS.get(control, set()) in ({control}, {OF_BASELINE.get(control, control)})
            table.setdefault(f"{path.parent.name} {control}", []).append(agrees)
            if not agrees:
                print(f"  {path}: {', '.join(sorted(found)) or 'nothing'} found, {control if must_fail else 'nothing'} expected")
        for row, agreements in sorted(table.items()):
            print(f"  {level:<10} {row:<40} {sum(agreements)} of {len(agreements)}")
            wrong += len(agreements) - sum(agreements)
        print(f"  {level:<10} {'all':<40} {sum(map(sum, table.values()))} of {sum(map(len, table.values()))}")
    return 1 if wrong else 0


def newest(folder: Path) -> str:
    """The newest version in a folder of test data."""
    names = [path.name for path in (folder / "restricted").iterdir()]
    return max(names, key=lambda name: [int(number) for number in re.findall(r"\d+", name)])


def control_of(path: Path) -> str:
    """The control that a file is named for; the bare name of a file that is for none."""
    name = re.sub(r"(?:_baseline|_restricted)?\d*$", "", path.stem)
    return CONTROLS.get(name, name)


def violated(path: Path, level: str) -> set[str]:
    """The controls that we say a file violates."""
    book = rulebook.load()
    book.select(PSS[level])
    analysis = analyse(decode(str(path), path.read_bytes()), kind_named("kubernetes"), book, Context())
    assert analysis.outcome == "analysed", analysis.gaps
    assert not analysis.broken, analysis.broken
    return {finding.message.partition(":")[0] for finding in analysis.findings if finding.rule != "pod-security-level"}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
