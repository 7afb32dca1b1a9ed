"""What is known of the programs that builds and containers call. Adding a program is adding a row."""

from __future__ import annotations

from capdrop.source import Record

SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh", "mksh"})
SCRIPT_RUNNERS = SHELLS | {"su", "runuser"}
"""Programs that run the script that follows `-c`."""
WRAPPERS = frozenset({
    "sudo", "doas", "env", "exec", "command", "builtin", "time", "nohup", "nice", "ionice", "timeout", "xargs", "gosu", "su-exec", "tini",
    "dumb-init", "busybox", "eatmydata", "setsid", "stdbuf", "fakeroot", "chroot", "unbuffer",
})  # fmt: skip
"""Programs that run the program named by their first operand."""
OPERANDS_FIRST = frozenset({"timeout", "gosu", "su-exec", "chroot"})
"""Those of them that take one operand of their own before it."""
GIVES_VARIABLES = frozenset({"sudo", "doas", "env"})
"""Those of them that set variables for it: `env A=b program`."""
DECLARES_VARIABLES = frozenset({"export", "declare", "typeset", "readonly", "local"})
"""Builtins whose operands are assignments."""


class Tool(Record):
    """How a program reads its words: the options that take a value, and whether long options have one dash (`find`, `java`)."""

    __slots__ = ("long_with_one_dash", "valued")

    def __init__(self, valued: str = "", long_with_one_dash: bool = False) -> None:
        self.valued = frozenset(valued.split())
        self.long_with_one_dash = long_with_one_dash


_ROWS: dict[str, str] = {
    "aria2c": "-d --dir -o --out -s --split -x --max-connection-per-server -i --input-file --header -k --min-split-size -j",
    "apk": "-p --root -X --repository -t --virtual --wait --arch --keys-dir --repositories-file --cache-dir --cache-max-age",
    "apt apt-get aptitude": "-t --target-release --default-release -o --option -c --config-file -a --host-architecture -P --build-profiles",
    "bash sh dash ash zsh ksh mksh": "-o -O +o +O --rcfile --init-file",
    "chmod chown chgrp": "--reference --from",
    "conda mamba micromamba": "-n --name -p --prefix -c --channel --file -f --solver",
    "curl": (
        "-o --output -H --header -d --data --data-raw --data-binary --data-urlencode --data-ascii -u --user -x --proxy -U --proxy-user "
        "-A --user-agent -e --referer -X --request -F --form -T --upload-file -b --cookie -c --cookie-jar -m --max-time "
        "--connect-timeout --retry --retry-delay --retry-max-time -w --write-out -C --continue-at -r --range -y -Y -z --cert -E "
        "--key --cacert --capath --resolve --connect-to --interface --limit-rate --max-redirs --output-dir --proto --proto-redir "
        "-K --config -D --dump-header -Q --quote --url --ciphers --tls-max --pinnedpubkey --unix-socket --json --oauth2-bearer "
        "--noproxy --preproxy --socks5 --socks5-hostname --tls13-ciphers --cert-type --key-type --form-string --stderr -P --ftp-port "
        "--dns-servers --keepalive-time --speed-limit --speed-time --trace --trace-ascii --aws-sigv4 --max-filesize -t --parallel-max"
    ),
    "dnf dnf5 yum microdnf tdnf yum-config-manager": (
        "-c --config -x --exclude -d --debuglevel -e --errorlevel --enablerepo --disablerepo --repo --repoid --setopt --releasever "
        "--installroot --forcearch --add-repo --from-repo"
    ),
    "dpkg": "--root --admindir --instdir --log",
    "env": "-u --unset -C --chdir -S --split-string",
    "git": (
        "-C -c --git-dir --work-tree --exec-path --namespace -b --branch --depth --origin -o --reference --config -u --upload-pack -j "
        "--jobs --filter --shallow-since -m"
    ),
    "go": "",
    "install": "-m --mode -o --owner -g --group -t --target-directory -S --suffix",
    "ionice": "-c --class -n --classdata -p --pid",
    "mkdir": "-m --mode",
    "nice": "-n --adjustment",
    "node nodejs": "-r --require -e --eval -p --print --import --loader -C --conditions",
    "npm npx pnpm yarn bun": (
        "--registry --prefix -C --cache --userconfig --tag --scope --workspace -w --omit --include --loglevel "
        "--cwd --filter"
    ),
    "pacman": "-b --dbpath -r --root --config --cachedir --hookdir --gpgdir --arch",
    "perl": "-e -E -I -M -m -x -C",
    "php": "-r -f -d -c -B -R -E -S -t -z",
    "pip pip2 pip3": (
        "-r --requirement -c --constraint -e --editable -t --target --platform --python-version --implementation --abi --root --prefix "
        "--src --upgrade-strategy --progress-bar -i --index-url --extra-index-url -f --find-links --only-binary "
        "--no-binary --config-settings "
        "--global-option --python --log --proxy --retries --timeout --exists-action --trusted-host --cert "
        "--client-cert --cache-dir --report"
    ),
    "python python2 python3": "-c -m -W -X --check-hash-based-pycs",
    "rpm": "--root --dbpath --define -D --eval -E --prefix --relocate",
    "ruby": "-e -I -r -C -E -W -x",
    "stdbuf": "-i --input -o --output -e --error",
    "su runuser": "-c --command -s --shell -g --group -G --supp-group -w",
    "sudo": "-u --user -g --group -h --host -p --prompt -C -D -R -r -t -T -U",
    "tar": "-f --file -C --directory -I --use-compress-program --transform --strip-components --exclude -T --files-from -X",
    "timeout": "-k --kill-after -s --signal",
    "useradd adduser usermod": (
        "-u --uid -g --gid -G --groups -d --home --home-dir -s --shell -c --comment -p --password -k --skel -b -e -f "
        "-K -R -h --ingroup --gecos"
    ),
    "wget wget2": (
        "-O --output-document -o --output-file -a --append-output -P --directory-prefix --header -U --user-agent "
        "--user --password --http-user "
        "--http-password -T --timeout -t --tries -w --wait --limit-rate -i --input-file --post-data --post-file --method --body-data "
        "--ca-certificate --certificate --private-key --progress -e --execute --connect-timeout --read-timeout --dns-timeout -Q -l --level "
        "-A -R -D --referer --waitretry --load-cookies --save-cookies --secure-protocol"
    ),
    "xargs": "-a --arg-file -d --delimiter -E -I -L --max-lines -n --max-args -P --max-procs -s --max-chars",
    "zypper": "-R --root --reposd-dir -C --cache-dir -r --repo --from -p --plus-repo",
}
_ONE_DASH: dict[str, str] = {
    "find": "-name -iname -type -path -maxdepth -mindepth -perm -user -group -newer -size -mtime",
    "java": "-jar -cp -classpath --class-path",
}
_TOOLS: dict[str, Tool] = {}
_UNKNOWN = Tool()


def tool(name: str) -> Tool:
    """What is known of a program; of an unknown one, that its short options cluster and none takes a value."""
    if not _TOOLS:
        for rows, one_dash in ((_ROWS, False), (_ONE_DASH, True)):
            for names, valued in rows.items():
                _TOOLS.update(dict.fromkeys(names.split(), Tool(valued, one_dash)))
    return _TOOLS.get(name) or _TOOLS.get(_unversioned(name), _UNKNOWN)


def _unversioned(name: str) -> str:
    """`python3.12` as `python3`."""
    return name.partition(".")[0]
