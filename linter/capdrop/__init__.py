"""capdrop finds secrets and needless privilege in what builds and starts containers.

These names are what a rule may import, and nothing else. Those of the model are imported when they are first asked for: a run needs
few of them.
"""

from .finding import Confidence, Edit, Finding, Fix, Note, Safety, Severity
from .rule import Bad, Good, rule
from .source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .model.account import Account
    from .model.build_context import BuildContext
    from .model.build_step import BuildStep, RunMount
    from .model.command import Command, Option, Word
    from .model.container import Container, DefaultContainer
    from .model.copy import Copy
    from .model.download import Download
    from .model.folder import Folder
    from .model.host_paths import is_socket as is_runtime_socket
    from .model.ignore_comment import IgnoreComment
    from .model.image import Image
    from .model.interpreters import RUNNERS
    from .model.kubernetes_object import KubernetesObject
    from .model.mount import Mount
    from .model.oddity import Oddity
    from .model.packages import Package
    from .model.port import Port
    from .model.script import Script
    from .model.stage import Stage
    from .model.text import Text
    from .model.url import Url
    from .model.value import Value
    from .model.variable import Variable
    from .model.written_file import WrittenFile
    from .secret_search import (
        find_private_keys,
        find_tokens,
        find_url_passwords,
        is_harmless_file,
        judge,
        named_like_a_secret,
        secret_file,
        secret_folder,
    )

__version__ = "0.1.0"

_HOMES = {
    "Account": "model.account",
    "BuildContext": "model.build_context",
    "BuildStep": "model.build_step",
    "Command": "model.command",
    "Container": "model.container",
    "Copy": "model.copy",
    "DefaultContainer": "model.container",
    "Download": "model.download",
    "Folder": "model.folder",
    "IgnoreComment": "model.ignore_comment",
    "Image": "model.image",
    "KubernetesObject": "model.kubernetes_object",
    "Mount": "model.mount",
    "Oddity": "model.oddity",
    "Option": "model.command",
    "Package": "model.packages",
    "Port": "model.port",
    "RUNNERS": "model.interpreters",
    "RunMount": "model.build_step",
    "Script": "model.script",
    "Stage": "model.stage",
    "Text": "model.text",
    "Url": "model.url",
    "Value": "model.value",
    "Variable": "model.variable",
    "Word": "model.command",
    "WrittenFile": "model.written_file",
    "find_private_keys": "secret_search",
    "find_tokens": "secret_search",
    "find_url_passwords": "secret_search",
    "is_harmless_file": "secret_search",
    "is_runtime_socket": "model.host_paths",
    "judge": "secret_search",
    "named_like_a_secret": "secret_search",
    "secret_file": "secret_search",
    "secret_folder": "secret_search",
}
"""The module of each name."""


_ALIASES = {"is_runtime_socket": "is_socket"}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"capdrop has no {name!r}")
    module = __import__(f"capdrop.{home}", fromlist=(name,))
    value: object = getattr(module, _ALIASES.get(name, name))
    globals()[name] = value
    return value


__all__ = [
    "RUNNERS",
    "Account",
    "Bad",
    "BuildContext",
    "BuildStep",
    "Command",
    "Confidence",
    "Container",
    "Copy",
    "DefaultContainer",
    "Download",
    "Edit",
    "Finding",
    "Fix",
    "Folder",
    "Good",
    "IgnoreComment",
    "Image",
    "KubernetesObject",
    "Mount",
    "Note",
    "Oddity",
    "Option",
    "Package",
    "Port",
    "RunMount",
    "Safety",
    "Script",
    "Severity",
    "Span",
    "Stage",
    "Text",
    "Url",
    "Value",
    "Variable",
    "Word",
    "WrittenFile",
    "find_private_keys",
    "find_tokens",
    "find_url_passwords",
    "is_harmless_file",
    "is_runtime_socket",
    "judge",
    "named_like_a_secret",
    "rule",
    "secret_file",
    "secret_folder",
]
