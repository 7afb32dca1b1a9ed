"""Shell scripts that stand in values: in ConfigMaps, Secrets and the configs of Compose."""

from __future__ import annotations

from capdrop.model.command import Command
from capdrop.source import Fragment, Source
from capdrop.syntax import shell

from .commands import commands_in_shell, leave_to_settings
from .one_command import Setting
from .settings_file import is_shell_script

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


def commands_of_script(fragment: Fragment, name: str, source: Source, address: str) -> Iterator[Command]:
    """The commands of a file that stands in a value, where it is a shell script."""
    text = fragment.text
    if is_shell_script(text, name) and shell.shebang(text) == "sh":
        for subject in commands_in_shell(fragment, Setting(source, address, "script"), depth=1):
            if isinstance(subject, Command):
                leave_to_settings(subject)
                if fragment.decoded is not None:
                    subject.origin = None  # no edit can be written into what is encoded
                yield subject
