"""Logins as programs store and send them: what is one, where its secret stands, and what only looks like one."""

from __future__ import annotations

import base64
from itertools import pairwise

import pytest
from capdrop.secret_search import find_encoded, find_in_json, find_logins
from capdrop.secrets import logins as logins_module
from capdrop.secrets.judge import judge
from capdrop.secrets.marks import LOGIN_MARKS

from tests.growth import assert_grows_linearly, filled

WORD = "Kp3-vv81" + "-Qz"
TOKEN = "Zk8mQw2vT9x" + "RmK4Lp7"
BOTH = base64.b64encode(f"bot:{WORD}".encode()).decode()
APR = "$apr1$x9fGh2Kp$" + "Q1wE8rTyUiOpAsDfGhJk0."
GUID = "0a1b2c3d-1a2b-3c4d-5e6f" + "-0a1b2c3d4e5f"

LOGINS = [
    ("netrc", "machine git.acme.io login bot password {}", WORD),
    ("netrc", "machine git.acme.io\n  login bot\n  password {}\n", WORD),
    ("netrc", "machine git.acme.io login bot account x password {}", WORD),
    ("netrc", "machine imap.acme.io login example@acme.io password {}", WORD),
    ("npm", "//registry.npmjs.org/:_authToken={}", GUID),
    ("npm", "//npm.acme.io/:_authToken = '{}'", TOKEN),
    ("npm", "//npm.acme.io/:_auth={}", BOTH),
    ("npm", "//npm.acme.io/:_password={}", base64.b64encode(WORD.encode()).decode()),
    ("pgpass", "db.acme.io:5432:app:bot:{}", WORD),
    ("pgpass", "*:*:app:bot:{}", WORD),
    ("netrc", "default login bot password {}", WORD),
    ("source name", "url=jdbc:oracle:thin:scott/{}@//db:1521/orcl", WORD),
    ("source name", "DSN=app:{}@tcp(db:3306)/app", WORD),
    ("source name", "sqlplus -S app/{}@db.acme.io/app", WORD),
    ("docker", '{{"auths": {{"r.io": {{"auth": "{}"}}}}}}', BOTH),
    ("docker", '{{"https://index.docker.io/v1/": {{"auth": "{}", "email": "a@b.io"}}}}', BOTH),
    ("docker", '"{{\\"auths\\": {{\\"r.io\\": {{\\"auth\\": \\"{}\\"}}}}}}"', BOTH),
    ("basic", "Authorization: Basic {}", BOTH),
    ("basic", "name: Authorization\nvalue: Basic {}\n", BOTH),
    ("basic", "OTEL_EXPORTER_OTLP_HEADERS=Authorization=Basic%20{}", BOTH),
    ("header", "Authorization: Bearer {}", TOKEN),
    ("header", "- name: Authorization\n  value: Bearer {}\n", TOKEN),
    ("header", '{{"name": "Authorization", "value": "ApiKey {}"}}', TOKEN),
    ("header", "-H 'X-JFrog-Art-Api: {}'", TOKEN),
    ("header", '-H "X-Api-Key: {}"', TOKEN),
    ("header", "'PRIVATE-TOKEN': '{}'", TOKEN),
    ("header", '{{"Authorization": "Bearer {}"}}', TOKEN),
    ("hash", "admin:{}", APR),
    ("hash", "users=admin:{}", APR.replace("$", "$$")),
    ("hash", "printf 'admin:{}\\n'", APR),
    ("hash", 'ENV USERS="admin:{}"', APR.replace("$", "\\$")),
    ("hash", "ldap: '{}'", "{SSHA}" + "5pJ8w1zLkQe0Xv7RtYb2NmAc4DfGh6Ui"),
    ("xml", "<server><password>{}</password></server>", WORD),
    ("xml", "<apiKey>{}</apiKey>", TOKEN),
    ("attribute", '<add key="ClearTextPassword" value="{}" />', WORD),
    ("attribute", '<connection host="db" user="bot" password="{}"/>', WORD),
    ("sql", "CREATE USER app IDENTIFIED BY '{}';", WORD),
    ("sql", "ALTER ROLE app WITH PASSWORD '{}'", WORD),
    ("php", "define('DB_PASSWORD', '{}');", WORD),
    ("php", "'password' => '{}',", WORD),
    ("php", "$dbpasswd = '{}';", WORD),
    ("php", "$conf['db']['password'] = '{}';", WORD),
    ("php", 'output {{ elasticsearch {{ user => "app" password => "{}" }} }}', WORD),
    ("query", "https://api.acme.io/v1?user=1&access_token={}&page=2", TOKEN),
    ("query", "https://api.acme.io/v1?api_key={}", TOKEN),
    ("directive", "port 6379\nrequirepass {}\n", WORD),
    ("directive", 'user bot\npassword "{}"\n', WORD),
    ("commented", "# DB_PASSWORD={}", WORD),
    ("commented", "  # - API_TOKEN: {}", TOKEN),
    ("commented", "# - CONN: Server=db;User Id=sa;Password={};", WORD),
    ("commented", "a: b\n  # host=db user=a password={} dbname=x\n", WORD),
    ("kubeconfig", "kind: Config\nusers:\n- name: a\n  user:\n    token: {}\n", TOKEN),
    ("engine", "docker login -u bot -p {} reg.acme.io", WORD),
    ("engine", "helm registry login --password={} reg.acme.io", WORD),
]


@pytest.mark.parametrize(("shape", "frame", "secret"), LOGINS)
def test_a_login(shape: str, frame: str, secret: str) -> None:
    text = "x = 1\n" + frame.format(secret) + "\ny = 2\n"
    (login,) = find_logins(text)
    assert text[login.start : login.end] == secret
    assert secret not in login.what
    assert login.hashed == (shape == "hash")


def test_every_shape_is_tried() -> None:
    assert {shape for shape, *_ in LOGINS} == {mark[0] for mark in LOGIN_MARKS} | {"commented"} == set(logins_module._SHAPES)


REFERENCES = ["${PASSWORD}", "$PASSWORD", r"\$$PASSWORD", "{{ password }}", "<password>", "xxxxxxxx", "your-password-here"]
FRAMES = [(shape, frame) for shape, frame, _ in LOGINS if shape != "hash" and not frame.endswith(("_auth={}", "_password={}"))]


@pytest.mark.parametrize("value", REFERENCES)
@pytest.mark.parametrize(("shape", "frame"), FRAMES)
def test_a_reference_or_a_placeholder_is_none(shape: str, frame: str, value: str) -> None:
    encoded = base64.b64encode(f"bot:{value}".encode()).decode()
    assert list(find_logins(frame.format(encoded if shape in ("docker", "basic") else value))) == []


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: rbac.authorization.k8s.io/v1beta1",
        "# the password is taken from the secret",
        "# POSTGRES_PASSWORD=changeme",
        "# see https://docs.acme.io/key=value",
        "# host=db user=a password=changeme",
        '# password: "p@55w0rd"',
        "# AUTH_DOMAINS_ENFORCED=domain1.com,domain2.com",
        "# customerKey: Y3VzdG9tZXIta2V5",
        f"# Example token (do not use this):\n# TUNNEL_TOKEN={TOKEN}",
        "# auth: " + base64.b64encode(b'{"username": "alex", "password": "secret"}\n').decode(),
        f'# apiKey: "{GUID}"',
        "# password: exampl4325413sdf",
        "hash: '$2y$10$" + "1234567890" * 5 + "123'",
        "hash: '$6$randomsalt$hashedpassword'",
        "apiVersion: kapp.k14s.io/v1alpha1\nkind: Config\nfetch:\n  token: " + TOKEN + "\n",
        "kind: Config\nspec:\n  token: " + TOKEN + "\n---\nkind: List\nusers: []\n",
        "# curl -H 'Authorization: Bearer DMS_YWNjZXNzX3Rva2Vu' https://acme.io",
        "# the option is -Dpassword=Kp3-vv81-Qz in all cases",
        "password: this is no directive",
        "password incorrect\npasswd root\n",
        "127.0.0.1:5432:5432",
        "basic authentication",
        "the default password applies",
        "postgres:5432@tcp",
        "Authorization: Bearer $TOKEN",
        "proxy_set_header Authorization $http_authorization;",
        "machine learning with a password protected notebook",
        "<password>${env.PASSWORD}</password>",
        "<password/>",
        "<!-- Example: <password>qwerty-2</password>. -->",
        "<a>\n<!-- or\n<password>qwerty-2</password>",
        "define('WP_DEBUG', 'false');",
        "sed -i \"s/define('SQLPASSWORD', '.*')/define('SQLPASSWORD', '\\$MYSQL_PASSWORD')/\" a.conf",
        "https://acme.io/?key=value&token=none",
        "docker login -u $USER -p $PASSWORD reg.acme.io",
        "docker login --password-stdin reg.acme.io",
        "sha256: {SHA256}",
        "$2a",
        "data:\n  api-key: TUlTU0lORw==\nkind: Secret",
        f"api-key: {base64.b64encode(b'MISSING').decode()}",
        "# - WIREGUARD_PRIVATE_KEY=wOEI9rqqbDwnN8/Bpp22s" + "Vz48T71vJ4fYmFWujulwUU=",
        "kind: Config\nspec:\n  token: \n",
        "apiVersion: kapp.k14s.io/v1alpha1\nkind: Config\nrules:\n  users: [a]\n  token: abcdef0123456789abcd\n",
        "apiVersion: v1\nkind: Config\nrules:\n  token: abcdef0123456789abcd\n",
        "kind: Config\nusers: []\n---\napiVersion: v1\nkind: Secret\nstringData:\n  token: abcdef0123456789abcd\n",
        "password combination.\n\nR5: reviewed",
        "echo 'password = '.$p['config']['daemon_password'];",
    ],
)
def test_what_only_looks_like_one(text: str) -> None:
    assert list(find_logins(text)) == []


def test_logins_come_in_order_and_once() -> None:
    text = "\n".join(frame.format(secret) for _, frame, secret in LOGINS)
    found = [(login.start, login.end) for login in find_logins(text)]
    assert found == sorted(found)
    assert all(one[1] <= other[0] for one, other in pairwise(found))


HOSTILE = (
    'machine a login b password ', 'machine ', ':_auth=', ':5432:', ':*:a:', '"auth": "', 'Basic A', 'uthorization: ',
    'Authorization: Bearer ', ':$apr1$', '{SSHA}', '<password>', '<a ', '<a b="', '</', 'key="a" value="', 'IDENTIFIED BY ', "define('",
    'default login a password ', 'jdbc:oracle:thin:', 'a:b@tcp', 'a-', "'a' => ", "$a = '", '?key=', '://?&key=a',
    'requirepass ', '\npassword ', '#', '# a=', '# key=\n', 'kind: Config\n token: ', 'kind: Config\nusers:\n token: ab\n---\n',
    'docker login -p ', 'login -p ', ' ', 'a_key=a_key=',
)  # fmt: skip


@pytest.mark.parametrize("pump", HOSTILE)
def test_hostile_text_takes_linear_time(pump: str) -> None:
    assert_grows_linearly(lambda size: list(find_logins(filled(pump, size))), 5_000, 40_000)
    head = "machine default login @tcp( jdbc:oracle: login password key= token= # ' </ define => value=\" kind: config\n://"
    assert_grows_linearly(lambda size: list(find_logins(head + filled(pump, size))), 5_000, 40_000)
    assert_grows_linearly(lambda size: find_encoded("base64 " + filled(pump, size)), 5_000, 40_000)
    assert_grows_linearly(lambda size: find_in_json('{"key": ' + filled(pump, size)), 5_000, 40_000)


def test_base64_is_looked_into_once() -> None:
    once = base64.b64encode(f"postgres://app:{WORD}@db/app".encode()).decode()
    twice = base64.b64encode(once.encode()).decode()
    verdict = judge(once, "X")
    assert verdict is not None
    assert (verdict.kind, verdict.why) == ("url-password", "a URL with a password, in base64")
    assert WORD.encode() in base64.b64decode(once[verdict.start : verdict.end])
    assert len(once[verdict.start : verdict.end]) <= 4 * (len(WORD) // 3 + 2)
    assert judge(twice, "X") is None


@pytest.mark.parametrize(
    "text",
    [
        "# api_key: schlüssel-für-alle",
        "//npm.acme.io/:_auth=schlüssel",
        "//npm.acme.io/:_password=schlüssel",
        "Authorization: Basic schlüssel",
    ],
)
def test_letters_that_base64_does_not_have(text: str) -> None:
    assert list(find_logins(text)) == []


OTHER_BASE64 = [
    "A" * 400,
    "/usr/local/lib/node/modules/bin/a",
    base64.b64encode(bytes(range(200))).decode(),
    "=" * 400,
    "aGVsbG8gd29ybGQsIGhlbGxv",
]


@pytest.mark.parametrize("value", OTHER_BASE64)
def test_other_base64_is_none(value: str) -> None:
    assert judge(value, "X") is None


def test_a_megabyte_of_base64_takes_linear_time() -> None:
    assert_grows_linearly(lambda size: judge(filled("aGVsbG8g", size), "X"), 100_000, 800_000)
    assert_grows_linearly(lambda size: find_encoded("base64 " + filled("aGVsbG8g", size)), 100_000, 800_000)


def test_every_secret_of_a_json_text() -> None:
    text = f'{{"db": {{"user": "app", "password": "{WORD}"}}, "apiKey": "{TOKEN}", "token": "${{TOKEN}}", "port": "5432"}}'
    assert [text[one.start : one.end] for one in find_in_json(text)] == [WORD, TOKEN]
    assert find_in_json("no json") == []


def test_every_secret_of_a_list() -> None:
    text = f'["{WORD}", "{TOKEN}", "${{TOKEN}}", "true"]'
    assert [text[one.start : one.end] for one in find_in_json(text, "DB_PASSWORDS")] == [WORD, TOKEN]
    assert [text[one.start : one.end] for one in find_in_json(text, "API_KEYS")] == [WORD, TOKEN]
    assert find_in_json(text, "ORIGINS") == find_in_json('["admin", "secret"]', "DB_PASSWORDS") == find_in_json(text, "TOKEN_NAMES") == []
