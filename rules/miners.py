"""Images and commands that mine a cryptocurrency."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Command, Confidence, Finding, Good, Image, Severity, Span, Variable, rule

MINERS = frozenset(
    "xmrig xmrig-proxy xmr-stak xmr-stak-cpu xmr-stak-rx minerd cpuminer cpuminer-opt cpuminer-multi ethminer ccminer nbminer nanominer "
    "lolminer phoenixminer teamredminer bfgminer cgminer srbminer srbminer-multi bzminer kdevtmpfsi kinsing".split()
)
"""Programs that mine, and two that are known to be dropped for it (kdevtmpfsi, kinsing)."""
POOLS = tuple(
    "2miners.com antpool.com c3pool.com c4pool.org crypto-pool.fr dwarfpool.com ethermine.org ethpool.org f2pool.com hashcity.org "
    "hashvault.pro minergate.com minexmr.com moneroocean.stream monerocean.stream moneropool.com nanopool.org nicehash.com "
    "slushpool.com supportxmr.com xmrpool.eu xmrpool.net".split()
)
"""Domains of mining pools: SigmaHQ, net_connection_lnx_crypto_mining_indicators (2021-10-26); Kubescape node-agent, R1008."""
POOL_SCHEMES = ("stratum+tcp://", "stratum+ssl://", "stratum+tls://", "stratum+udp://", "stratum2+tcp://", "stratum://")
"""How miners name a pool: SigmaHQ, proc_creation_lnx_crypto_mining (2022-12-25)."""


@rule(
    "cryptocurrency-miner",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    references="ATT&CK T1496.001 · ATT&CK T1610",
    variables=(":",),
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            RUN git clone «https://github.com/xmrig/xmrig.git» && curl -LO «https://github.com/xmrig/xmrig/releases/download/v6/a.tgz»
            ENV POOL=«stratum+tcp://pool.example.com:3333»
            CMD [«"/usr/bin/xmrig"», "-o", "pool.supportxmr.com:443"]
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: «'acme/xmrig:6'», command: app --url «stratum+ssl://pool.example.com:443»}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', command: [sh, -c, '«minerd» -a cryptonight -o pool.supportxmr.com:443']}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13
            RUN echo "xmrig mines" && git clone https://github.com/acme/text-miner.git && apt-get install -y stratum && pkill xmrig
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'acme/dataminer:1', environment: {POOL: 'postgres://db:1'}}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/process-miner:1', command: [mine, --pool, workers]}
            """,
        ),
    ),
)
def cryptocurrency_miner(subject: Command | Variable | Image) -> Iterator[Finding]:
    """The container mines a cryptocurrency.

    Miners are what intruders most often leave in images and clusters, because somebody else pays for the power. Where it is meant to
    mine, silence this here with the reason.
    """
    if isinstance(subject, Command):
        span = _mined_with(subject)
        if span is not None:
            yield subject.finding(span, "a cryptocurrency miner, or its pool")
    elif isinstance(subject, Variable):
        if _names_pool(subject.value.text):
            yield subject.finding(subject.value, f"`{subject.name}` names a pool of cryptocurrency miners")
    elif subject.reference is not None and subject.reference.name.rpartition("/")[2] in MINERS:
        yield subject.finding(subject.value, "an image of a cryptocurrency miner")


def _mined_with(command: Command) -> Span | None:
    """Where a command names a miner or a pool."""
    if command.name.lower() in MINERS:
        return command.words[0].span
    for word in command.words:
        text = word.text
        if ":" in text and word is not command.script and (_names_pool(text) or ("://" in text and _fetches_miner(text))):
            return word.span
    return None


def _names_pool(text: str) -> bool:
    """Whether a text is the address of a mining pool."""
    if ":" not in text or "." not in text:
        return False
    if text.startswith(POOL_SCHEMES):
        return True
    host = (text.partition("://")[2] or text).partition("/")[0].partition(":")[0].lower()
    return any(host == pool or host.endswith(f".{pool}") for pool in POOLS) and not text.startswith(("http://", "https://"))


def _fetches_miner(url: str) -> bool:
    """Whether a URL is that of a miner's sources or releases."""
    if not url.startswith(("http://", "https://", "git://", "ssh://")):
        return False
    return any(part.removesuffix(".git").lower() in MINERS for part in url.partition("://")[2].split("/")[1:])
