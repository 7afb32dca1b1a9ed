"""A secret that is written over two lines, or in quoted pieces: it is found as a whole, and the range is that of the secret itself."""

from __future__ import annotations

import pytest
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.engine import analyse
from capdrop.rulebook import load
from capdrop.source import Source

BOOK = load()
FIRST, SECOND = "Kp3-vv" + "81-Q", "z9xK2aa" + "7"  # invented
TOKEN = ("glpat" + "-Xf3kQ9mZ2", "vLr8TnB4wYp")
URL = "https://bot:SECRET@git.acme.io/app.git"
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: acme/a:1\n"
SERVICE = "services:\n  a:\n    image: acme/a:1\n"
OBJECT = "apiVersion: v1\nkind: {}\nmetadata: {{name: a}}\n"

PLACES = {
    "a RUN": ("Dockerfile", f"FROM a:1\nRUN git clone {URL}\n", "\\\n"),
    "a RUN with blanks": ("Dockerfile", f"FROM a:1\nRUN true && \\\n    git clone {URL} && \\\n    true\n", "\\\n"),
    "a RUN with line ends of Windows": ("Dockerfile", f"FROM a:1\r\nRUN git clone {URL}\r\n", "\\\r\n"),
    "a word in quotes": ("Dockerfile", f'FROM a:1\nRUN git clone "{URL}"\n', "\\\n"),
    "a word in pieces": ("Dockerfile", f"FROM a:1\nRUN git clone '{URL}'\n", "''"),
    "a word in other pieces": ("Dockerfile", f"FROM a:1\nRUN git clone {URL}\n", '""'),
    "a build's variable": ("Dockerfile", f"FROM a:1\nENV REPOSITORY={URL}\n", "\\\n"),
    "a label": ("Dockerfile", f"FROM a:1\nLABEL from={URL}\n", "\\\n"),
    "a script": ("run.sh", f"docker run a:1 fetch {URL}\n", "\\\n"),
    "a script's variable": ("run.sh", f"docker run -e REPOSITORY={URL} a:1\n", "\\\n"),
    "a service's variable": ("compose.yaml", f'{SERVICE}    environment:\n      REPOSITORY: "{URL}"\n', "\\\n        "),
    "a service's command": ("compose.yaml", f'{SERVICE}    command: "fetch {URL}"\n', "\\\n        "),
    "a service's script": (
        "compose.yaml",
        f"{SERVICE}    command:\n      - sh\n      - -c\n      - |\n        fetch {URL}\n",
        "\\\n        ",
    ),
    "a pod's variable": ("pod.yaml", f'{POD}    env:\n    - name: REPOSITORY\n      value: "{URL}"\n', "\\\n      "),
    "a pod's argument": ("pod.yaml", f'{POD}    args:\n    - "--from={URL}"\n', "\\\n      "),
    "a pod's script": ("pod.yaml", f"{POD}    command: [sh, -c]\n    args:\n    - |\n      fetch {URL}\n", "\\\n      "),
    "a ConfigMap": ("map.yaml", f'{OBJECT.format("ConfigMap")}data:\n  repository: "{URL}"\n', "\\\n    "),
    "a Secret": ("secret.yaml", f'{OBJECT.format("Secret")}stringData:\n  repository: "{URL}"\n', "\\\n    "),
    "a chart's value": ("values.yaml", f'image: {{repository: a}}\nrepository: "{URL}"\n', "\\\n    "),
}


def hidden(path: str, text: str) -> set[str]:
    kind = kind_of(path, text)
    assert kind is not None
    source = Source(path, text)
    BOOK.select(BOOK.of_profile("default"))
    analysis = analyse(source, kind, BOOK, Context())
    assert analysis.broken == []
    return {source[span] for finding in analysis.findings if finding.source is source for span in finding.hidden}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("shape", ["url", "token"])
def test_it_is_found_as_a_whole(place: str, shape: str) -> None:
    path, text, between = PLACES[place]
    first, second = (FIRST, SECOND) if shape == "url" else TOKEN
    text = text.replace(URL, "SECRET") if shape == "token" else text
    assert hidden(path, text.replace("SECRET", f"{first}{between}{second}")) == {f"{first}{between}{second}"}


@pytest.mark.parametrize("place", PLACES)
def test_without_a_secret_there_is_none(place: str) -> None:
    path, text, between = PLACES[place]
    assert hidden(path, text.replace("SECRET", f"${{PASS{between}WORD}}")) == set()
    assert hidden(path, text.replace("SECRET", f"<your{between}password>")) == set()


def test_a_break_within_the_name_hides_the_password_alone() -> None:
    assert hidden("Dockerfile", f"FROM a:1\nRUN git clone https://b\\\not:{FIRST}@git.acme.io/a.git\n") == {FIRST}
