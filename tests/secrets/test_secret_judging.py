"""Which values are secrets, and which only look like one."""

from __future__ import annotations

import ast
import base64
import random
import string
from pathlib import Path

import capdrop.secrets
import pytest
from capdrop.secrets.judge import Verdict, judge, judge_all, judge_default
from capdrop.secrets.names import named_like_a_secret
from capdrop.secrets.values import is_placeholder, is_reference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from tests.secrets.harmless import NAMES, VALUES
else:
    from harmless import NAMES, VALUES

RANDOM = random.Random(20)


def blanks(text: str) -> list[str]:
    return text.split()


def made(length: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    return "".join(RANDOM.choices(alphabet, k=length))


def test_the_tables_are_large() -> None:
    assert len(NAMES) >= 200
    assert len(VALUES) >= 200
    assert len(SECRETS) >= 100


@pytest.mark.parametrize(("name", "value"), NAMES)
def test_a_harmless_name(name: str, value: str) -> None:
    for place in ["annotation"] if "/" in name else ["env", "arg", "configmap", "label", "annotation"]:
        assert judge(value, name, place=place) is None


@pytest.mark.parametrize(("name", "value"), VALUES)
def test_a_harmless_value(name: str, value: str) -> None:
    for place in ("env", "arg", "configmap", "secret", "argument"):
        assert judge(value, name, place=place) is None


SECRETS = [
    ("credential", "MYSQL_ROOT_PASSWORD", "correct horse battery"),
    ("credential", "SERVICE_PSW", "x9!fL2-qT7"),
    ("credential", "API_SECRET", "Zt4-kk20-PP"),
    ("credential", "DB_PASSWORD", "Rr5-tt90-Xc"),
    ("credential", "DEPLOY_TOKEN", "Mm2-yy71-Bv"),
    ("default-credential", "DB_PASSWORD", "letmein-2026"),
    ("default-credential", "RUNNER_SHARED_SECRET", "0" * 40),
    ("credential", "DB_PASSWORD_OLD", "S3rvice$Pass"),
    ("credential", "token", "Gh8-ss44-Pd"),
    ("credential", "password", "hunter2-prod-99"),
    ("credential", "api_token", "Tt9-qq55-Hf"),
    ("credential", "API_TOKEN", "Nn3-zz68-Wb"),
    ("url-password", "DATABASE_URL", "postgres://app:Vv6-bb13-Ke@db.example.com/app"),
    *(
        ("credential", name, "SENTINEL-9f2c1b")
        for name in blanks(
            "PASSWORD PASSWD PASSPHRASE PASS PSW PGPASSWORD DB_PASS JENKINS_PSW MYSQL_PWD ROOT_PW SSHPASS dbPassword adminpassword "
            "requirepass masterauth SPRING_DATASOURCE_PASSWORD spring.datasource.password KEYSTORE_PASSWORD GF_SECURITY_ADMIN_PASSWORD "
            "POSTGRES_PASSWORD_PROD DB_PASSWORD2 SECRET SECRET_KEY SECRET_KEY_BASE JWT_SECRET SESSION_SECRET clientSecret "
            "OIDC_CLIENT_SECRET NEXTAUTH_SECRET COOKIE_SECRET TOKEN API_TOKEN ACCESS_TOKEN authToken BOT_TOKEN GITHUB_PAT NPM_TOKEN "
            "VAULT_TOKEN REFRESH_TOKEN API_KEY APIKEY OPENAI_API_KEY apiKey X_API_KEY ACCESS_KEY SECRET_ACCESS_KEY AWS_SECRET_ACCESS_KEY "
            "ENCRYPTION_KEY SIGNING_KEY PRIVATE_KEY MASTER_KEY MEILI_MASTER_KEY APP_KEY LICENSE_KEY STORAGE_ACCOUNT_KEY CREDENTIALS "
            "DB_CREDENTIAL PASSWORD_SALT HASH_SALT AUTH_KEY LOGIN_CREDENTIALS WIFI_PSK RABBITMQ_ERLANG_COOKIE REDISCLI_AUTH "
            "SONAR_TOKEN HF_TOKEN service-account-token db-password smtp_password"
        )
    ),
    *(
        ("default-credential", "POSTGRES_PASSWORD", value)
        for value in blanks(
            "postgres admin root password changeme secret 123456 toor example minioadmin test admin123 password1 P@ssw0rd Password123 "
            "changeit letmein qwerty root@1234 mysecretpassword wordpress guest db umami my-secret-pw notSecureChangeMe"
        )
    ),
    ("default-credential", "JWT_SECRET", "secret"),
    ("default-credential", "SECRET_KEY", "changeme"),
    ("default-credential", "MYSQL_ROOT_PASSWORD", "ROOTPASSWORDTOCHANGE"),
    ("default-credential", "S3_SECRET_KEY", "minioadmin"),
    ("default-credential", "secretKey", "secret"),
    ("default-credential", "secretKey", "mysecret"),
    ("default-credential", "DB_PASSWORD", "ADMIN_PASS_2024"),
    ("default-credential", "GRAFANA_PASSWORD", "SETME"),
    ("default-credential", "minio-secret-key", "CHANGE_ME_minio_secret"),
    ("default-credential", "DB_PASSWORD", "CHANGE_ME_IN_OVERLAY"),
    ("default-credential", "DB_PASSWORD", "staging_password_change_me"),
    ("default-credential", "KAFKA_CLIENT_PASSWORDS", "123456,123456"),
    ("default-credential", "KAFKA_CLIENT_PASSWORDS", "admin,secret"),
    ("default-credential", "SESSION_SECRET", "change_this_to_a_long_random_string"),
    ("default-credential", "NEO4J_AUTH", "neo4j/password"),
    ("default-credential", "BASIC_AUTH", "admin:admin"),
    ("default-credential", "JAVA_OPTS", "-Xmx1g -Djavax.net.ssl.trustStorePassword=changeit"),
    ("credential", "BUNDLE_GEMS__ACME__IO", "0a1b7c3d:" + "9e8f2a6b"),
    ("credential", "PROXY_AUTH", "bob:" + "wK7-x2pQ"),
    ("credential", "ConnectionStrings__Default", "Server=db;Database=web;User Id=sa;Password=Tr0ub4dor-9;"),
    ("credential", "DSN", "host=db user=web password=Tr0ub4dor-9 dbname=web"),
    ("credential", "JDBC_URL", "jdbc:mysql://db/web?user=web&password=Tr0ub4dor-9"),
    ("url-password", "CELERY_BROKER_URL", "amqp://guest:guest@rabbitmq:5672//"),
    ("url-password", "REDIS_URL", "redis://:hunter2-prod@redis:6379/0"),
    ("credential", "JWT_SECRET", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    ("credential", "API_KEY", "d41d8cd98f00b204e9800998ecf8427e"),
    ("credential", "API_KEY", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
    ("credential", "ADMIN_PASSWORD", "$2y$12$4K/VkmDd1q1Orb3xAt82zu8gk7Ad6ReFR4LCP9UeYE90NLiN9Df72"),
]


@pytest.mark.parametrize(("kind", "name", "value"), SECRETS)
def test_a_secret(kind: str, name: str, value: str) -> None:
    verdict = judge(value, name)
    assert verdict is not None
    assert verdict.kind == kind
    assert kind == "default-credential" or value[verdict.start : verdict.end] not in verdict.why


@pytest.mark.parametrize("alphabet", [string.ascii_letters + string.digits, string.ascii_lowercase + string.digits, string.printable[:85]])
@pytest.mark.parametrize("length", [16, 24, 32, 43, 64])
@pytest.mark.parametrize("name", ["JWT_SECRET", "API_KEY", "ACCESS_TOKEN", "ENCRYPTION_KEY", "WEBHOOK_SECRET"])
def test_random_values_are_found(name: str, length: int, alphabet: str) -> None:
    values = [made(length, alphabet) for _ in range(100)]
    verdicts = [judge(value, name) for value in values]
    sure = [verdict for verdict in verdicts if verdict is not None and verdict.confidence == "high"]
    assert len(sure) >= 85


def test_the_range_is_the_secret_alone() -> None:
    def ranged(value: str, name: str) -> str:
        verdict = judge(value, name)
        assert verdict is not None
        return value[verdict.start : verdict.end]

    assert ranged("postgres://app:Vv6-bb13-Ke@db/app", "DATABASE_URL") == "Vv6-bb13-Ke"
    assert ranged("  Rr5-tt90-Xc\n", "DB_PASSWORD") == "Rr5-tt90-Xc"
    assert ranged("Bearer Rr5-tt90-Xc", "API_TOKEN") == "Rr5-tt90-Xc"
    assert ranged("bob:Rr5-tt90-Xc", "BASIC_AUTH") == "Rr5-tt90-Xc"
    assert ranged("Server=db;Password=Rr5-tt90-Xc;Port=1", "DB") == "Rr5-tt90-Xc"


def test_the_password_of_a_trust_store_is_less_sure() -> None:
    trusted, kept = "-Djavax.net.ssl.trustStorePassword=Rr5-tt90-Xc", "-Djavax.net.ssl.keyStorePassword=Vv6-bb13-Ke"
    for value, name, confidence in (
        ("Rr5-tt90-Xc", "KAFKA_SSL_TRUSTSTORE_PASSWORD", "low"),
        ("changeit", "kafka.truststore.password", "low"),
        ("Rr5-tt90-Xc", "KAFKA_SSL_KEYSTORE_PASSWORD", "high"),
        (trusted, "JAVA_OPTS", "low"),
        (f"{trusted} {kept}", "JAVA_OPTS", "high"),
    ):
        verdict = judge(value, name)
        assert verdict is not None
        assert verdict.confidence == confidence
        assert confidence == "low" or value[verdict.start :] in ("Rr5-tt90-Xc", "Vv6-bb13-Ke")


def test_an_annotation_may_name_the_attribute_that_holds_a_password() -> None:
    assert judge("servarr-password", "acme.io/basic-auth.password", place="annotation") is None
    assert judge("Rr5-tt90-Xc", "acme.io/basic-auth.password", place="annotation") is not None


def test_a_variable_before_a_command_is_a_reference() -> None:
    assert judge("$ROOT_PASSWORD mysqladmin -u root ping", "MYSQL_PWD") is None
    assert judge("$ecret horse battery", "DB_PASSWORD") is not None


def test_an_example_of_the_documentation_of_kubernetes_is_known_to_all() -> None:
    verdict = judge("1f2d1e2e" + "67df", "password", place="secret")
    assert verdict is not None
    assert verdict.kind == "default-credential"


def test_a_setting_of_bundler_is_none() -> None:
    for name, value in (
        ("BUNDLE_PATH", "/gems:a"),
        ("BUNDLE_BUILD__PG", "--with-pg"),
        ("BUNDLE_MIRROR__HTTPS", "https://gems.acme.io"),
        ("BUNDLE_A__B", "$X"),
    ):
        assert judge(value, name) is None


@pytest.mark.parametrize(
    ("name", "confidence"),
    [("GIT_COMMIT", None), ("AUTH", "low"), ("SIGNING_KEY", "low"), ("API_KEY", "medium"), ("DB_PASSWORD", "medium")],
)
def test_bare_digests_need_a_name_and_are_less_sure(name: str, confidence: str | None) -> None:
    verdict = judge("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b", name)
    assert (verdict and verdict.confidence) == confidence


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("INTERNAL_API_KEY", "acme-shop", ("default-credential", "medium")),
        ("RUNNERS_AUTH_TOKEN", "changeRunnerAuthToken", ("default-credential", "medium")),
        ("ADMIN_TOKEN", "admin", ("default-credential", "medium")),
        ("JWT_SECRET", "linkwarden", ("default-credential", "medium")),
        ("S3_SECRET_ACCESS_KEY", "object_storage_root_password", ("default-credential", "medium")),
        ("NEXTAUTH_SECRET", "7e2d8797-dc20-422a-9a68-44b958bd33c0", ("credential", "medium")),
        ("JWT_SECRET", "shop-secret", ("credential", "low")),
        ("KAFKA_SSL_KEY_CREDENTIALS", "broker_keys", ("credential", "low")),
        ("KAFKA_SSL_KEY_CREDENTIALS", "broker2_sslkey_creds", ("credential", "low")),
        ("connectionSecret", "linkwarden", ("credential", "low")),
        ("clientSecret", "7e2d8797-dc20-422a-9a68-44b958bd33c0", ("credential", "low")),
        ("VAULT_DEV_ROOT_TOKEN_ID", "root", ("default-credential", "medium")),
        ("client_secret", "$pbkdf2-sha512$310000$" + "JMeBZbBLgwW6kHG9s7lnbA" * 4, ("credential", "low")),
        ("VAULT_TOKEN_ID", "root", None),
        ("initial_token", "-7686143364045646507,-3074457345618258604,1537228672809129299", None),
        ("REDIS_PASSWORD", "myredissecret", ("default-credential", "high")),
        ("DB_PASSWORD", "SomeSuperSecretPassword1", ("default-credential", "high")),
        ("DB_PASSWORD", "myredissecretqx", ("credential", "high")),
        ("DB_PASSWORD", "p@55w0rd", ("default-credential", "high")),
        ("APP_SECRET_KEY", "build-time-dummy", None),
        ("AUTH_TOKEN", "e2e-mock-test-bearer-token", None),
        ("service.binding/password", "path={.metadata.name}-{.spec.users[0].db},objectType=Secret,sourceKey=password", None),
        ("client_secret", "clientSecret", None),
        ("JWT_SECRET", "jwt_secret", ("default-credential", "medium")),
        ("appRoleSecret", "SECRET_ID", None),
        ("AWS_SECRET_ACCESS_KEY", "minioadmin", ("default-credential", "medium")),
        ("AWS_SECRET_ACCESS_KEY", "test", None),
        ("AWS_ACCESS_KEY", "minioadmin", None),
        ("BACKEND_SECRET", "backend-secret", ("default-credential", "medium")),
        ("SMTP_PASSWORD", "acme_relay_password", ("default-credential", "low")),
        ("DB_PASSWORD", "acme_relay_password", ("default-credential", "medium")),
        ("secretKey", "not-a-secure-key", None),
        ("postgres.credentials.secret", "patroni-11-prod-secret", ("credential", "low")),
        ("tls.httpsSecret", "sso-x509-https-secret", ("credential", "low")),
        ("SESSION_SECRET", "patroni-11-prod-secret", ("credential", "medium")),
        ("jwtSecret", "patroni-11-prod-2024", ("credential", "medium")),
        ("privateKey", "$github-privateKey", None),
        ("OPENAI_API_KEY", "acme-shop", None),
        ("GATEWAY_TOKEN_TTL", "acme-shop", None),
        ("INTERNAL_API_KEY", "your-key", None),
        ("DB_PASSWORD", "chang3m3!", ("default-credential", "high")),
        ("DB_PASSWORD", "1f2d1e2e67df", ("default-credential", "high")),
        ("DB_PASSWORD", "accounts-pwd", ("default-credential", "medium")),
        ("DB_PASSWORD", "registry_credentials_password", ("default-credential", "medium")),
        ("DB_PASSWORD", "Accounts-pwd", ("credential", "high")),
        ("DB_PASSWORD", "accounts2-pwd", ("credential", "high")),
        ("DB_PASSWORD", "_PASSWORD_", None),
        ("DB_PASSWORD", "not set", None),
        ("DB_PASSWORD", "&operhash;", None),
        ("passwordNew", "New Password", None),
        ("backendSecret", "backend-secret", None),
        ("secretKey", "key", None),
        ("S3_SECRET_ACCESS_KEY", "minioadmin", ("default-credential", "medium")),
        ("S3_SECRET_KEY", "s3-secret-key", None),
        ("DB_PASSWORD", "CHANGE_ME_SHOP_DB_PASSWORD", None),
        ("DB_PASSWORD", "CHANGE_ME_NOW", ("default-credential", "high")),
        ("SMTP_PASSWORD", "smtpUserPassword123", ("default-credential", "low")),
        ("DB_PASSWORD", "#a password for the database", None),
        ("DB_PASSWORD", "#Passw0rd7Kp", ("credential", "high")),
        ("SCIM_SECRET_KEY", "\ufffd\ufffde", None),
        ("password", "{env}WEBDAV_PASSWORD", None),
        ("MINIO_KMS_SECRET_KEY", "my-minio-key:OSMM+vkKUTCvQs9YL/" + "CVMIMt43HFhkUpqJxTmGl6rYw=", None),
    ],
)
def test_plain_words(name: str, value: str, expected: tuple[str, str] | None) -> None:
    verdict = judge(value, name)
    assert (verdict and (verdict.kind, verdict.confidence)) == expected


def test_a_value_decides_whatever_it_is_called() -> None:
    key = "SG." + made(22) + "." + made(43)
    for name in ("", "GREETING", "MAIL_URL", "KEY_FILE"):
        verdict = judge(key, name, place="label")
        assert verdict is not None
        assert (verdict.kind, verdict.provider, verdict.provider_title) == ("token", "sendgrid", "SendGrid")


def test_the_name_alone_tells_whose_it_is() -> None:
    verdict = judge(made(32, "0123456789abcdef"), "DD_API_KEY")
    assert verdict is not None
    assert (verdict.kind, verdict.provider) == ("token", "datadog")
    secret = judge(made(40), "AWS_SECRET_ACCESS_KEY")
    assert secret is not None
    assert (secret.kind, secret.provider) == ("token", "aws")
    assert judge("wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY", "AWS_SECRET_ACCESS_KEY") is None


def test_a_configmap_is_judged_by_value() -> None:
    source = "def check(password, token):\n    return len(password) > 12\n"
    assert judge(source, "password_validation.py", place="configmap") is None
    assert judge("Tt9-qq55-Hf", "api_token", place="configmap") is not None


def test_a_secret_is_judged_without_a_name_too() -> None:
    def kind(value: str, name: str) -> str:
        verdict = judge(value, name, place="secret")
        return verdict.kind if verdict else ""

    assert kind(made(24), "value") == "credential"
    assert kind(made(24), "key") == "credential"
    assert kind("app", "username") == ""
    assert kind("db.internal", "host") == ""
    assert kind("log_level: debug\n", "config.yaml") == ""
    assert kind('{"auths": {"ghcr.io": {"auth": "Ym9iOndLNy14MnBR"}}}', ".dockerconfigjson") == "credential"


def test_labels_are_mostly_references() -> None:
    assert judge("basic-auth", "nginx.ingress.kubernetes.io/auth-secret", place="annotation") is None
    assert judge("app-token-v2", "example.com/token", place="label") is None
    assert judge(made(24), "example.com/version-key", place="label") is None
    for value, name in (("Rr5-tt90-Xc", "com.example.password"), (made(24), "example.com/token"), (made(24), "x.client_secret")):
        verdict = judge(value, name, place="label")
        assert verdict is not None
        assert verdict.confidence == "medium"


def test_every_secret_of_a_document() -> None:
    first = "SG." + made(22) + "." + made(43)
    document = f"mail: {first}\ndb: postgres://app:Vv6-bb13-Ke@db/app\n"
    found = [document[verdict.start : verdict.end] for verdict in judge_all(document)]
    assert found == [first, "Vv6-bb13-Ke"]


@pytest.mark.parametrize(
    ("inner", "expected"),
    [("changeme", "default-credential"), ("1f2d1e2e67df", "default-credential"), ("**SOPS**", None), ("Kp3-vv81-Qz", "credential")],
)
@pytest.mark.parametrize("name", ["DB_PASSWORD", "token"])
def test_a_short_password_in_base64(name: str, inner: str, expected: str | None) -> None:
    verdict = judge(base64.b64encode(inner.encode()).decode(), name, place="secret")
    assert (verdict and verdict.kind) == expected


@pytest.mark.parametrize(("name", "confidence"), [("password_sha256_hex", "low"), ("passwordHash", "low"), ("password", "medium")])
def test_what_is_kept_instead_of_a_password_is_less_sure(name: str, confidence: str) -> None:
    verdict = judge("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", name, place="secret")
    assert verdict is not None
    assert verdict.confidence == confidence


def test_the_hash_that_mysql_keeps() -> None:
    verdict = judge("*57685B4F0FF9D049082E296E2C39354B7A98774E", "root_password")
    assert verdict is not None
    assert (verdict.why, verdict.confidence) == ("the hash of a password", "low")
    assert judge("LaiG/7DSlQ+t1zlYnMR7he1kSf3u7Hzo2ElLon4mJ4w", "ed25519Hash", place="secret") is None


@pytest.mark.parametrize(
    "value",
    ["$github-privateKey", "${X}", "$X", "$(X)", "{{ x }}", "${{ x }}", "%X%", "$A:$B", "vault:a#b", "ENC[AES256_GCM,x]", "op://a/b"],
)
def test_a_reference(value: str) -> None:
    assert is_reference(value)


@pytest.mark.parametrize(
    "value",
    [
        *("$__env{ADMIN_PW}", "$__file{/run/pw}", "%(ENV_DBPASS)s", "$env:DBPASS", "!Ref DbPass", "@{DB_PASSWORD}", "~{pw}"),
        *("secretsmanager:prod/db#pw", "from-secret", "set-by-ci", "$ANSIBLE_VAULT;1.1;AES256"),
    ],
)
def test_what_says_where_the_password_is(value: str) -> None:
    assert judge(value, "DB_PASSWORD") is None


def test_cipher_text_and_public_keys() -> None:
    for value in ("AgBy" + made(700), "AQICAH" + made(120), "{aes}" + made(40), "enc:" + made(32)):
        assert judge(value, "DB_PASSWORD") is None
        assert judge(value[9:], "DB_PASSWORD") is not None
    assert judge("phc_" + made(43), "POSTHOG_API_KEY") is None
    assert judge("RWQ" + made(53), "SIGNING_KEY") is None
    assert judge("RWQ" + made(51), "SIGNING_KEY") is not None


@pytest.mark.parametrize("value", ["yourStrong(!)Password", "YourStrong@Passw0rd"])
def test_the_password_of_the_examples_for_sql_server(value: str) -> None:
    verdict = judge(value, "SA_PASSWORD")
    assert verdict is not None
    assert verdict.kind == "default-credential"
    assert judge("yourStrongPassword", "SA_PASSWORD") is None


def test_a_name_of_a_secret_that_holds_a_password() -> None:
    assert judge("app-db-secret", "DB_PASSWORD_SECRET") is None
    assert judge("app-db-hidden9", "DB_PASSWORD_SECRET") is not None


def test_a_sentence_about_a_variable_is_no_password() -> None:
    assert judge("DB_PASSWORD passed in value", "DB_PASSWORD") is None
    assert judge("DB_ROOT_PASSWORD override", "TEST_DB_ROOT_PASSWORD") is None
    assert judge("TOP horse battery", "DB_PASSWORD") is not None


def test_what_browsers_get_of_a_secret() -> None:
    assert judge(made(30), "EXPO_PUBLIC_SENTRY", place="secret") is None
    assert judge(made(30), "EXPO_SENTRY", place="secret") is not None


@pytest.mark.parametrize("value", ["S3rvice$Pass", "P@$$word", "100%sure", "a$1b", "$tr0ng-pass", "$Ecret-word"])
def test_not_a_reference(value: str) -> None:
    assert not is_reference(value)


@pytest.mark.parametrize("value", ["", " ", "''", "<password>", "your-api-key-here", "xxxx", "****", "PLACEHOLDER", "__X__", "..."])
def test_a_placeholder(value: str) -> None:
    assert is_placeholder(value)


@pytest.mark.parametrize("value", ["changeme", "password", "hunter2", "a<b9!", "s3cr3t"])
def test_not_a_placeholder(value: str) -> None:
    assert not is_placeholder(value)


@pytest.mark.parametrize(
    "name",
    ["MYSQL_ROOT_PASSWORD", "apiKey", "GITHUB_TOKEN", "PASS", "GITHUB_PAT", "JENKINS_PSW", "MYSQL_PWD", "SECRET_KEY_BASE", "requirepass"],
)
def test_named_like_a_secret(name: str) -> None:
    assert named_like_a_secret(name)


@pytest.mark.parametrize("name", sorted({name for name, _ in NAMES}))
def test_not_named_like_a_secret(name: str) -> None:
    assert not named_like_a_secret(name) or name in NAMED_BUT_HARMLESS


NAMED_BUT_HARMLESS = {"nginx.ingress.kubernetes.io/auth-secret", "FIRST_PASS", "serviceAccountToken", "automountServiceAccountToken"}
"""The name says so; place or value does not."""


def test_a_verdict_is_a_value() -> None:
    assert judge("x9!fL2-qT7", "PSW") == judge("x9!fL2-qT7", "PSW")
    assert isinstance(judge("x9!fL2-qT7", "PSW"), Verdict)


@pytest.mark.parametrize("path", sorted(Path(capdrop.secrets.__file__).parent.glob("*.py")), ids=lambda path: path.name)
def test_importing_costs_little(path: Path) -> None:
    """Only capdrop.source, only modules that are loaded anyway, and no pattern compiled."""
    for statement in ast.parse(path.read_text("utf-8")).body:
        if isinstance(statement, ast.ImportFrom):
            assert statement.level == 1 or statement.module in {"__future__", "capdrop.source", "functools"}
        elif isinstance(statement, ast.Import):
            assert [alias.name for alias in statement.names] == ["re"]
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            assert "re.compile" not in ast.unparse(statement)


@pytest.mark.parametrize(("name", "confidence"), [("SMTP_PASSWORD", "low"), ("MAILER_PASS", "low"), ("DB_PASSWORD", "high")])
def test_a_filler_for_a_login_to_somebody_else_s_server_is_less_sure(name: str, confidence: str) -> None:
    filler, real = judge("password", name), judge("Rr5-tt90-Xc", name)
    assert filler is not None
    assert real is not None
    assert (filler.confidence, real.confidence) == (confidence, "high")


@pytest.mark.parametrize("name", ["BETTER_AUTH_SECRET", "DEV_CERT_PASSWORD", "JWT_SECRET", "SESSION_SECRET", "SECRET_KEY_BASE"])
@pytest.mark.parametrize("value", ["your_auth_secret_here", "your-password", "replace-with-32-characters", "put-it-here"])
def test_a_placeholder_that_is_a_default_is_in_force(name: str, value: str) -> None:
    assert judge(value, name) is None
    verdict = judge_default(value, name)
    assert verdict is not None
    assert (verdict.kind, value[verdict.start : verdict.end]) == ("default-credential", value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JWT_SECRET", ""),
        ("JWT_SECRET", "not-set"),
        ("JWT_SECRET", "xxxxxxxx"),
        ("JWT_SECRET", "{{ your_secret }}"),
        ("RESEND_API_KEY", "your-resend-api-key"),
        ("STRIPE_SECRET_KEY", "your_stripe_key"),
        ("SMTP_PASSWORD", "your_smtp_password"),
        ("VOLCENGINE_TOS_SECRET_KEY", "your-secret-key"),
        ("AUTH_ACME_CLIENT_SECRET", "your-client-secret"),
        ("APP_NAME", "your_app_name"),
    ],
)
def test_a_default_that_lets_nobody_in(name: str, value: str) -> None:
    assert judge_default(value, name) is None
