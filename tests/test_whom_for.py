"""What the beginning of a file says of whom it is for."""

from __future__ import annotations

import pytest
from capdrop.source import Source


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("# Docker Compose for Local Development\nservices: {}\n", True),
        ("\n#\n# A dev / testing /example compose file that starts everything.\nservices: {}\n", True),
        ("# DO NOT USE IN PRODUCTION\n#\nFROM debian:13\n", True),
        ("# Not for production.\nFROM debian:13\n", True),
        ("# local dev stack\r\nservices: {}\r\n", True),
        ("# For local development use compose.dev.yaml instead.\nservices: {}\n", False),
        ("services:\n  # A compose file for testing that the image works without the cloud\n  a: {}\n", True),
        ("# Do not use it on production\nservices: {}\n", True),
        ("# For development and production\nservices: {}\n", False),
        ("# This file is not intended for production use without first\n# customizing it.\nservices: {}\n", False),
        ("# Developed by ACME, for all who test\nservices: {}\n", False),
        ("# For local testing by the maintainer:\n# docker build .\nFROM debian:13\n", False),
        ("services: {}\n# for local development\n", False),
        ("", False),
    ],
)
def test_what_a_file_begins_with(text: str, is_so: bool) -> None:
    assert Source("compose.yaml", text).is_for_developers is is_so


@pytest.mark.parametrize(
    ("path", "is_so"),
    [
        ("golang-issue-21867/Dockerfile", True),
        ("bugs/bug_1234.yaml", True),
        ("web/repro/compose.yaml", True),
        ("issue-tracker/Dockerfile", False),
        ("issues/compose.yaml", False),
        ("reproxy/Dockerfile", False),
        ("debug10/Dockerfile", False),
        ("/home/issue-123/Dockerfile", False),
        ("run-tests.sh", True),
        ("test-migrations/compose.yaml", True),
        ("attest/compose.yaml", False),
        ("deploy.sh", False),
    ],
)
def test_what_shows_a_fault(path: str, is_so: bool) -> None:
    assert Source(path, "").is_for_tests is is_so
