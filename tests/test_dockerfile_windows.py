"""Scripts for the shells of Windows: which commands are in them, and what the rules make of those."""

from __future__ import annotations

import pytest
from capdrop.source import Fragment
from capdrop.syntax.windows import Simple, cmd, powershell

from tests.growth import assert_grows_linearly, filled
from tests.test_dockerfile_blind_spots import found

BASE = "FROM mcr.microsoft.com/windows/servercore:ltsc2025\n"
POWERSHELL = 'SHELL ["powershell", "-Command"]\n'


def words(simples: list[Simple]) -> list[list[str]]:
    return [[word.text for word in simple.words] for simple in simples]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("a b; c | d", [["a", "b"], ["c"], ["d"]]),
        ("a 'it''s' \"x`\"y\" `$z", [["a", "it's", 'x"y', "$z"]]),
        ("$x = a b; $y += c", [["a", "b"], ["c"]]),
        ("if ($x) { a b } else { c }", [["if", "(", "else"], ["$x"], ["a", "b"], ["c"]]),
        ("a (b (c d)) e", [["a", "(", "e"], ["b", "("], ["c", "d"]]),
        ("(a b).Run('u', 1)", [["(.Run("], ["a", "b"], ["Run", "u", "1"]]),
        ("[A.B]::Get('u')", [["[A.B]::Get("], ["Get", "u"]]),
        ('a "x $(b c) y"', [["a", "x  y"], ["b", "c"]]),
        ("a # b\nc <# d\ne #> f", [["a"], ["c", "f"]]),
        ("& 'c:\\x y.exe' -a && b || c", [["c:\\x y.exe", "-a"], ["b"], ["c"]]),
        ("a(b c)", [["a", "("], ["b", "c"]]),
        ("a ) } (((", [["a", "("], ["("], ["("]]),
        ("a 'unclosed", [["a", "unclosed"]]),
        ("", []),
    ],
)
def test_powershell(script: str, expected: list[list[str]]) -> None:
    assert words(powershell(Fragment.at(script, 0))) == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("a b && c & d || e", [["a", "b"], ["c"], ["d"], ["e"]]),
        ('a "b & c" d"e f" ^& g', [["a", "b & c", "de f", "&", "g"]]),
        ("@if exist x (del y)", [["if", "exist", "x", "(del", "y)"]]),
        ('a "unclosed & b', [["a", "unclosed & b"]]),
        ("a ^", [["a", "^"]]),
        ("", []),
    ],
)
def test_cmd(script: str, expected: list[list[str]]) -> None:
    assert words(cmd(Fragment.at(script, 0))) == expected


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (POWERSHELL + "RUN iwr https://a.example/x.ps1 | iex", True),
        (POWERSHELL + "RUN iex (iwr -useb https://a.example/x.ps1)", True),
        (POWERSHELL + 'RUN iex "& { $(irm https://a.example/x.ps1) } -Quiet"', True),
        (POWERSHELL + "RUN Invoke-Expression ((New-Object System.Net.WebClient).DownloadString('https://a.example/x'))", True),
        (POWERSHELL + "RUN IEX(New-Object Net.WebClient).DownloadString('https://a.example/x')", True),
        ('SHELL ["pwsh", "-c"]\nRUN irm https://a.example/x | iex', True),
        ('RUN powershell "iwr https://a.example/x | iex"', True),
        ("RUN powershell.exe -NoProfile -Command iex ((New-Object Net.WebClient).DownloadString('https://a.example/x'))", True),
        ('RUN cmd /S /C powershell -Command "iwr https://a.example/x | iex"', True),
        ('RUN ["powershell", "-Command", "iwr https://a.example/x | iex"]', True),
        ('ENTRYPOINT ["powershell.exe", "iwr https://a.example/x | iex"]', True),
        ('SHELL ["/bin/sh", "-c"]\nRUN pwsh -Command "iwr https://a.example/x | iex"', True),
        (POWERSHELL + "RUN iwr https://a.example/x -OutFile x.ps1", False),
        (POWERSHELL + "RUN 'iwr https://a.example/x' | iex", False),
        (POWERSHELL + "RUN iwr https://a.example/x | Out-File iex", False),
        (POWERSHELL + "RUN iex $script", False),
        ('RUN powershell -File "iwr https://a.example/x | iex"', False),
        ("RUN echo iwr https://a.example/x", False),
    ],
)
def test_what_is_downloaded_and_run(step: str, expected: bool) -> None:
    assert bool(found(f"{BASE}{step}\n", "download-piped-to-shell")) is expected


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (POWERSHELL + "RUN iwr https://a.example/latest/x.ps1 -OutFile x.ps1; .\\x.ps1", True),
        (POWERSHELL + "RUN iwr https://a.example/latest/x.exe -OutFile C:\\x.exe; Start-Process C:\\x.exe -Wait", True),
        (POWERSHELL + "RUN Start-BitsTransfer https://a.example/latest/x.exe x.exe; ./x.exe", True),
        (POWERSHELL + "RUN (New-Object Net.WebClient).DownloadFile('https://a.example/latest/x.exe', 'x.exe'); & .\\x.exe", True),
        ("RUN certutil -urlcache -f https://a.example/latest/x.exe x.exe && x.exe", True),
        ("RUN curl -o x.exe https://a.example/latest/x.exe && x.exe /S", True),
        (POWERSHELL + "RUN iwr https://a.example/1.2.3/x.exe -OutFile x.exe; ./x.exe", False),
        (POWERSHELL + "RUN iwr https://a.example/latest/x.exe -OutFile x.exe; Get-FileHash x.exe; ./x.exe", False),
        (POWERSHELL + "RUN iwr https://a.example/latest/x.exe -OutFile x.exe; ./y.exe", False),
        ("RUN certutil -hashfile x.exe SHA256 && x.exe", False),
        (POWERSHELL + "RUN Set-ExecutionPolicy Bypass -Scope Process -Force; ./x.ps1", False),
    ],
)
def test_what_is_fetched_as_a_file_and_run(step: str, expected: bool) -> None:
    assert bool(found(f"# escape=`\n{BASE}{step}\n", "unpinned-download-executed")) is expected


@pytest.mark.parametrize(
    ("step", "rule"),
    [
        ("RUN [Net.ServicePointManager]::ServerCertificateValidationCallback = {$true}", "certificate-check-disabled"),
        ("RUN [System.Net.ServicePointManager]::ServerCertificateValidationCallback={ $true }", "certificate-check-disabled"),
        ("RUN [Net.ServicePointManager]::ServerCertificateValidationCallback = $null", ""),
        ("RUN irm https://a.example -SkipCertificateCheck -OutFile a", "certificate-check-disabled"),
        ("RUN net user a Kp3-vv81 /add", "account-password-set"),
        ("RUN net user /add a", ""),
        ("RUN New-LocalUser a -NoPassword", "account-password-set"),
    ],
)
def test_checks_and_accounts(step: str, rule: str) -> None:
    rules = ("certificate-check-disabled", "account-password-set")
    assert [name for name, _ in found(f"{BASE}{POWERSHELL}{step}\n", *rules)] == ([rule] if rule else [])


def test_programs_are_known_without_their_ending() -> None:
    assert found(
        f"{BASE}RUN curl.exe -k -o a.zip https://a.example/x && C:\\tools\\wget.exe --no-check-certificate https://b.example\n"
    ) == [
        ("certificate-check-disabled", 2),
        ("certificate-check-disabled", 2),
    ]


def test_what_is_no_shell_of_unix_is_not_read_as_one() -> None:
    step = "RUN Get-Content x | sh -; $k = 'curl -k https://a.example'; curl -SkipHttpErrorCheck https://a.example -OutFile k"
    assert found(f"{BASE}{POWERSHELL}{step}\n") == []


@pytest.mark.parametrize(
    "piece", ["(", "a(", "a.b(", "{", '"$(', "'", '"', "`", "iex (iwr https://a.example); ", "a | ", "x()", "& ", "^", "<#"]
)
def test_time_grows_with_the_script(piece: str) -> None:
    def read(size: int) -> None:
        text = filled(piece, size)
        powershell(Fragment.at(text, 0))
        cmd(Fragment.at(text, 0))

    assert_grows_linearly(read, 4_000, 40_000)
    assert_grows_linearly(lambda size: found(f"{BASE}{POWERSHELL}RUN {filled(piece, size)}\n"), 2_000, 20_000)


@pytest.mark.parametrize(
    ("shell", "expected"),
    [('["powershell", "-Command"]', []), ('["cmd", "/S", "/C"]', []), ('["pwsh", "-c"]', [("missing-user", 1)])],
)
def test_a_shell_of_windows_tells_the_platform_of_a_base_that_has_several(shell: str, expected: list[tuple[str, int]]) -> None:
    assert found(f'FROM python:3.14\nSHELL {shell}\nCOPY . /app\nCMD ["python", "app/main.py"]\n', "missing-user") == expected
