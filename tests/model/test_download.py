"""What becomes of a download: where it goes, who uses it, and whether it was checked before."""

from __future__ import annotations

import pytest
from capdrop.dialects.commands import commands_in_shell
from capdrop.dialects.one_command import Setting
from capdrop.model.address import is_moving
from capdrop.model.checks import same_file
from capdrop.model.download import Download
from capdrop.model.script import Script
from capdrop.source import Fragment, Source

from tests.growth import assert_grows_linearly


def downloads(text: str) -> list[Download]:
    """What a shell text downloads."""
    subjects = commands_in_shell(Fragment.at(text, 0), Setting(Source("Dockerfile", text), "stage 0 RUN", "RUN"))
    (script,) = [subject for subject in subjects if isinstance(subject, Script)]
    return script.downloads


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ("curl -o a https://x.io/b; :", ["a"]),
        ("curl -fsSLoa https://x.io/b; :", ["a"]),
        ("curl -LO 'https://x.io/b/c.tgz?x=1'; :", ["c.tgz"]),
        ("curl https://x.io/b > a; :", ["a"]),
        ("curl https://x.io/b; :", [""]),
        ("curl -o a https://x.io/a -o b https://x.io/b; :", ["a", "b"]),
        ("curl -o - https://x.io/b | cat; :", [""]),
        ("wget https://x.io/b/c; :", ["c"]),
        ("wget -qO- https://x.io/b | cat", [""]),
        ("wget -P /tmp/ https://x.io/b https://x.io/c; :", ["/tmp/b", "/tmp/c"]),
        ("aria2c -o a https://x.io/b; :", ["a"]),
        ("curl http://localhost:8080/a -o a; curl file:///a; :", []),
        ('curl -o a "$URL"; :', ["a"]),
        ("curl --output a --url https://x.io/b; :", ["a"]),
    ],
)
def test_where_a_download_goes(text: str, files: list[str]) -> None:
    assert [download.file for download in downloads(text)] == files


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("curl -o a https://x.io/a && chmod +x a", "executable"),
        ("curl -o a https://x.io/a && chmod a+rx ./a", "executable"),
        ("curl -o a https://x.io/a && chmod 0755 /tmp/../a", "executable"),
        ("curl -o a https://x.io/a && chmod 644 a", ""),
        ("curl -o a https://x.io/a && chmod -x a", ""),
        ("curl -o /a/b https://x.io/a && chmod +x /c/b", ""),
        ("curl -o /opt/a-$V https://x.io/a && chmod +x /opt/a-${V}", "executable"),
        ("curl -o /opt/x.sh https://x.io/a && chmod +x /opt/*.sh", "executable"),
        ("curl -o a https://x.io/a && install a /usr/bin/b", "executable"),
        ("curl -o a https://x.io/a && install -m 644 a /etc/b", ""),
        ("curl -o a https://x.io/a && install -d a", ""),
        ("curl -o a https://x.io/a && mv a /usr/local/bin/b", "executable"),
        ("curl -o a https://x.io/a && cp a /usr/local/bin/", "executable"),
        ("curl -o a.tgz https://x.io/a && mv a.tgz /usr/local/bin/", ""),
        ("curl -o a https://x.io/a && mv a /opt/b && chmod +x /opt/b", "executable"),
        ("curl -o a https://x.io/a && mv a /opt/ && /opt/a", "run"),
        ("curl -o a.gz https://x.io/a.gz && gunzip a.gz && chmod +x a", "executable"),
        ("curl https://x.io/a.gz | zcat > a && ./a", "run"),
        ("curl https://x.io/a | tee a.sh > /dev/null && bash a.sh", "run"),
        ("curl -o a https://x.io/a && sh -eux a --yes", "run"),
        ("curl -o a https://x.io/a && python3.12 a", "run"),
        ("curl -o a https://x.io/a && java -jar a", "run"),
        ("curl -o a https://x.io/a && . ./a", "run"),
        ("curl -o a https://x.io/a && sh b a", ""),
        ("curl -o a https://x.io/a && sh -c 'cat a'", ""),
        ("curl -o a https://x.io/a && sh -c 'chmod +x a && ./a'", "executable"),
        ("curl -O https://x.io/a.deb && apt-get install -y ./a.deb", "installed"),
        ("curl -O https://x.io/a.deb && dpkg -i *.deb", "installed"),
        ("curl -O https://x.io/a.deb && dpkg -I a.deb", ""),
        ("curl -O https://x.io/a.rpm && rpm -ivh a.rpm", "installed"),
        ("curl https://x.io/a | tar xz", "unpacked"),
        ("curl https://x.io/a | gunzip | tar -x -C /opt", "unpacked"),
        ("wget https://x.io/a.zip && unzip -q a.zip", "unpacked"),
        ("wget https://x.io/a.tgz && tar -tf a.tgz", ""),
        ("wget https://x.io/a.tgz && tar czf a.tgz /b", ""),
        ("wget https://x.io/a.tgz && rm a.tgz", ""),
    ],
)
def test_how_a_download_is_used(text: str, how: str) -> None:
    (download,) = downloads(text)
    assert download.how == how
    assert (download.use is not None) == bool(how)
    assert download.check is None


@pytest.mark.parametrize(
    "check",
    [
        "echo '0123  a' | sha256sum -c -",
        "echo '0123 *a' | sha256sum --strict --check",
        'echo "$SUM  a" | shasum -a 256 -c',
        'echo "$SUM $FILE" | sha512sum -c',
        "echo '0123  ./a' > sums; sha256sum -c sums",
        "sha256sum -c <<< '0123  a'",
        "sha256sum --ignore-missing -c SHA256SUMS",
        "grep ' a$' SHASUMS256.txt | sha256sum -c -",
        "test \"$(sha256sum a | cut -d' ' -f1)\" = 0123",
        '[ "$(md5sum < a)" = 0123 ]',
        "sha256sum a | grep -q 0123",
        "gpg --batch --verify a.asc a",
        "gpgv --keyring k a.asc a",
        "cosign verify-blob --key k --signature a.sig a",
        "minisign -Vm a -P key",
        "slsa-verifier verify-artifact a --provenance-path p",
        "openssl dgst -sha256 -verify k.pem -signature a.sig a",
        "rpm -K a",
        "gh attestation verify a --owner acme",
        "php -r \"if (hash_file('sha384', 'a') !== '0123') exit(1);\"",
        "python3 -c \"import hashlib; assert hashlib.sha256(open('a','rb').read()).hexdigest() == '0123'\"",
    ],
)
def test_what_checks_a_download(check: str) -> None:
    (download,) = downloads(f"curl -o a https://x.io/a && {check} && sh a")
    assert download.check is not None


@pytest.mark.parametrize(
    "check",
    [
        "echo '0123  b' | sha256sum -c -",
        "sha256sum a",
        "gpg --import a.asc",
        "echo sha256sum -c a",
        "openssl version",
        "test -f a",
        "python3 -c 'print(1)'",
        "gh auth status",
    ],
)
def test_what_does_not_check_a_download(check: str) -> None:
    (download,) = downloads(f"curl -o a https://x.io/a && {check} && sh a")
    assert download.check is None


def test_a_check_after_the_program_has_run_is_too_late() -> None:
    (download,) = downloads("curl -o a https://x.io/a && sh a && echo '0123  a' | sha256sum -c")
    assert (download.how, download.check) == ("run", None)


def test_a_check_between_chmod_and_the_first_run_is_in_time() -> None:
    (download,) = downloads("curl -o a https://x.io/a && chmod +x a && echo '0123  a' | sha256sum -c && ./a")
    assert download.check is not None


@pytest.mark.parametrize(
    ("url", "moving"),
    [
        ("https://get.example.com", True),
        ("https://example.com/get-tool.sh", True),
        ("https://github.com/a/b/releases/latest/download/tool-linux-amd64", True),
        ("https://github.com/a/b/releases/latest/download/tool-$ARCH", True),
        ("https://raw.githubusercontent.com/a/b/master/install.sh", True),
        ("https://raw.githubusercontent.com/a/b/main/install.sh", True),
        ("https://raw.githubusercontent.com/a/b/v1.2.3/install.sh", False),
        ("https://raw.githubusercontent.com/a/b/0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d/install.sh", False),
        ("https://raw.githubusercontent.com/a/b/$REF/install.sh", False),
        ("https://github.com/a/b/releases/download/v1.2.3/tool-linux-amd64", False),
        ("https://github.com/a/b/releases/download/2024-01-02/tool", False),
        ("https://example.com/pool/main/o/openssl/libssl1.1_1.1.1f-1_amd64.deb", False),
        ("https://example.com/stable/x86_64/docker-29.1.0.tgz", False),
        ("https://example.com/stable/x86_64/docker-$VERSION.tgz", False),
        ("https://example.com/stable/linux/tool", True),
        ("https://example.com/tool-linux-x64", True),
        ("https://example.com/go1.22.linux-amd64.tar.gz", False),
        ("https://example.com/v$(curl -s https://example.com/stable.txt)/tool", True),
        ("https://example.com/Miniconda3-latest-Linux-x86_64.sh", True),
        ("https://example.com/setup_22.x", False),
        ("$URL", False),
    ],
)
def test_whether_an_address_names_a_version(url: str, moving: bool) -> None:
    assert is_moving(url) is moving


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("/tmp/a", "a", True),
        ("./a", "a", True),
        ("/tmp/a", "/opt/a", False),
        ("a-${V}.tgz", "a-$V.tgz", True),
        ("*.deb", "a.deb", True),
        ("a*", "/x/abc", True),
        ("*", "abc", True),
        ("*a*", "abc", False),
        ("", "a", False),
        ("/tmp/", "a", False),
    ],
)
def test_whether_two_paths_may_be_one_file(one: str, other: str, same: bool) -> None:
    assert same_file(one, other) is same


def test_many_downloads_take_time_that_grows_with_their_number() -> None:
    def work(count: int) -> None:
        text = "; ".join(f"curl -o f{index} https://x.io/f{index} && chmod +x f{index}" for index in range(count))
        assert len(downloads(text)) == count

    assert_grows_linearly(work, 50, 400)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("wget https://x.io/a.sh -O ~/a.sh && sh ~/a.sh", ' && echo "SHA256  $HOME/a.sh" | sha256sum -c -'),
        ("aria2c -o a https://x.io/b; ./a", ' && echo "SHA256  a" | sha256sum -c -'),
        ("pwsh -c 'iwr https://x.io/b -OutFile a; ./a'", None),
        ("certutil -urlcache -f https://x.io/b a && ./a", None),
    ],
)
def test_how_a_file_is_compared_is_written_for_its_shell(text: str, written: str | None) -> None:
    for download in downloads(text):
        assert [edit.text for edit in download.compare_first("compare it").edits] == ([written] if written else [])
