"""Servers of models and of their experiments that answer whoever asks."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Command, Confidence, Finding, Good, Severity, Variable, rule

SERVERS = {
    # program: (what starts the server, what says where it listens, what asks for a key, variables that do)
    "vllm": ("serve", "--host", "--api-key", "VLLM_API_KEY"),  # https://docs.vllm.ai/en/latest/usage/security/
    "llama-server": ("", "--host", "--api-key --api-key-file", "LLAMA_API_KEY"),  # llama.cpp, tools/server/README.md
    "mlflow": ("server ui", "--host -h", "--app-name", ""),  # https://mlflow.org/docs/latest/self-hosting/security/basic-http-auth
    "ray": ("start", "--dashboard-host", "", "RAY_AUTH_MODE"),  # https://docs.ray.io, token authentication
    # https://huggingface.co/docs/text-generation-inference/reference/launcher, text-embeddings-inference/cli_arguments
    "text-generation-launcher": ("", "--hostname", "--api-key", "API_KEY"),
    "text-embeddings-router": ("", "--hostname", "--api-key", "API_KEY"),
    "sglang": ("serve", "--host", "--api-key", ""),  # https://docs.sglang.ai/backend/server_arguments.html
    "llama_cpp": ("", "--host", "--api_key", "API_KEY"),  # https://llama-cpp-python.readthedocs.io/en/latest/server/
    "lmdeploy": ("serve", "--server-name", "--api-keys", ""),  # https://lmdeploy.readthedocs.io, lmdeploy serve api_server --help
    "infinity_emb": ("v2", "--host", "--api-key", "INFINITY_API_KEY"),  # https://michaelfeil.eu/infinity/latest/cli_v2/
}
SERVES_AT_ONCE = frozenset({"vllm.entrypoints.openai.api_server", "sglang.launch_server", "llama_cpp.server"})
"""The modules of Python that are servers and take no word for what to do."""
LISTENS_TO_ALL = frozenset({"vllm", "text-generation-launcher", "text-embeddings-router", "lmdeploy", "infinity_emb"})
"""Those that listen on all addresses where nothing else is said; the others on the local one."""
LOCAL = ("127.", "localhost", "::1", "[::1]")
HOSTS = {"OLLAMA_HOST": "Ollama"}  # https://docs.ollama.com/faq
"""Variables that say where a server without any authentication listens."""
EVERYWHERE = ("0.0.0.0", "::", "[::]", "http://0.0.0.0", "http://[::]")


@rule(
    "inference-server-without-key",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    profile="strict",
    references="OWASP LLM10:2025 · ATT&CK T1190 · CWE-306",
    programs={*SERVERS, "ollama", "export"},
    variables=HOSTS,
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM vllm/vllm-openai:v0.11.0
            RUN nohup «ray» start --head --dashboard-host 0.0.0.0 && «mlflow» server --host 0.0.0.0 --port 5000
            ENV «OLLAMA_HOST=0.0.0.0:11434»
            ENTRYPOINT ["python3", "-m", «"vllm.entrypoints.openai.api_server"», "--model", "/models/a"]
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM python:3.13
            RUN OLLAMA_HOST=«0.0.0.0» ollama serve & python -m «sglang.launch_server» --model-path /m --host 0.0.0.0
            CMD [«"text-generation-launcher"», "--model-id", "/m", "--port", "80"]
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM python:3.13
            RUN OLLAMA_HOST=127.0.0.1 ollama serve & python -m sglang.launch_server --model-path /m && python -m llama_cpp.server --model /m
            CMD ["text-generation-launcher", "--model-id", "/m", "--hostname", "127.0.0.1", "--port", "80"]
            """,
        ),
        Bad("compose.yaml", "services: {llm: {image: 'ghcr.io/acme/llm:1', command: «llama-server» -m /a.gguf --host 0.0.0.0}}"),
        Bad("Dockerfile", 'FROM vllm/vllm-openai:v0.11.0\nCMD [«"--model"», "/m", "--host", "0.0.0.0"]\n'),
        Bad("compose.yaml", "services: {llm: {image: 'vllm/vllm-openai:v0.11.0', command: [«--model», /m, --host, 0.0.0.0]}}"),
        Good("compose.yaml", "services: {llm: {image: 'vllm/vllm-openai:v0.11.0', command: [--model, /m, --api-key, '${KEY}']}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'vllm/vllm-openai:v0.11.0', command: [«vllm», serve, /models/a, --host, 0.0.0.0]}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM vllm/vllm-openai:v0.11.0
            ENV OLLAMA_HOST=127.0.0.1
            RUN vllm --version && vllm serve /models/a --host 127.0.0.1 && VLLM_API_KEY=$KEY vllm serve /models/a && ray start --address=a
            RUN RAY_AUTH_MODE=token ray start --head --dashboard-host=0.0.0.0 && mlflow run .
            RUN mlflow server --host 0.0.0.0 --app-name basic-auth
            CMD ["vllm", "serve", "/models/a", "--api-key", "$KEY"]
            """,
        ),
        Good("compose.yaml", "services: {llm: {image: 'ghcr.io/acme/llm:1', command: llama-server -m /a.gguf}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/llm:1', command: [llama-server, --host, 0.0.0.0, --api-key-file, /run/secrets/keys]}
            """,
        ),
    ),
)
def inference_server_without_key(subject: Command | Variable) -> Iterator[Finding]:
    """A server of models answers whoever reaches it.

    Whoever asks uses your processors, and with some of these servers (the dashboard of Ray) starts programs. Give it a key, or put
    something in front that asks for one. A key that comes in as a variable when the container starts is not seen here.
    """
    if isinstance(subject, Variable):
        server = HOSTS.get(subject.name)
        in_force = subject.place in ("env", "configmap") and not subject.overridden
        if server is not None and in_force and subject.value.text.startswith(EVERYWHERE):
            yield subject.finding(subject.span, f"{server} listens on all addresses, and has no authentication")
    elif subject.name in SERVERS or subject.name in SERVES_AT_ONCE:
        yield from _answering_everyone(subject)
    else:
        for name, word in subject.assignments:
            if name in HOSTS and word is not None and word.text.startswith(EVERYWHERE):
                yield subject.finding(word.span, f"{HOSTS[name]} listens on all addresses, and has no authentication")


def _answering_everyone(command: Command) -> Iterator[Finding]:
    if _answers_everyone(command, *SERVERS[command.name.partition(".")[0]]):
        yield command.finding(command.words[0].span, f"`{command.name}` answers whoever reaches it: nothing asks for a key")


def _answers_everyone(command: Command, starts: str, hosts: str, keys: str, variable: str) -> bool:
    if starts and command.name not in SERVES_AT_ONCE and command.subcommand.partition(" ")[0] not in starts.split():
        return False
    if (keys and command.option(*keys.split()) is not None) or any(name == variable for name, _ in command.assignments):
        return False
    host = command.option(*hosts.split())
    if host is None or host.value is None:
        return command.name.partition(".")[0] in LISTENS_TO_ALL
    return host.value.known and not host.value.text.startswith(LOCAL)
