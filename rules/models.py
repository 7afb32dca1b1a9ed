"""Models: weights from the network, and the code that comes with them."""

from __future__ import annotations

from collections.abc import Iterator

from capdrop import Bad, Command, Confidence, Download, Finding, Good, Option, Script, Severity, Variable, WrittenFile, rule

HUB = frozenset({"hf", "huggingface-cli"})
HUB_HOSTS = frozenset({"huggingface.co", "www.huggingface.co", "hf.co"})
HUB_CALLS = ("from_pretrained", "snapshot_download", "hf_hub_download", "load_dataset", "SentenceTransformer", "CrossEncoder", "pipeline")
"""Functions of transformers, huggingface_hub, datasets and sentence-transformers that download from the Hub; all take `revision`."""
ONE_WORD = (
    # https://huggingface.co/docs/transformers/v4.0.1/pretrained_models
    "bert-base-", "bert-large-", "distilbert-base-", "distilgpt2", "distilroberta-base", "gpt2", "openai-gpt", "roberta-base",
    "roberta-large", "xlm-roberta-", "albert-", "t5-small", "t5-base", "t5-large", "xlnet-", "camembert-base",
    # https://www.sbert.net/docs/sentence_transformer/pretrained_models.html
    "all-minilm-l", "all-mpnet-base-", "all-distilroberta-", "multi-qa-", "paraphrase-m", "paraphrase-albert-", "distiluse-base-",
    "msmarco-", "gtr-t5-", "sentence-t5-", "stsb-",
)  # fmt: skip
"""How models of the Hub begin that go by one word, in small letters; any other word may be a folder."""
REPOSITORY_KEYWORDS = ("repo_id", "pretrained_model_name_or_path", "model_name_or_path", "model", "path")
PYTHON = frozenset({"python", "python2", "python3"})
SERVERS = {
    "vllm": ("--model", "--revision"),  # https://docs.vllm.ai/en/latest/serving/engine_args.html
    "sglang": ("--model-path", "--revision"),  # https://docs.sglang.ai/backend/server_arguments.html
    "text-generation-launcher": ("--model-id", "--revision"),  # https://huggingface.co/docs/text-generation-inference/reference/launcher
    "text-embeddings-router": ("--model-id", "--revision"),  # https://huggingface.co/docs/text-embeddings-inference/cli_arguments
}
"""Servers that download the model that they are told, with the options that name it and its revision."""
NEEDS_ITS_CODE = "a model that has code of its own is not loaded"
COMPARED = 'Compare the file before its first use (`echo "SHA256  FILE" | sha256sum -c`)'


@rule(
    "model-without-revision",
    severity=Severity.MEDIUM,
    profile="strict",
    references="ATT&CK T1195.002 · OWASP LLM03:2025",
    programs=HUB | PYTHON | set(SERVERS) | {"git", "ollama", "uvx"},
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM python:3.13
            RUN huggingface-cli download «acme/model» --local-dir /model && hf download «acme/data» --repo-type dataset --revision main
            RUN python -c "from transformers import AutoModel; AutoModel.«from_pretrained»('acme/model')"
            RUN python3 -c "import huggingface_hub as h; m = 'acme/model'; h.«snapshot_download»(repo_id=m, revision='main')"
            RUN python3 <<EOF
            from sentence_transformers import SentenceTransformer
            «SentenceTransformer»("all-MiniLM-L6-v2")
            from transformers import pipeline
            «pipeline»("sentiment-analysis", model="acme/model")
            EOF
            RUN python3 -c "from huggingface_hub import hf_hub_download as get; «get»('acme/model', 'a.bin')"
            RUN python3 -c "import torch; torch.hub.«load»('acme/vision:v0.10.0', 'resnet18'); A.«from_pretrained»('bert-base-uncased')"
            RUN echo "from a import A; A.«from_pretrained»('acme/model')" | python3
            RUN git clone «https://huggingface.co/acme/model» /model && ollama pull «llama3» && ollama pull «qwen3:latest»
            CMD ["vllm", "serve", «"acme/model"»]
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM python:3.13
            RUN uvx --from huggingface_hub hf download «acme/model» && uvx hf download «acme/other»
            COPY <<EOF /load.py
            from transformers import AutoModel
            AutoModel.«from_pretrained»("acme/model")
            EOF
            ENTRYPOINT ["ollama", "run", «"llama3"»]
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM python:3.13
            ARG ORG=acme
            ENV MODEL=${ORG}/model KIND=base
            RUN python -c "from a import A; A.«from_pretrained»('${MODEL}')"
            RUN python -c 'import os; from a import A; A.«from_pretrained»(os.environ["MODEL"])'
            RUN python3 <<EOF
            import os
            from a import A
            A.«from_pretrained»(os.getenv("MODEL")); A.«from_pretrained»("acme/$KIND")
            A.«from_pretrained»(os.environ.get("X", "acme/other"))
            name = os.environ["MODEL"]
            A.«from_pretrained»(name)
            EOF
            RUN MODEL=acme/new python -c "import os; A.«from_pretrained»(os.environ['MODEL'])"
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: 'acme/tgi:1', command: text-generation-launcher --model-id «acme/model»}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - name: web
                  image: vllm/vllm-openai:v0.11.0
                  command: [python3, -m, vllm.entrypoints.openai.api_server, «--model=acme/model»]
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM python:3.13
            RUN hf download acme/model --revision aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
            RUN huggingface-cli download "$MODEL" --revision $COMMIT
            RUN python -c "from a import A; A.from_pretrained('acme/model', revision='aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')"
            RUN python -c "from a import A; A.from_pretrained('${MODEL}'); A.from_pretrained('acme/model', revision='$REVISION')"
            RUN MODEL=/models/a && python -c "import os; A.from_pretrained(os.environ['MODEL']); A.from_pretrained(os.environ['OTHER'])"
            RUN python -c "from a import A; A.from_pretrained('./model'); A.from_pretrained('/model'); A.from_pretrained(x)"
            RUN python -c "import torch; torch.load('acme/model'); torch.hub.load('./a', 'm', source='local'); A.from_pretrained('model')"
            RUN echo "A.from_pretrained('acme/model')" | python load.py
            RUN python -c "from sklearn import pipeline; print('from_pretrained acme/model')" && python from_pretrained.py acme/model
            RUN hf auth whoami
            RUN git clone https://huggingface.co/acme/model && cd model && git checkout aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
            RUN git clone https://github.com/acme/model && ollama pull qwen3:8b && ollama serve
            CMD ["vllm", "serve", "/model"]
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'acme/tgi:1', command: text-generation-launcher --model-id /data/model}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', command: [vllm, serve, acme/model, --revision, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]}
            """,
        ),
    ),
)
def model_without_revision(subject: Command | WrittenFile) -> Iterator[Finding]:
    """A model or dataset without a commit is whatever its owner uploaded last.

    Whoever takes over the account, or the name, changes what the next build or start loads, and some formats run code as they are
    loaded. Give the full commit hash as the revision. Tags of Ollama move as well, but say at least which model is meant.
    """
    if isinstance(subject, WrittenFile):
        yield from _loaded(subject)
    elif subject.name in HUB or subject.name == "uvx":
        yield from _downloaded(subject)
    elif subject.name in ("git", "ollama"):
        yield from _cloned(subject) if subject.name == "git" else _pulled(subject)
    elif subject.name.partition(".")[0] in SERVERS:
        yield from _served(subject)
    else:
        yield from _loaded(subject)


def _loaded(program: Command | WrittenFile) -> Iterator[Finding]:
    for call in program.python_calls(*HUB_CALLS, "load"):
        repository, revision = call.first if call.name != "pipeline" else "", call.keywords.get("revision", "")
        repository = repository or next((str(call.keywords[name]) for name in REPOSITORY_KEYWORDS if call.keywords.get(name)), "")
        if call.name == "load":  # torch.hub.load("owner/name:branch", ...) runs code of a repository on GitHub
            hub = program.source.text[call.span.start - 4 : call.span.start] == "hub." and call.keywords.get("source", "github") == "github"
            repository, _, revision = repository.partition(":") if hub else ("", "", "")
        of_hub = _is_of_hub(repository) or repository.lower().startswith(ONE_WORD)
        if not call.open and of_hub and not _is_commit(revision):
            yield program.finding(call.span, f"`{repository}` is loaded without the hash of a commit")


def _downloaded(command: Command) -> Iterator[Finding]:
    words = command.operands
    if command.name == "uvx":  # `uvx hf download ...`
        words = words[1:] if words and words[0].text in HUB else []
    if len(words) > 1 and words[0].text == "download" and not _is_fixed(command.option("--revision")):
        yield command.finding(words[1].span, f"`{words[1].text}` is downloaded without the hash of a commit")


def _cloned(command: Command) -> Iterator[Finding]:
    for url in command.urls if command.subcommand in ("clone", "lfs clone") else ():
        if url.host in HUB_HOSTS and not command.siblings.some(_checks_out):
            yield command.finding(url.word.span, "a model is cloned without checking out a commit")


def _checks_out(command: Command) -> bool:
    """Whether a git command brings the working tree to a commit."""
    words = command.operands
    return command.name == "git" and len(words) > 1 and words[0].text in ("checkout", "reset", "switch") and _is_commit(words[-1].text)


def _pulled(command: Command) -> Iterator[Finding]:
    words = command.operands
    if len(words) > 1 and words[0].text in ("pull", "run") and "$" not in words[1].text:
        name, _, tag = words[1].text.rpartition("/")[2].partition(":")
        if tag in ("", "latest"):
            yield command.finding(words[1].span, f"`{name}` without a tag is whatever was pushed last")


def _served(command: Command) -> Iterator[Finding]:
    model_option, revision = SERVERS[command.name.partition(".")[0]]
    option = command.option(model_option)
    word, span = (option.value, option.span) if option is not None else (None, None)
    if option is None and command.subcommand == "serve" and len(command.operands) > 1:
        word, span = command.operands[1], command.operands[1].span
    if word is not None and span is not None and _is_of_hub(word.text) and not _is_fixed(command.option(revision)):
        span = span if option is None or "=" in command.source[span] else word.span
        yield command.finding(span, f"`{word.text}` is served without the hash of a commit")


PICKLED = (".pkl", ".pickle", ".pt", ".pth", ".ckpt", ".joblib", "pytorch_model.bin")
"""Formats that are pickles: loading one may run code (https://docs.python.org/3/library/pickle.html, torch.load)."""
WEIGHTS = (".safetensors", ".gguf", ".ggml", ".onnx", ".h5", ".hdf5", ".keras", ".tflite", ".mlmodel", ".engine", ".llamafile")


@rule(
    "pickled-model-download",
    severity=Severity.MEDIUM,
    profile="strict",
    references="CWE-502 · ATT&CK T1195.002 · OWASP LLM03:2025",
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM python:3.13
            RUN curl -fsSL -o /m.pth «https://example.com/model.pth?download=true» && wget -q «https://example.com/${V}/model.pkl»
            RUN wget «https://huggingface.co/acme/model/resolve/main/pytorch_model.bin»
            RUN cd /b && curl -LO https://example.com/b/model.pth && echo "0123  model.pth" | sha256sum -c
            """,
        ),
        Bad("compose.yaml", "services: {app: {image: 'acme/app:1', command: sh -c 'wget -q «https://example.com/m.ckpt» && exec app'}}"),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', command: [sh, -c, 'curl -LO «https://example.com/m.pt» && exec app']}
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM python:3.13
            RUN curl -fsSL -o /m.pth https://example.com/model.pth && echo "0123  /m.pth" | sha256sum -c -
            RUN wget https://example.com/a.pkl.md
            RUN wget https://example.com/model.safetensors && curl -o x https://example.com/model.pt.txt
            """,
        ),
        Good("compose.yaml", "services: {app: {image: 'acme/app:1', command: app --weights /models/m.ckpt}}"),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', command: [curl, -LO, 'https://example.com/m.onnx']}
            """,
        ),
    ),
)
def pickled_model_download(script: Script) -> Iterator[Finding]:
    """Weights that are a Python pickle are downloaded unchecked, and may run code when they are loaded.

    A pickle is a program. Take the weights as safetensors or GGUF, or compare a checksum that is written down, and load them with
    `weights_only=True`.
    """
    for download in _unchecked(script, PICKLED):
        yield download.command.finding(download.url.span, "these weights are a pickle, which is code, and are not checked")


@rule(
    "unverified-model-download",
    severity=Severity.LOW,
    profile="strict",
    references="ATT&CK T1195.002 · OWASP LLM03:2025",
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM debian:13
            RUN wget -O /model.gguf «https://huggingface.co/acme/model/resolve/main/model.gguf»
            RUN curl -LO «https://example.com/model.onnx»
            """,
            fixed="""
            FROM debian:13
            RUN wget -O /model.gguf https://huggingface.co/acme/model/resolve/main/model.gguf && echo "SHA256  /model.gguf" | sha256sum -c -
            RUN curl -LO https://example.com/model.onnx && echo "SHA256  model.onnx" | sha256sum -c -
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM debian:13
            RUN wget -O /model.gguf https://example.com/model.gguf && echo "0123  /model.gguf" | sha256sum -c
            RUN curl -LO https://huggingface.co/acme/model/resolve/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/model.gguf
            RUN curl -LO https://example.com/model.onnx.json && curl -LO https://example.com/model.pth
            """,
        ),
    ),
)
def unverified_model_download(script: Script) -> Iterator[Finding]:
    """Model weights are downloaded, and nothing says that they are the ones that were meant.

    Other weights behave as their maker likes, and no scanner sees that. Compare a checksum, or name the commit in the URL
    (`/resolve/<commit>/`).
    """
    for download in _unchecked(script, WEIGHTS):
        fix = download.compare_first(COMPARED) if download.file else None
        yield download.command.finding(download.url.span, "these weights are downloaded without a checksum", fix=fix)


def _unchecked(script: Script, endings: tuple[str, ...]) -> Iterator[Download]:
    """The downloads of files that end so, whose checksum is not compared and whose address names no commit."""
    for download in script.downloads:
        path = download.url.text.partition("?")[0].partition("#")[0]
        if path.lower().endswith(endings) and download.check is None and not _is_commit(path.partition("/resolve/")[2].partition("/")[0]):
            yield download


TRUST = ("--trust-remote-code", "--trust_remote_code")
TRUST_VARIABLES = {
    "trust_remote_code": "text-generation-launcher",  # https://huggingface.co/docs/text-generation-inference/reference/launcher
    "hf_datasets_trust_remote_code": "datasets",  # https://huggingface.co/docs/datasets/package_reference/main_classes
    "vllm_trust_remote_code": "vllm",
}
TRUST_CALLS = (*HUB_CALLS, "load", "from_config", "AutoModel", "LLM", "AsyncEngineArgs", "EngineArgs", "load_model")
RUNNERS = PYTHON | set(SERVERS) | {
    "", "lmdeploy", "accelerate", "torchrun", "deepspeed", "lm_eval", "lm-eval", "infinity_emb", "fastchat", "ray", "tritonserver", "trl",
    "optimum-cli", "trtllm-serve", "mlx_lm", "uv",
}  # fmt: skip
OFF = frozenset({"", "0", "false", "no", "off", "n"})
ON = frozenset({"1", "true", "yes", "on", "y"})


@rule(
    "remote-code-trusted",
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    references="ATT&CK T1195.002 · ATT&CK T1059.006 · OWASP LLM03:2025",
    programs=RUNNERS,
    variables=TRUST_VARIABLES,
    examples=(
        Bad(
            "Dockerfile",
            """
            FROM vllm/vllm-openai:v1
            ENV A=1 «TRUST_REMOTE_CODE=1»
            CMD vllm serve a/b «--trust-remote-code» --port 80
            """,
            fixed="""
            FROM vllm/vllm-openai:v1
            ENV A=1
            CMD vllm serve a/b --port 80
            """,
        ),
        Bad(
            "Dockerfile",
            """
            FROM python:3.13
            RUN python -c "from transformers import AutoModel; AutoModel.«from_pretrained»('acme/model', trust_remote_code=True)"
            ENV «TRUST_REMOTE_CODE=true»
            CMD ["vllm", "serve", "acme/model", «"--trust-remote-code"»]
            COPY <<EOF /load.py
            from transformers import AutoModel
            AutoModel.«from_pretrained»('acme/model', trust_remote_code=True)
            EOF
            """,
        ),
        Bad(
            "compose.yaml",
            """
            services:
              app:
                image: vllm/vllm-openai:v0.11.0
                command: --model acme/model «--trust-remote-code»
              other:
                image: acme/tgi:1
                environment: [«TRUST_REMOTE_CODE=1»]
            """,
        ),
        Bad(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - name: web
                  image: vllm/vllm-openai:v0.11.0
                  args: [--model=acme/model, «--trust-remote-code»]
            """,
        ),
        Good(
            "Dockerfile",
            """
            FROM python:3.13
            RUN python -c "from transformers import AutoModel; AutoModel.from_pretrained('acme/model', trust_remote_code=False)"
            RUN python -c "from transformers import AutoModel; AutoModel.from_pretrained('/model', trust_remote_code=True)"
            ENV TRUST_REMOTE_CODE=false
            RUN echo --trust-remote-code && vllm serve /model --trust-remote-code
            CMD ["vllm", "serve", "acme/model", "--trust-remote-code", "--revision", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]
            """,
        ),
        Good(
            "compose.yaml",
            """
            services:
              app:
                image: vllm/vllm-openai:v0.11.0
                command: --model acme/model
                environment: [TRUST_REMOTE_CODE]
            """,
        ),
        Good(
            "pod.yaml",
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              containers:
                - {name: web, image: 'acme/web:1', args: [--model=/models/m, --trust-remote-code=false]}
            """,
        ),
    ),
)
def remote_code_trusted(subject: Command | Variable | WrittenFile) -> Iterator[Finding]:
    """Python code that comes with a model is run.

    With `trust_remote_code` the files of the model's repository are imported, and whoever may push there runs code in the container.
    Use a model that the library knows by itself, or fix the revision to a commit whose code you have read.
    """
    if isinstance(subject, Variable):
        if subject.name.lower() in TRUST_VARIABLES and subject.value.text.lower() in ON and subject.place in ("env", "arg", "configmap"):
            fix = subject.drop("variable", caveat=NEEDS_ITS_CODE)
            yield subject.finding(subject.span, f"`{subject.name}` runs the code that comes with the model", fix=fix)
        return
    if isinstance(subject, Command) and any(word.text.startswith("--trust") for word in subject.words):
        option = subject.option(*TRUST)
        if option is not None and (option.value is None or option.value.text.lower() not in OFF) and not _code_is_known(subject):
            fix = subject.drop_option(option, caveat=NEEDS_ITS_CODE)
            yield subject.finding(option.span, "the code that comes with the model is run", fix=fix)
    for call in subject.python_calls(*TRUST_CALLS):
        trusted = call.keywords.get("trust_remote_code") is True or call.keywords.get("trust_repo") is True
        model = call.first or next((str(call.keywords[name]) for name in REPOSITORY_KEYWORDS if call.keywords.get(name)), "")
        if trusted and not _is_path(model) and not _is_commit(call.keywords.get("revision", "")):
            yield subject.finding(call.span, "the code that comes with the model is run")


def _code_is_known(command: Command) -> bool:
    """Whether the model is a folder that is already there, or its commit is named."""
    if _is_fixed(command.option("--code-revision")) or _is_fixed(command.option("--revision")):
        return True
    models = [option.value for option in command.options if option.name in ("--model", "--model-path", "--model-id")]
    words = [word.text for word in command.words]
    named = [model.text for model in models if model is not None]
    named += [words[at + 1] for at in range(len(words) - 1) if words[at] in ("--model", "--model-path", "--model-id", "serve")]
    return any(_is_path(name) for name in named)


def _is_of_hub(name: str) -> bool:
    """Whether a name is a repository of the Hub: `owner/name`."""
    owner, slash, rest = name.partition("/")
    return bool(slash and owner and rest) and "/" not in rest and not _is_path(name) and "$" not in name and ":" not in name


def _is_path(name: str) -> bool:
    return name.startswith(("/", ".", "~", "$(pwd)", "file:", "s3://", "gs://"))


def _is_fixed(option: Option | None) -> bool:
    return option is not None and option.value is not None and _is_commit(option.value.text)


def _is_commit(revision: object) -> bool:
    """Whether a revision is the hash of a commit, or a variable or computation may decide it."""
    if not isinstance(revision, str):
        return True
    return "$" in revision or (len(revision) == 40 and not revision.strip("0123456789abcdef"))
