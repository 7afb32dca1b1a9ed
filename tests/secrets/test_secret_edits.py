"""What sed and perl write over something else."""

from __future__ import annotations

import pytest
from capdrop.config import Config, rules_in_force
from capdrop.dialects.context import Context
from capdrop.discover import kind_of
from capdrop.engine import analyse
from capdrop.source import Source

PASSWORD = "Kp3-vv81" + "-Qz"
BOOK = rules_in_force(Config("."))


def hidden(line: str) -> list[str]:
    text = f"FROM alpine:3.22\nRUN {line}\n"
    kind = kind_of("Dockerfile", text)
    assert kind is not None
    return [found.source[span] for found in analyse(Source("Dockerfile", text), kind, BOOK, Context()).findings for span in found.hidden]


@pytest.mark.parametrize(
    "line",
    [
        "sed -i 's/password=.*/password={}/' /etc/a.conf",
        'sed -i "s|^requirepass .*|requirepass {}|" /etc/redis.conf',
        "sed -e 's#__DB_PASSWORD__#{}#g' a.tpl > a",
        "sed -i 's/{{DB_PASSWORD}}/{}/;s/a/b/' a",
        "sed -i -e 's/a/b/' -e 's/^\\(db_password *= *\\).*/\\1{}/' a",
        "sed -ri 's/(password: ).*/\\1{}/' a.yml",
        "sed -i '/^password/c\\password={}' a",
        "sed -i '$ a db_password={}' a",
        "sed -i \"s/'DB_PASSWORD', 'password_here'/'DB_PASSWORD', '{}'/\" wp-config.php",
        "perl -pi -e 's/password=.*/password={}/' a",
        "sudo sed -i 's/a/b/; s@^DB_PASSWORD=@DB_PASSWORD={}@' a",
    ],
)
def test_a_secret_that_is_written_over_something(line: str) -> None:
    assert hidden(line.replace("{}", PASSWORD)) == [PASSWORD]


@pytest.mark.parametrize(
    "line",
    [
        "sed -i 's/password/secret/' a",
        "sed -i 's/password=.*/password=<password>/' a",
        'sed -i "s/password=.*/password=$PASSWORD/" a',
        "sed -i 's/^#PasswordAuthentication yes/PasswordAuthentication no/' /etc/ssh/sshd_config",
        "sed -i 's/password_hash: .*/password_hash: true/' a",
        "sed -i 's/user=.*/user=Kp3-vv81/' a",
        "sed -i 's/token/Kp3-vv81-Qz/' a",
        "sed -i '/password/d' a",
        "sed -i 's/nginx 1/nginx 2/' /etc/secrets.d/a=b",
    ],
)
def test_what_is_no_secret_written(line: str) -> None:
    assert hidden(line) == []
