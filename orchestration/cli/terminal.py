"""What every command shares: where it prints, which home it works in, how it stops."""

import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from orchestration.settings import Settings

# tables are as wide as they are; a file or a pipe has no width of its own
out = Console(width=None if sys.stdout.isatty() else 180)
err = Console(stderr=True)

Home = Annotated[Path | None, typer.Option("--home", help="Where everything is kept. [CCR_HOME, or ./.ccr]")]
Landing = Annotated[
    Path | None, typer.Option("--landing", help="Folder of deliveries. [CCR_LANDING, or HOME/landing]")
]


As = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="SCOPE",
        help="See what a merchant sees: shop:<key>,group:<key>. It narrows CCR_SCOPE and never widens it.",
    ),
]
Asker = Annotated[
    str, typer.Option("--by", envvar="CCR_ACTOR", help="Who asks, for the audit log. [the login name]")
]


def settings_of(home: Path | None, landing: Path | None = None, *, keeps_scope: bool = False) -> Settings:
    """The settings of a command; Dagster's definitions read them when they are loaded, wherever that is.

    A command that does not keep to a scope stops where CCR_SCOPE sets one: it works on every shop.
    """
    if home is not None:
        os.environ["CCR_HOME"] = str(home.resolve())
    if landing is not None:
        os.environ["CCR_LANDING"] = str(landing.resolve())
    settings = Settings.from_environment()
    if settings.scope and not keeps_scope:
        stop(
            f"CCR_SCOPE is '{settings.scope}', and this command works on every shop: it is the governance "
            "team's. Ask `ccr records`, `ccr issues`, `ccr sessions`, `ccr appeals`, `ccr penalties`, "
            "`ccr export`, `ccr result` or `ccr explain`; `ccr appeal` files and follows, and decides nothing"
        )
    os.environ["CCR_HOME"] = os.environ["DAGSTER_HOME"] = str(settings.home)
    os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "500")
    return settings


def stop(message: str) -> NoReturn:
    """Ends the command as failed, with the reason."""
    err.print("[red]ccr:[/red]", end=" ")
    err.print(message, highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(1)
