"""What is known of the programs that builds and containers call. Adding a program is adding a row."""

from __future__ import annotations

from ..source import Record


class Tool(Record):
    """How a program reads its words: the options that take a value, and whether long options have one dash (`find`, `java`)."""

    __slots__ = ("long_with_one_dash", "valued")

    def __init__(self, valued: str = "", long_with_one_dash: bool = False) -> None:
        self.valued = frozenset(valued.split())
        self.long_with_one_dash = long_with_one_dash


_ROWS: dict[str, str] = {
    "apk": "-p --root -X --repository -t --virtual --wait --arch --keys-dir --repositories-file --cache-dir --cache-max-age",
    "apt apt-get aptitude": "-t --target-release --default-release -o --option -c --config-file -a --host-architecture -P --build-profiles",
    "chmod chown chgrp": "--reference --from",
    "curl": (
        "-o --output -H --header -d --data --data-raw --data-binary --data-urlencode --data-ascii -u --user -x --proxy -U --proxy-user "
        "-A --user-agent -e --referer -X --request -F --form -T --upload-file -b --cookie -c --cookie-jar -m --max-time "
        "--connect-timeout --retry --retry-delay --retry-max-time -w --write-out -C --continue-at -r --range -y -Y -z --cert -E "
        "--key --cacert --capath --resolve --connect-to --interface --limit-rate --max-redirs --output-dir --proto --proto-redir "
        "-K --config -D --dump-header -Q --quote --url --ciphers --tls-max --pinnedpubkey --unix-socket --json --oauth2-bearer"
    ),
    "dnf yum microdnf tdnf": "-c --config -x --exclude -d --debuglevel -e --errorlevel --enablerepo --disablerepo --repo --repoid --setopt --releasever --installroot --forcearch",
    "dpkg": "--root --admindir --instdir --log",
    "git": "-C -c --git-dir --work-tree --exec-path --namespace -b --branch --depth --origin -o --reference --config -u --upload-pack -j --jobs --filter --shallow-since -m",
    "go": "",
    "npm npx pnpm yarn bun": "--registry --prefix -C --cache --userconfig --tag --scope --workspace -w --omit --include --loglevel --cwd --filter",
    "pacman": "-b --dbpath -r --root --config --cachedir --hookdir --gpgdir --arch",
    "pip pip2 pip3": (
        "-r --requirement -c --constraint -e --editable -t --target --platform --python-version --implementation --abi --root --prefix "
        "--src --upgrade-strategy --progress-bar -i --index-url --extra-index-url -f --find-links --only-binary --no-binary --config-settings "
        "--global-option --python --log --proxy --retries --timeout --exists-action --trusted-host --cert --client-cert --cache-dir --report"
    ),
    "rpm": "--root --dbpath --define -D --eval -E --prefix --relocate",
    "sudo": "-u --user -g --group -h --host -p --prompt -C -D -R -r -t -T -U",
    "tar": "-f --file -C --directory -I --use-compress-program --transform --strip-components --exclude -T --files-from -X",
    "useradd adduser usermod": "-u --uid -g --gid -G --groups -d --home --home-dir -s --shell -c --comment -p --password -k --skel -b -e -f -K -R -h --ingroup --gecos",
    "wget": (
        "-O --output-document -o --output-file -a --append-output -P --directory-prefix --header -U --user-agent --user --password --http-user "
        "--http-password -T --timeout -t --tries -w --wait --limit-rate -i --input-file --post-data --post-file --method --body-data "
        "--ca-certificate --certificate --private-key --progress -e --execute --connect-timeout --read-timeout --dns-timeout -Q -l --level -A -R -D"
    ),
    "zypper": "-R --root --reposd-dir -C --cache-dir -r --repo --from -p --plus-repo",
}
_TOOLS: dict[str, Tool] = {}
_UNKNOWN = Tool()


def tool(name: str) -> Tool:
    """What is known of a program; of an unknown one, that its short options cluster and none takes a value."""
    if not _TOOLS:
        for names, valued in _ROWS.items():
            row = Tool(valued)
            _TOOLS.update(dict.fromkeys(names.split(), row))
        _TOOLS["find"] = _TOOLS["java"] = Tool("-name -type -path -exec -maxdepth -mindepth -jar -cp -classpath", long_with_one_dash=True)
    return _TOOLS.get(name, _UNKNOWN)
