"""What few other tools read in a Dockerfile: newer features of BuildKit, here-documents, and models (rule-catalogue, 3.4 and 3.5)."""

from __future__ import annotations

import pytest

from tests.test_dockerfile_blind_spots import BOOK, found

STRICT = sorted(BOOK.of_profile("strict"))

FEATURES = [
    ("# syntax=acme/frontend:1", "unpinned-frontend"),
    ("# check=skip=all", "build-check-skipped"),
    ("RUN --security=insecure make", "insecure-build-step"),
    ("RUN --network=host make", "host-network-build-step"),
    ("RUN --mount=type=ssh npm ci", "ssh-agent-for-package-code"),
    ("RUN --mount=type=SSH npm ci", "ssh-agent-for-package-code"),
    ("RUN --mount=type=secret,id=a,mode=0444 make", "readable-build-secret"),
    ("RUN --mount=type=secret,id=a cat /run/secrets/a > /etc/token", "secret-persisted"),
    ('RUN --mount=type=secret,id=a,env=TOKEN echo "$TOKEN" > /etc/token', "secret-persisted"),
    ("RUN --mount=type=secret,id=a,env=TOKEN git clone https://x:$TOKEN@git.example.com/a/b", "secret-persisted"),
    ("RUN --mount=from=ghcr.io/acme/uv,target=/uv /uv/uv sync", "image-without-tag"),
    ("COPY --from=ghcr.io/acme/uv:latest /uv /bin/", "image-with-moving-tag"),
    ("COPY --parents config/.env /app/", "secret-file-copied"),
    ("COPY --exclude=*.md .env /app/", "secret-file-copied"),
    ("ADD https://example.com/a.tgz /a", "add-url-without-checksum"),
    ("ADD https://git.example.com/a.git /a", "git-source-without-commit"),
    ("ADD https://git.example.com/a.git?branch=main /a", "git-source-without-commit"),
    ("ONBUILD RUN curl https://example.com/i | sh", "download-piped-to-shell"),
    ("ONBUILD ENV DB_PASSWORD=Kp3-vv81-" + "Qz", "hard-coded-credential"),
    ("RUN <<EOF\ncurl https://example.com/i | sh\nEOF", "download-piped-to-shell"),
    ("RUN <<EOF bash\ncurl https://example.com/i | sh\nEOF", "download-piped-to-shell"),
    ("COPY --chmod=755 <<EOF /entry.sh\n#!/bin/sh\ncurl https://example.com/i | sh\nEOF", "download-piped-to-shell"),
    ("COPY <<-EOF /entry.sh\n\t#!/bin/sh\n\tcurl -k https://example.com/i\n\tEOF", "certificate-check-disabled"),
    ("RUN cat <<'EOF' > /entry.sh\n#!/usr/bin/env bash\ncurl https://example.com/i | sh\nEOF", "download-piped-to-shell"),
    ("RUN cat <<EOF > /etc/pip.conf\n[global]\ntrusted-host = pypi.org\nEOF", "certificate-check-disabled"),
    ("RUN hf download acme/a", "model-without-revision"),
    ("RUN huggingface-cli download acme/a", "model-without-revision"),
    ("RUN ollama pull llama3", "model-without-revision"),
    ("RUN git lfs install && git clone https://huggingface.co/acme/a", "model-without-revision"),
    ("RUN python -c \"from a import M; M.from_pretrained('acme/a')\"", "model-without-revision"),
    ("RUN python3 <<EOF\nfrom a import M\nM.from_pretrained('acme/a', trust_remote_code=True)\nEOF", "remote-code-trusted"),
    ("RUN <<EOF\n#!/usr/bin/env python3\nfrom a import M\nM.from_pretrained('acme/a', trust_remote_code=True)\nEOF", "remote-code-trusted"),
    ("RUN wget https://huggingface.co/acme/a/resolve/main/model.safetensors", "unverified-model-download"),
    ("RUN wget https://example.com/v1/m.pt", "pickled-model-download"),
    ("ENV OLLAMA_HOST=0.0.0.0", "inference-server-without-key"),
    ('CMD ["vllm", "serve", "acme/a"]', "inference-server-without-key"),
    ('CMD ["jupyter", "lab", "--ip=0.0.0.0", "--ServerApp.token="]', "server-without-authentication"),
    ("ARG HF_TOKEN", "secret-build-argument"),
]


@pytest.mark.parametrize(("line", "rule"), FEATURES)
def test_features(line: str, rule: str) -> None:
    text = f"{line}\nFROM debian:13\n" if line.startswith("#") else f"FROM debian:13\n{line}\n"
    assert rule in [name for name, _ in found(text, *STRICT)]


@pytest.mark.parametrize(
    "line",
    [
        "RUN --mount=type=secret,id=a,env=TOKEN npm ci",
        "RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci",
        "RUN --mount=type=cache,target=/root/.cache --network=none --security=sandbox make",
        "RUN --mount=type=bind,target=/src make",
        "COPY --link --exclude=.env --parents src /app/",
        "COPY <<EOF /app/run.py\n#!/usr/bin/env python3\n# curl https://example.com/i | sh\nEOF",
        "COPY <<EOF /notes\ncurl https://example.com/i | sh\nEOF",
        "ADD --checksum=sha256:" + "a" * 64 + " https://example.com/a.tgz /a",
        "ONBUILD RUN make",
    ],
)
def test_harmless_features(line: str) -> None:
    assert found(f"FROM debian:13\n{line}\nUSER 1000\n") == []
