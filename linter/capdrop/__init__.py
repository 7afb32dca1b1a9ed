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
    from .model.cluster import (
        BorrowedVariables,
        Cluster,
        Grant,
        Item,
        NetworkPolicy,
        Part,
        Party,
        Role,
        RoleBinding,
        Route,
        Service,
        ServiceAccount,
        Traffic,
        Workload,
    )
    from .model.command import Command
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
    from .model.network import Network
    from .model.oddity import Oddity
    from .model.packages import Package
    from .model.pod import Pod
    from .model.port import Port
    from .model.remote_source import RemoteSource
    from .model.script import Script
    from .model.stage import Stage
    from .model.switches import Switches
    from .model.text import Text
    from .model.url import Url
    from .model.value import Value
    from .model.variable import Variable
    from .model.words import Option, Word
    from .model.written_file import WrittenFile
    from .secret_search import (
        CHANGE,
        ROTATE,
        Verdict,
        better_way,
        calls_it_an_example,
        find_by_detect_secrets,
        find_encoded,
        find_in_json,
        find_logins,
        find_private_keys,
        find_tokens,
        find_url_passwords,
        is_harmless_file,
        judge,
        named_like_a_secret,
        revocation,
        secret_file,
        secret_folder,
    )

__version__ = "0.1.0"

_HOMES = {
    "Account": "model.account",
    "BorrowedVariables": "model.cluster",
    "BuildContext": "model.build_context",
    "BuildStep": "model.build_step",
    "Cluster": "model.cluster",
    "Command": "model.command",
    "Container": "model.container",
    "Copy": "model.copy",
    "DefaultContainer": "model.container",
    "Download": "model.download",
    "Folder": "model.folder",
    "IgnoreComment": "model.ignore_comment",
    "Grant": "model.cluster",
    "Image": "model.image",
    "Item": "model.cluster",
    "KubernetesObject": "model.kubernetes_object",
    "Mount": "model.mount",
    "Network": "model.network",
    "NetworkPolicy": "model.cluster",
    "Oddity": "model.oddity",
    "Option": "model.command",
    "Package": "model.packages",
    "Pod": "model.pod",
    "Part": "model.cluster",
    "Party": "model.cluster",
    "Port": "model.port",
    "RUNNERS": "model.interpreters",
    "RemoteSource": "model.remote_source",
    "Role": "model.cluster",
    "RoleBinding": "model.cluster",
    "Route": "model.cluster",
    "RunMount": "model.build_step",
    "Script": "model.script",
    "Service": "model.cluster",
    "ServiceAccount": "model.cluster",
    "Stage": "model.stage",
    "Switches": "model.switches",
    "Text": "model.text",
    "Traffic": "model.cluster",
    "Url": "model.url",
    "Value": "model.value",
    "Variable": "model.variable",
    "Word": "model.command",
    "Workload": "model.cluster",
    "WrittenFile": "model.written_file",
    "better_way": "secret_search",
    "find_by_detect_secrets": "secret_search",
    "CHANGE": "secret_search",
    "ROTATE": "secret_search",
    "Verdict": "secrets.judge",
    "find_encoded": "secret_search",
    "find_in_json": "secret_search",
    "find_logins": "secret_search",
    "find_private_keys": "secret_search",
    "find_tokens": "secret_search",
    "find_url_passwords": "secret_search",
    "calls_it_an_example": "secret_search",
    "is_harmless_file": "secret_search",
    "is_runtime_socket": "model.host_paths",
    "judge": "secret_search",
    "named_like_a_secret": "secret_search",
    "revocation": "secret_search",
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
    "CHANGE",
    "ROTATE",
    "RUNNERS",
    "Account",
    "Bad",
    "BorrowedVariables",
    "BuildContext",
    "BuildStep",
    "Cluster",
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
    "Grant",
    "IgnoreComment",
    "Image",
    "Item",
    "KubernetesObject",
    "Mount",
    "Network",
    "NetworkPolicy",
    "Note",
    "Oddity",
    "Option",
    "Package",
    "Part",
    "Party",
    "Pod",
    "Port",
    "RemoteSource",
    "Role",
    "RoleBinding",
    "Route",
    "RunMount",
    "Safety",
    "Script",
    "Service",
    "ServiceAccount",
    "Severity",
    "Span",
    "Stage",
    "Switches",
    "Text",
    "Traffic",
    "Url",
    "Value",
    "Variable",
    "Verdict",
    "Word",
    "Workload",
    "WrittenFile",
    "better_way",
    "calls_it_an_example",
    "find_by_detect_secrets",
    "find_encoded",
    "find_in_json",
    "find_logins",
    "find_private_keys",
    "find_tokens",
    "find_url_passwords",
    "is_harmless_file",
    "is_runtime_socket",
    "judge",
    "named_like_a_secret",
    "revocation",
    "rule",
    "secret_file",
    "secret_folder",
]
