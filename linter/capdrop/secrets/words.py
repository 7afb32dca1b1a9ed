"""The vocabulary of names and values: data only.

Names are compared as whole lower-case words ("DB_PASSWORD", "dbPassword" and "db-password" are all `db` `password`).
The lists come from general knowledge of the usual images, mended by reading real Compose files, manifests and Dockerfiles.
"""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The blank-separated words of a text."""
    return frozenset(text.split())


def affixes(text: str) -> tuple[str, ...]:
    """Beginnings or endings, separated by blanks; `~` is a blank inside one."""
    return tuple(affix.replace("~", " ") for affix in text.split())


PASSWORD, CHOSEN, ISSUED, VAGUE = "password", "chosen", "issued", "vague"
"""What a name promises: a password; a secret that the operator makes up (a signing key, a salt), so that a plain word under it
is a weak secret; one that a provider hands out (an API key), so that a plain word under it is a placeholder; or only perhaps one."""

SECRET_WORDS = {
    "password": PASSWORD,
    "passwords": PASSWORD,
    "passwd": PASSWORD,
    "passwrd": PASSWORD,
    "passphrase": PASSWORD,
    "passcode": PASSWORD,
    "passwort": PASSWORD,
    "pass": PASSWORD,
    "pwd": PASSWORD,
    "psw": PASSWORD,
    "pswd": PASSWORD,
    "pw": PASSWORD,
    "pword": PASSWORD,
    "requirepass": PASSWORD,
    "masterauth": PASSWORD,
    "secret": CHOSEN,
    "credential": CHOSEN,
    "credentials": CHOSEN,
    "salt": CHOSEN,
    "pepper": CHOSEN,
    "psk": CHOSEN,
    "mnemonic": CHOSEN,
    "privkey": CHOSEN,
    "token": ISSUED,
    "pat": ISSUED,
    "bearer": ISSUED,
    "jwt": ISSUED,
    "tokens": VAGUE,
    "secrets": VAGUE,
    "creds": CHOSEN,
    "cred": VAGUE,
    "auth": VAGUE,
    "authorization": VAGUE,
}

SECRET_ENDINGS = (
    ("password", PASSWORD),
    ("passwd", PASSWORD),
    ("passphrase", PASSWORD),
    ("secret", CHOSEN),
    ("secretkey", CHOSEN),
    ("privatekey", CHOSEN),
    ("encryptionkey", CHOSEN),
    ("signingkey", CHOSEN),
    ("masterkey", CHOSEN),
    ("token", ISSUED),
    ("apikey", ISSUED),
    ("accesskey", ISSUED),
    ("accountkey", ISSUED),
    ("authkey", ISSUED),
)
"""Words written together: PGPASSWORD, clientsecret, authtoken."""

PASS_OWNERS = words(
    "admin app auth db ftp http imap jdbc key keystore ldap login mail mysql my ora pg postgres proxy rabbit redis registry root "
    "sftp smb smtp ssh store sudo truststore user vnc web sql mongo maria"
)
"""What stands before "pass" in one word: SSHPASS, dbpass (but not COMPASS, BYPASS)."""

PASSED_ON_BY = frozenset({"fastcgi", "grpc", "scgi", "uwsgi"})
"""What stands before "pass" in the directives of nginx that name a server."""

KEY_OWNERS = {
    **dict.fromkeys(
        words(
            "secret encryption encrypt signing sign master session hmac aes jwt cookie enc crypt crypto cipher fernet private priv shared "
            "preshared seal unseal hash encipher pepper app decryption rsa signature"
        ),
        CHOSEN,
    ),
    **dict.fromkeys(
        words(
            "api access account storage license licence auth subscription deploy integration ingest ingestion admin bot stripe openai "
            "anthropic sendgrid mailgun mailjet twilio google openrouter groq mistral gemini deepgram elevenlabs cohere algolia datadog "
            "newrelic honeycomb sentry resend postmark clerk tavily serper pinecone qdrant huggingface replicate consumer join "
            "activation product apim webhook service srv rest write read"
        ),
        ISSUED,
    ),
    **dict.fromkeys(
        words(
            "public pub publishable gpg pgp primary foreign partition sort routing cache object idempotency host known apt release hot "
            "map recv row hash_ring label annotation registry_cache metadata topology config unique composite lookup index count site "
            "property field column message header group env anon"
        ),
        "",
    ),
}
"""The word before "key" or "keys"."""

OWN_SERVICES = words("admin execution gateway internal master root runner runners sandbox")
"""Words before a key or token that a service is protected with, and that whoever runs it makes up; nobody else hands it out."""

ISSUERS = words(
    "anthropic apple auth0 cloudflare discord facebook github google hcaptcha linkedin mailgun okta openai paypal recaptcha sendgrid slack "
    "stripe telegram turnstile twilio twitter"
)
"""Those who hand out the secrets that bear their names: a word under one of these lets nobody in."""

NAMES_OF_ENTRIES = frozenset({"password", "passwd", "pass", "username", "user", "token", "id", "credential", "credentials"})
"""Last words of the names of entries of a Secret, as a `secretKey` beside a `secretName` has them."""

NAMES_OF_FILES = words("credential credentials creds")
"""Last words of the names of variables that may hold the name of a file as well: KAFKA_SSL_KEY_CREDENTIALS."""

NAMES_OF_SECRETS = words("secret secrets creds credentials login tls cert certs certificate ca token tokens key keys auth config")
"""Last words of the names of Secrets and of what else holds one."""

NAMES_OF_PASSWORDS = frozenset({"password", "passwd", "pass", "pwd", "pw"})
"""Last words of passwords that say what they are."""

HASHED = frozenset({"hash", "hashed", "sha", "sha2", "sha1", "sha256", "sha512", "md5"})
"""Words of names of what is kept instead of a password."""

COOKIE_OWNERS = frozenset({"erlang", "magic"})
"""Whose "cookie" is a shared secret."""

HARMLESS_NAMES = frozenset({
    "PWD", "OLDPWD", "GOOGLE_APPLICATION_CREDENTIALS", "initial_token", "CASSANDRA_INITIAL_TOKEN", "SENTRY_KEY", "Argon2-Salt",
    "TS_KUBE_SECRET", "GTM_AUTH", "GOOGLE_TAG_MANAGER_AUTH", "GOOGLE_TAG_MANAGER_GA4_AUTH",
})  # fmt: skip
"""Whole names that are something else: the shell's working directories, the path of a key file, the place of a node in a ring, the
key in a Sentry DSN, which every client sends (docs.sentry.io/concepts/key-terms/dsn-explainer), a line of PuTTY's keys, the
name of a Secret (tailscale.com/kb/1282), and what tells Google Tag Manager which environment a page asks for, as all visitors see."""

SECRET_NAMES = {"VAULT_DEV_ROOT_TOKEN_ID": CHOSEN, "BAO_DEV_ROOT_TOKEN_ID": CHOSEN}
"""Whole names of secrets whose last word says otherwise (developer.hashicorp.com/vault, openbao.org: the dev server)."""

BARE_SECRETS = {"key": CHOSEN, "keys": CHOSEN, "auth": CHOSEN, "tokens": ISSUED, "cred": CHOSEN}
"""Short names that say what they mean where everything is meant to be secret."""

PUSHERS = frozenset({"pusher", "soketi", "reverb"})
"""Servers of websockets whose clients name themselves by an "app key" (pusher.com/docs/channels, docs.soketi.app, Laravel Reverb)."""

PUBLIC_WORDS = frozenset({"public", "publishable", "pub", "dummy", "fake"})

FOR_BROWSERS = ("NEXT_PUBLIC_", "VITE_", "REACT_APP_", "VUE_APP_", "GATSBY_", "EXPO_PUBLIC_", "NUXT_PUBLIC_", "NG_APP_")
"""How the names of variables begin that front-end tools build into what every browser is given."""

TOGGLES = words(
    """
    allow require required enable enabled disable disabled use has is skip no without with random randomize generate max min num
    total number empty existing show hide save remember validate verify check force suppress ignore include exclude per
    autogenerate inject
    """
)
"""A word before the secret one that makes the whole a switch or a quantity: ALLOW_EMPTY_PASSWORD, MAX_TOKENS."""

HARMLESS_TAILS = words(
    """
    file files filename filepath path paths dir dirs directory folder sock socket version ver url urls uri uris endpoint endpoints
    id ids uid gid name names host hostname hosts port ports ttl length len size sizes count counts limit limits expiry expire
    expires expiration expiring lifetime validity duration timeout interval period age rotation days hours minutes seconds secs
    sec ms retries retry attempts enabled enable disabled disable required require optional type types mode modes kind algorithm
    algorithms alg algo hasher hashers cipher issuer audience realm service services header headers prefix suffix policy policies
    address addresses pda rs256 es256 kid
    format provider providers method methods strategy hint hints user users username usernames email mail ref reference keyref
    fingerprint fingerprints checksum digest sum reset recovery forgot change changed validator validators validation complexity
    strength regex pattern charset encoding rule rules scope scopes grant grants claim claims field fields attribute attributes attr attrs
    column param parameter query template templates label labels message description title text placeholder page form login logout
    signup redirect callback refresh rate bucket cost budget usage window tokenizer store stores manager engine backend driver
    plugin plugins class module source sources location region zone namespace account container image tag repo repository registry
    client server domain cookie cookies origin origins schema table database db index command cmd script helper helpers hook hooks
    agent group groups role roles owner level list cache warning check checks verification verify protection sync replicas
    capacity threshold min max begin end start status state authentication authenticator authorizer sudo quota selector
    permissions permission vault mount pub public expose exposed mutation
    """
)
"""A word after the secret one that makes it about the secret, not the secret."""

NEUTRAL_TAILS = words(
    """
    old new prod production dev development staging stage stg test testing qa uat local default base primary secondary main backup
    current previous next plain plaintext base64 b64 hex value val raw string str content contents data env in ro rw readonly
    readwrite read write hash hashed encrypted bcrypt sha256 md5 a b c x v v1 v2 v3 live sandbox eu us json var arg
    """
)
"""A word after the secret one that changes nothing: DB_PASSWORD_OLD."""

CHECKSUMS = words("md5 sha1 sha256 sha384 sha512")
"""A word after a key or a token that tells how to check it: KEY_SHA512. (A password is kept as one.)"""

WEAK_VALUES = words(
    """
    yourstrong@passw0rd yourstrong!passw0rd thistokenisnotsosecretchangeit thisezplatformtokenisnotsosecret_pleasechangeit
    1f2d1e2e67df define-me
    password passwd passw0rd p@ssw0rd p@ssword pa55word pa$$word pass passphrase pwd pw secret secrets secretkey supersecret
    topsecret verysecret mysecret mysecretpassword mypassword mypass secretpassword secretpass password1 password12 password123
    password1234 passw0rd123 pass123 pass1234 secret123 secret1234 admin admin1 admin123 admin1234 admin12345 adminadmin adminpass
    adminpassword administrator root root123 root1234 rootroot toor rootpass rootpassword user user123 userpass userpassword guest
    test test123 test1234 test12345 testtest testing testpass testpassword demo demo123 default example sample changeme
    changeme123 setme changeit changethis changepassword changemenow changemeplease pleasechangeme pleasechangethis letmein welcome
    welcome1 welcome123 qwerty qwerty123 qwertyuiop asdf asdfgh asdf1234 zxcvbn abc abc123 abcd1234 abcdef abcdefg 1q2w3e 1q2w3e4r
    1qaz2wsx q1w2e3r4 iloveyou monkey dragon master postgres postgres123 postgresql pgpassword pgpass psql pg mysql mysql123
    mysqlpassword mariadb mongo mongodb mongoadmin redis redis123 redispassword rabbit rabbitmq rabbitmq123 minio minio123
    minioadmin minio_secret elastic elasticsearch kibana kafka cassandra neo4j couchdb clickhouse influxdb influx grafana
    prometheus keycloak wordpress drupal joomla magento ghost gitea gitlab jenkins sonar sonarqube nexus nexus123 harbor airflow
    superset metabase odoo django laravel symfony flask rails node express spring nextcloud owncloud matomo piwik phpmyadmin
    zabbix nagios vault consul portainer traefik oracle sa db dbpass dbpassword database dev develop developer local localhost foo
    bar baz foobar hello world helloworld hunter2 s3cr3t s3cret sup3rs3cr3t dummy fake temp temporary temp123 none123 apppassword
    app application backend frontend service system manager operator super superuser supervisor public private nobody docker
    container kubernetes k8s sail vagrant ubuntu debian alpine raspberry ldap openldap nifi activemq artemis solr webmaster
    1f2d1e2e67df 39528$vdg7jb t0p-secret s!b\\*d$zdsb=
    """
)
"""Passwords that an attacker tries first, the last line's from the documentation of Kubernetes. They are secrets all the same: the
service runs with them."""

FILLER_WORDS = words(
    """
    a an the my your our some any this that these here there is be to of for with in on at by and or as it test tests testing demo
    dev development local example examples sample fake dummy mock stub placeholder default temp tmp foo bar baz qux hello world
    secret secrets password passwd pass pwd key keys token tokens api apikey access auth client server service user username admin
    root app application super very long short random string strong secure insecure unsafe value data base64 hex change changeme
    changeit changethis replace insert enter put set me please now must should before production prod use using used only not do
    don generate generated actual real own something anything whatever minimum least char chars character characters bit bits byte
    bytes private public signing session cookie jwt encryption encrypt hash salt db database postgres mysql redis mongo rabbitmq
    minio initial bootstrap internal external shared master main login credential credentials none null empty id name alphanumeric
    alphabetic safe safely keep same different unique new old first last one two
    smtp mail email
    """
)
"""Words of which made-up values consist: `test-token`, `fake-us-master-token`, `change_this_to_a_long_random_string`."""

PLAIN_VALUES = words(
    """
    true false yes no on off y n t f enabled disabled enable disable null nil none undefined unset empty nan auto automatic
    required optional always never allow deny all any prefer preferred strict lax internal external ask prompt inherit plaintext
    plain basic digest bearer oauth oauth2 oidc saml jwt ldap native simple hs256 hs512 rs256 es256 eddsa ed25519 rsa aes bcrypt
    argon2 argon2id scrypt pbkdf2 sha1 sha256 sha512 md5 scram-sha-256 scram-sha-512 trust peer ident cert gssapi n/a include omit
    same-origin aes128 aes192 aes256 aes-128 aes-256 aes-gcm aes-128-gcm aes-256-gcm aes-128-cbc aes-256-cbc hs384 rs384 rs512
    es384 es512 files compat
    """
)
"""Settings, which are no secrets under any name."""

REFERENCE_STARTS = affixes(
    """
    enc[ enc( vault: ref+ arn: secret: secret/ secrets/ op:// awssm: aws-sm: gcpsm: gcp-sm: sm:// ssm: azkv: azurekv: akv:
    keyvault: bws: doppler: infisical: env: env( env. file: !vault {cipher} {{ ${ $( $[ #{ %{ secrets. process.env os.environ
    os.getenv getenv( @microsoft.keyvault projects/ exec: cmd: kms: k8s: secretref: secretkeyref: valuefrom: credhub: conjur:
    berglas: sops: agebox: gopass: keyring: external: encrypted: secretsmanager: $__env{ $__file{ $__vault{ !ref~ !sub~ !getatt~
    !secret~ !env~ !file~ !include~ !keyof~ !find~ !context~ !format~
    $ansible_vault; {aes} {env} enc: aqecah aqicah
    """
)
"""How a value begins that says where the secret is: secret stores, encrypted values, templates, code that reads the environment."""

PLACEHOLDER_WORDS = words(
    """
    value string text data todo tbd hidden masked removed missing user_provided user-provided sops **sops** encrypted generated
    somevalue myvalue
    """
)
"""Values that only stand for one."""

PLACEHOLDER_STARTS = affixes(
    """
    your insert enter- enter_ enter~ put- put_ put~ replace todo fixme fix_me fix-me tbd placeholder redacted secret-goes
    add-your add_your add~your paste fill set-your set_your set-me set_me use-your ... not-set not_set not~set notset not-used not_used
    unused do-not-use do_not_use ignored n/a any- some- some_ dummy fake to-be- to_be_ obtain get-from from-secret from_secret
    from-vault from_vault path={ set-by- set_by_ see- see~ provide generate copy- nokey
    no-key no_key defined-in defined_in define-in define_in definied-in stored-in stored_in overridden override-me override_me
    """
)
"""How a value begins that asks to be replaced."""

PLACEHOLDER_PARTS = affixes(
    """
    your- your_ your~ yourpass yourkey yoursecret yourtoken placeholder replace_ replace- replaceme redacted goes-here goes_here
    goeshere -here _here -dummy dummy- _dummy dummy_ mock- xxxx **** insert- insert_ ...... abcdefghijkl
    fake-token fake_token expired-token expired_token
    """
)
"""What a value contains that asks to be replaced."""

PUBLIC_STARTS = affixes(
    """
    ssh-rsa~ ssh-ed25519~ ecdsa-sha2- -----begin~public -----begin~certificate -----begin~rsa~public -----begin~pgp~public sha256:
    sha512: sha1: sha256- sha384- sha512- pk_live_ pk_test_ phc_ age1 ocid1.
    """
)
"""How public keys, certificates, digests and identifiers begin, in small letters."""

FILE_ENDINGS = affixes(
    """
    .pem .key .crt .cer .cert .csr .p12 .pfx .jks .json .yaml .yml .txt .env .pub .asc .gpg .conf .cfg .ini .properties .sh .toml
    .kdb .keytab .htpasswd .xml .db .der .bin
    """
)
"""Endings of file names."""

HASH_STARTS = affixes(
    """
    $1$ $2a$ $2b$ $2y$ $5$ $6$ $y$ $apr1$ $argon2 $pbkdf2 $scrypt$ {SHA} {SSHA} pbkdf2_sha256$ scrypt: argon2:
    """
)
"""How the hash of a password begins."""
