"""What is known of the programs that builds and containers call. Adding a program is adding a row."""

from __future__ import annotations

from capdrop.source import Record

SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh", "mksh"})
SCRIPT_RUNNERS = SHELLS | {"su", "runuser"}
"""Programs that run the script that follows `-c`."""
WINDOWS_SHELLS = frozenset({"powershell", "powershell.exe", "pwsh", "pwsh.exe", "cmd", "cmd.exe"})
"""Those of Windows, whose scripts are no shell's of Unix."""
MAKES_ACCOUNTS = frozenset({"adduser", "addgroup", "useradd", "groupadd"})
"""Programs that `account` reads."""
WRITES_TEXT = frozenset({"echo", "printf", "cat", "tee", "crontab"})
"""Programs that print a text that they are given, or pass it on, or keep it."""
WRAPPERS = frozenset({
    "sudo", "doas", "env", "exec", "command", "builtin", "time", "nohup", "nice", "ionice", "timeout", "xargs", "gosu", "su-exec", "tini",
    "dumb-init", "busybox", "eatmydata", "setsid", "stdbuf", "fakeroot", "chroot", "unbuffer",
})  # fmt: skip
"""Programs that run the program named by their first operand."""
RUNS_PROGRAMS = {
    "uv": "run", "poetry": "run", "pipenv": "run", "pdm": "run", "conda": "run", "mamba": "run", "micromamba": "run",
    "bundle": "exec", "bundler": "exec",
}  # fmt: skip
"""Programs that run another one behind a word of their own (`uv run program`)."""
OPERANDS_FIRST = frozenset({"timeout", "gosu", "su-exec", "chroot"})
"""Those of them that take one operand of their own before it."""
GIVES_VARIABLES = frozenset({"sudo", "doas", "env"})
"""Those of them that set variables for it: `env A=b program`."""
DECLARES_VARIABLES = frozenset({"export", "declare", "typeset", "readonly", "local"})
"""Builtins whose operands are assignments."""


class Tool(Record):
    """How a program reads its words: the options that take a value, whether long options have one dash (`find`, `java`), and the
    words that a second word of the subcommand follows (`uv pip install`)."""

    __slots__ = ("long_with_one_dash", "nested", "valued")

    def __init__(self, valued: str = "", long_with_one_dash: bool = False, nested: str = "") -> None:
        self.valued = frozenset(valued.split())
        self.long_with_one_dash = long_with_one_dash
        self.nested = frozenset(nested.split())


_ROWS: dict[str, str] = {
    "aria2c": "-d --dir -o --out -s --split -x --max-connection-per-server -i --input-file --header -k --min-split-size -j",
    "apk": "-p --root -X --repository -t --virtual --wait --arch --keys-dir --repositories-file --cache-dir --cache-max-age",
    "apt apt-get aptitude": "-t --target-release --default-release -o --option -c --config-file -a --host-architecture -P --build-profiles",
    "add-apt-repository apt-add-repository": "-p --pocket -c --component -s --enable-source -k --keyserver",
    "bash sh dash ash zsh ksh mksh": "-o -O +o +O --rcfile --init-file",
    "bundle bundler": (
        "-v --version -g --group -s --source --git --branch --ref --tag --path -r --require --jobs -j --retry --gemfile --without"
    ),
    "cargo": (
        "--version --vers --git --branch --tag --rev --path --root --registry --index --features -F --target --target-dir --profile -j "
        "--jobs --color --config -C -Z --manifest-path -p --package --bin --example"
    ),
    "chmod chown chgrp": "--reference --from",
    "composer": "-d --working-dir --prefer-install --ignore-platform-req --repository --repository-url --stability -s",
    "conda mamba micromamba": (
        "-n --name -p --prefix -c --channel --file -f --solver --platform --repodata-fn --revision --rc-file -r --root-prefix"
    ),
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
    "dotnet": (
        "--version -v --add-source --tool-path --configfile --framework -f --verbosity -c --configuration -o --output -r "
        "--runtime -a --arch "
        "-s --source -n"
    ),
    "dpkg": "--root --admindir --instdir --log",
    "env": "-u --unset -C --chdir -S --split-string",
    "git": (
        "-C -c --git-dir --work-tree --exec-path --namespace -b --branch --depth --origin -o --reference --config -u --upload-pack -j "
        "--jobs --filter --shallow-since -m"
    ),
    "fetch": "-o --output -T -w -i -B -N -S",
    "gem": (
        "-v --version -i --install-dir -n --bindir -s --source -p --http-proxy -P --trust-policy --platform -g --file --without "
        "--build-root "
        "-a --add -r --remove"
    ),
    "groupadd addgroup groupmod": "-g --gid -K --key -p --password -R --root -P --prefix",
    "hf huggingface-cli": (
        "--repo-type --revision --include --exclude --cache-dir --local-dir --local-dir-use-symlinks --token --max-workers --commit-message"
    ),
    "gpg gpg2": (
        "-o --output --keyserver --homedir --keyring --primary-keyring --secret-keyring --trustdb-name --options --default-key -u "
        "--local-user -r --recipient --passphrase --passphrase-file --passphrase-fd --pinentry-mode --import-options --export-options "
        "--keyserver-options "
        "--verify-options --list-options --trust-model --status-fd --logger-fd --cipher-algo --digest-algo"
    ),
    "apt-key": "--keyring --keyserver --keyserver-options",
    "install": "-m --mode -o --owner -g --group -t --target-directory -S --suffix",
    "ionice": "-c --class -n --classdata -p --pid",
    "jupyter jupyter-lab jupyter-notebook jupyter-server jupyterhub-singleuser start-notebook.sh start-notebook.py start-singleuser.sh": (
        "--ip --port --notebook-dir --config --NotebookApp.token --ServerApp.token --IdentityProvider.token --LabApp.token "
        "--NotebookApp.password --ServerApp.password --PasswordIdentityProvider.hashed_password --NotebookApp.ip --ServerApp.ip"
    ),
    "code-server": "--auth --bind-addr --password --hashed-password --user-data-dir --extensions-dir --cert --config --host --port",
    "llama-server": "--host --port --api-key --api-key-file -m --model -c --ctx-size -ngl --n-gpu-layers -hf --hf-repo -t --threads",
    "mkdir": "-m --mode",
    "mlflow": "-h --host -p --port -w --workers --app-name --backend-store-uri --default-artifact-root --artifacts-destination",
    "nice": "-n --adjustment",
    "node nodejs": "-r --require -e --eval -p --print --import --loader -C --conditions",
    "bun bunx": "--cwd --filter -F --config -c --cache-dir --registry --backend --package --omit -r --preload --env-file",
    "npm npx": (
        "--registry --prefix -C --cache --userconfig --globalconfig --tag --scope --workspace -w --omit --include --only --loglevel "
        "--cwd --filter -p --package -c --call --fetch-retries --fetch-timeout --fetch-retry-mintimeout --fetch-retry-maxtimeout "
        "--network-timeout --maxsockets --before --install-strategy --proxy --https-proxy --cpu --os --libc --script-shell "
        "--max-old-space-size"
    ),
    "pnpm pnpx": (
        "--registry --prefix -C --dir --filter -F --loglevel --reporter --store-dir --virtual-store-dir --package --tag --scope "
        "--network-concurrency --child-concurrency --global-dir --workspace-concurrency --omit"
    ),
    "yarn": (
        "--registry --prefix --cwd --cache-folder --modules-folder --network-timeout --network-concurrency --mutex --global-folder --tag "
        "--preferred-cache-folder --use-yarnrc -p --package --proxy --https-proxy"
    ),
    "pacman": "-b --dbpath -r --root --config --cachedir --hookdir --gpgdir --arch",
    "perl": "-e -E -I -M -m -x -C",
    "php": "-r -f -d -c -B -R -E -S -t -z",
    "pip pip2 pip3": (
        "-r --requirement -c --constraint -e --editable -t --target --platform --python-version --implementation --abi --root --prefix "
        "--src --upgrade-strategy --progress-bar -i --index-url --extra-index-url -f --find-links --only-binary "
        "--no-binary --config-settings "
        "--global-option --python --log --proxy --retries --timeout --exists-action --trusted-host --cert "
        "--client-cert --cache-dir --report -d --dest -w --wheel-dir --keyring-provider --use-feature --use-deprecated --group "
        "--build-option --root-user-action"
    ),
    "pipx": "--spec --python --index-url -i --pip-args --suffix --preinstall --fetch-missing-python --backend",
    "poetry": "-G --group -E --extras --python --platform --source -C --directory -P --project --optional-group --with --without --only",
    "pdm": "-G --group -p --project --lockfile -s --sub-project",
    "pipenv": "-i --index --python --categories --extra-pip-args --pypi-mirror -e --editable -r --requirements",
    "python python2 python3": "-c -m -W -X --check-hash-based-pycs",
    "ray": "--dashboard-host --dashboard-port --port --address --node-ip-address --num-cpus --num-gpus --resources --redis-password",
    "rpm": "--root --dbpath --define -D --eval -E --prefix --relocate",
    "ruby": "-e -I -r -C -E -W -x",
    "stdbuf": "-i --input -o --output -e --error",
    "su runuser": "-c --command -s --shell -g --group -G --supp-group -w",
    "sudo": "-u --user -g --group -h --host -p --prompt -C -D -R -r -t -T -U",
    "tar": "-f --file -C --directory -I --use-compress-program --transform --strip-components --exclude -T --files-from -X",
    "timeout": "-k --kill-after -s --signal",
    "uv uvx": (
        "-r --requirement --requirements -c --constraint --constraints --overrides --override -e --editable -p --python --index "
        "--default-index "
        "-i --index-url --extra-index-url -f --find-links --index-strategy --keyring-provider -P --upgrade-package "
        "--upgrade-group --resolution "
        "--prerelease --exclude-newer --link-mode --config-setting -C --no-build-isolation-package --reinstall-package --refresh-package "
        "--extra --group --no-group --only-group --target -t --prefix --python-version --python-platform --torch-backend "
        "--project --directory "
        "--cache-dir --config-file --allow-insecure-host --trusted-host --color --no-binary --only-binary --no-build-package "
        "--no-binary-package "
        "--from --with --with-editable --with-requirements --rev --tag --branch --optional --package --env-file "
        "--no-install-package --script -b "
        "-w --color"
    ),
    "vllm": "--model --revision --code-revision --tokenizer-revision --host --port --api-key --download-dir --dtype --load-format",
    "text-generation-launcher text-embeddings-router": (
        "--model-id --revision --port -p --hostname --api-key --tokenizer-name --dtype --quantize"
    ),
    "sglang llama_cpp infinity_emb lmdeploy": (
        "--model-path --model --model-id --host --port --server-name --server-port --api-key --api_key --api-keys"
    ),
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
    "zypper": "-R --root --reposd-dir -C --cache-dir -r --repo --from -p --plus-repo -t --type --gpg-check --releasever --solver",
}
_ONE_DASH: dict[str, str] = {
    "find": "-name -iname -type -path -maxdepth -mindepth -perm -user -group -newer -size -mtime",
    "go": (
        "-C -o -p -mod -modfile -tags -ldflags -gcflags -asmflags -buildmode -pkgdir -overlay -installsuffix -compiler -run -exec -toolexec"
    ),
    "java": "-jar -cp -classpath --class-path",
    "invoke-webrequest invoke-restmethod": (  # Get-Help Invoke-WebRequest; PowerShell's options are read in small letters
        "-uri -outfile -headers -method -body -contenttype -useragent -infile -timeoutsec -proxy -proxycredential -credential "
        "-maximumredirection -maximumretrycount -sessionvariable -websession -certificate -certificatethumbprint -transferencoding"
    ),
    "start-bitstransfer": "-source -destination -displayname -description -priority -credential -proxyusage -transfertype",
    "start-process": (
        "-filepath -argumentlist -verb -workingdirectory -windowstyle -credential -redirectstandardoutput -redirectstandarderror"
    ),
    "expand-archive": "-path -literalpath -destinationpath",
    "new-localuser set-localuser": "-name -password -description -fullname -accountexpires",
    "convertto-securestring": "-string -key -securekey",
    "certutil": "",
}
_NESTED: dict[str, str] = {
    "bun bunx": "pm",
    "bundle bundler": "config",
    "composer": "global",
    "conda mamba micromamba": "config env",
    "dnf dnf5 yum microdnf tdnf yum-config-manager": "module copr config-manager",
    "dotnet": "tool nuget",
    "git": "lfs",
    "go": "mod env tool",
    "npm npx": "config cache",
    "pip pip2 pip3": "config cache",
    "pnpm pnpx": "config",
    "poetry": "self source",
    "uv uvx": "pip tool python cache",
    "yarn": "global config npm",
}
"""Subcommands that have subcommands of their own, by the rows above."""
_TOOLS: dict[str, Tool] = {}
_INDEX: dict[str, str] = {}
_UNKNOWN = Tool()


def tool(name: str) -> Tool:
    """What is known of a program; of an unknown one, that its short options cluster and none takes a value."""
    found = _TOOLS.get(name)
    if found is None:
        if not _INDEX:
            _INDEX.update((program, names) for table in (_ROWS, _ONE_DASH, _NESTED) for names in table for program in names.split())
        row = _INDEX.get(name) or _INDEX.get(name.partition(".")[0])  # `python3.12` as `python3`
        if row is None:
            return _UNKNOWN
        found = _TOOLS[name] = Tool(_ROWS.get(row) or _ONE_DASH.get(row, ""), row in _ONE_DASH, _NESTED.get(row, ""))
    return found
