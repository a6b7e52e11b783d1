"""`ccr policy`: checks the rule book, shows a version with its sources, compares two."""

import json
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from orchestration.cli.policy_stale import stale
from orchestration.cli.terminal import err, out, stop

if TYPE_CHECKING:
    from orchestration.policy.library import PolicyLibrary
    from orchestration.policy.loading import PolicyRefusedError, PolicyVersion

policy = typer.Typer(help="Checks, shows and compares the policies of the rule book.", no_args_is_help=True)
policy.command()(stale)
REFUSED = 2

PolicyId = Annotated[str, typer.Argument(metavar="ID", help="A policy, such as douyin_ccr.")]


@policy.command()
def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH]...",
            help="A document, the folder of a policy, or a folder of policies. [the whole rule book]",
        ),
    ] = None,
) -> None:
    """Refuse policies that cannot be put in force: every fault with file, line, rule and remedy.

    Documents named here are checked within the rule book, in place of those with their policy and
    version. Exits with 2 when anything is refused.
    """
    from orchestration.policy.library import PolicyLibrary
    from orchestration.policy.loading import PolicyRefusedError

    folders = _folders()
    try:
        library = PolicyLibrary.trying(folders, paths) if paths else PolicyLibrary.load(folders)
    except PolicyRefusedError as refused:
        refuse(refused)
    policies = len({version.policy_id for version in library.versions})
    err.print(
        f"{len(library.versions)} versions of {policies} policies are sound and fit together",
        highlight=False,
        soft_wrap=True,
    )


@policy.command()
def show(
    policy_id: PolicyId,
    version: Annotated[str | None, typer.Option("--version", help="A version by its name.")] = None,
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help="The version in force on a business day."),
    ] = None,
) -> None:
    """Print a version in words, with the sources of each number. [the last version]"""
    from orchestration.policy.library import NoPolicyInForceError

    if version is not None and on is not None:
        stop("--version and --on both say which version; give one of them")
    library = _library()
    try:
        if version is not None:
            found = library.version(policy_id, version)
        else:
            found = library.in_force(policy_id, on.date()) if on else library.of(policy_id)[-1]
    except NoPolicyInForceError as error:
        stop(str(error))
    _print_version(found)


@policy.command()
def diff(
    policy_id: PolicyId,
    first: Annotated[str, typer.Argument(metavar="V1", help="The version to compare from.")],
    second: Annotated[str, typer.Argument(metavar="V2", help="The version to compare to.")],
) -> None:
    """Print in words what the second version says otherwise than the first, key by key."""
    from orchestration.policy.library import NoPolicyInForceError
    from orchestration.policy.wording import differences

    library = _library()
    try:
        found = differences(library.version(policy_id, first), library.version(policy_id, second))
    except NoPolicyInForceError as error:
        stop(str(error))
    if not found:
        _say(f"{policy_id} {first} and {second} say the same")
    section = None
    for difference in found:
        if difference.section != section:
            section = difference.section
            out.print(f"[bold]{_heading(section)}[/bold]")
        _say(f"  {difference}")


@policy.command()
def schema(
    to: Annotated[Path | None, typer.Option("--to", help="A file to write. [the terminal]")] = None,
) -> None:
    """Write the JSON Schema of a policy document, for editors that check while one writes."""
    from orchestration.policy.json_schema import json_schema

    text = json.dumps(json_schema(), ensure_ascii=False, indent=2)
    if to is None:
        typer.echo(text)
        return
    try:
        to.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        stop(f"{to}: cannot be written: {error.strerror}; name a file in a folder that exists")


def _folders() -> tuple[Path, ...]:
    from orchestration.settings import Settings, SettingsError

    try:
        return Settings.from_environment().policy_folders
    except SettingsError as error:
        stop(str(error))


def _library() -> "PolicyLibrary":
    from orchestration.policy.library import PolicyLibrary
    from orchestration.policy.loading import PolicyRefusedError

    try:
        return PolicyLibrary.load(_folders())
    except PolicyRefusedError as refused:
        refuse(refused)


def refuse(refused: "PolicyRefusedError", so: str = "nothing is put in force") -> NoReturn:
    """Ends the command with every fault, one a line."""
    for fault in refused.faults:
        _say(str(fault))
    count = len(refused.faults)
    err.print(f"[red]ccr:[/red] {count} {'fault' if count == 1 else 'faults'}; {so}")
    raise typer.Exit(REFUSED)


def _print_version(version: "PolicyVersion") -> None:
    from rich.table import Table

    from orchestration.policy.model import RatePolicy
    from orchestration.policy.wording import lines_of

    document = version.document
    out.print(f"[bold]{version.policy_id} {version.version}[/bold]", highlight=False)
    until = f"until the day before {version.effective_to}" if version.effective_to else "with no end"
    _say(f"in force from {document.dates.effective_from} {until}; SHA-256 {version.sha256}")
    if isinstance(document, RatePolicy):
        metric = document.metric
        counted = "" if metric.is_counted else "; its counts do not exist here, so nothing is scored by it"
        _say(f"{metric.id} is {metric.definition.numerator} ÷ {metric.definition.denominator}{counted}")
    for section, lines in groupby(lines_of(version), key=lambda line: line.section):
        table = Table(title=_heading(section), title_justify="left", box=None, show_header=False)
        for line in lines:
            table.add_row(line.what, line.says, ", ".join(line.cites))
        out.print(table)
    sources = Table(title="sources", title_justify="left", box=None, show_header=False)
    for source in document.sources:
        sources.add_row(source.id, source.grade, source.says, source.where or "")
    out.print(sources)


def _heading(section: str) -> str:
    return section.replace("_", " ")


def _say(text: str) -> None:
    out.print(text, highlight=False, markup=False, soft_wrap=True)
