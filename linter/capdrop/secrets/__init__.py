"""Is this value a secret? Knows text only: no file format, no finding."""

from __future__ import annotations

from .judge import Verdict, judge, judge_all
from .keys import PrivateKey, find_private_keys
from .names import named_like_a_secret
from .pairs import PairPassword, find_docker_auths, find_pair_passwords
from .tokens import Token, find_tokens, where_to_revoke
from .urls import UrlPassword, find_url_passwords
from .values import is_placeholder, is_reference

__all__ = [
    "PairPassword",
    "PrivateKey",
    "Token",
    "UrlPassword",
    "Verdict",
    "find_docker_auths",
    "find_pair_passwords",
    "find_private_keys",
    "find_tokens",
    "find_url_passwords",
    "is_placeholder",
    "is_reference",
    "judge",
    "judge_all",
    "named_like_a_secret",
    "where_to_revoke",
]
