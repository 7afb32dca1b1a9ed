"""capdrop finds secrets and needless privilege in what builds and starts containers.

These names are what a rule may import, and nothing else.
"""

from .finding import Confidence, Edit, Finding, Fix, Note, Safety, Severity
from .model.command import Command, Option, Word
from .model.container import Container
from .model.copy import Copy
from .model.ignore_comment import IgnoreComment
from .model.image import Image
from .model.kubernetes_object import KubernetesObject
from .model.mount import Mount
from .model.oddity import Oddity
from .model.stage import Stage
from .model.text import Text
from .model.value import Value
from .model.variable import Variable
from .rule import Bad, Good, rule
from .secret_search import find_private_keys, find_tokens, find_url_passwords, judge, named_like_a_secret
from .source import Span

__version__ = "0.1.0"

__all__ = [
    "Bad",
    "Command",
    "Confidence",
    "Container",
    "Copy",
    "Edit",
    "Finding",
    "Fix",
    "Good",
    "IgnoreComment",
    "Image",
    "KubernetesObject",
    "Mount",
    "Note",
    "Oddity",
    "Option",
    "Safety",
    "Severity",
    "Span",
    "Stage",
    "Text",
    "Value",
    "Variable",
    "Word",
    "find_private_keys",
    "find_tokens",
    "find_url_passwords",
    "judge",
    "named_like_a_secret",
    "rule",
]
