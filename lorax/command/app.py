"""The command's parts, put together."""

import typer

from lorax.command.chatting import chat
from lorax.command.doctor import doctor
from lorax.command.exits import MEANINGS
from lorax.command.generating import generate
from lorax.command.telling import info

_EXITS = "\n".join(f"{code.value:>5}  {meaning}" for code, meaning in MEANINGS.items())

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Ask a LoRAX server, and find out what is wrong with one.",
    epilog=f"\b\nExit codes:\n{_EXITS}",
)
for command in (generate, chat, info, doctor):
    app.command()(command)
