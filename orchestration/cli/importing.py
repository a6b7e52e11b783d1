"""`ccr import`: turns data sets and exports of platforms into landing files."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.terminal import Home, Landing, err, out, settings_of, stop

imports = typer.Typer(help="Turns data sets and exports into landing files.", no_args_is_help=True)

Export = Annotated[Path, typer.Argument(help="The export: .csv, .json or .jsonl.")]
Platform = Annotated[str, typer.Option("--platform", help="Whose export it is, such as pinduoduo.")]
Shop = Annotated[str | None, typer.Option("--shop", help="The shop, where the export names none.")]
Day = Annotated[
    datetime | None,
    typer.Option("--day", formats=["%Y-%m-%d"], help="Day from which it is known. [each row's own day]"),
]
Map = Annotated[Path | None, typer.Option("--map", help="A column map of your own (YAML).")]


@imports.command()
def olist(
    folder: Annotated[Path, typer.Argument(help="The data set, as Parquet or as its CSV files.")],
    to: Annotated[Path, typer.Option("--to", help="Landing folder to write.")],
) -> None:
    """Turn the public Olist marketplace data set into landing files."""
    from orchestration.landing.platforms.olist import OlistError, import_olist

    try:
        out.print(str(import_olist(folder, to)))
    except OlistError as error:
        stop(str(error))


def _command(name: str, source: str, told: str) -> None:
    """Makes `ccr import NAME` known: the sources differ, what is asked about an export does not."""

    @imports.command(name, help=told)
    def take(
        *,
        export: Export,
        platform: Platform,
        shop: Shop = None,
        day: Day = None,
        own_map: Map = None,
        landing: Landing = None,
        home: Home = None,
    ) -> None:
        _import(source, export, platform, shop=shop, day=day, own_map=own_map, landing=landing, home=home)


_command("bills", "bills", "Take what a platform deducted from a merchant's balance and gave back.")
_command("tickets", "platform_tickets", "Take the tickets by which a platform punishes.")
_command("figures", "platform_figures", "Take the figures that a platform publishes of its shops.")


def _import(
    source: str,
    export: Path,
    platform: str,
    *,
    shop: str | None,
    day: datetime | None,
    own_map: Path | None,
    landing: Path | None,
    home: Path | None,
) -> None:
    from orchestration.landing.platforms.column_map import ColumnMapError, column_map, shipped_map
    from orchestration.landing.platforms.exports import ExportError, import_export

    settings = settings_of(home, landing)
    try:
        mapping = column_map(own_map) if own_map else shipped_map(platform, source)
        if (mapping.platform, mapping.source) != (platform, source):
            stop(f"{own_map} maps {mapping.source} of {mapping.platform}, not {source} of {platform}")
        taken = import_export(
            export, mapping, settings.landing, shop=shop, day=None if day is None else day.date()
        )
    except (ColumnMapError, ExportError) as error:
        stop(str(error))
    for name in taken.lacking:
        err.print(f"the export has no column {name}: what it would say stays empty", markup=False)
    if taken.left_out:
        err.print(f"columns left out: {', '.join(taken.left_out)}", markup=False, soft_wrap=True)
    days = sorted(path.parent.name for path in taken.files)
    out.print(
        f"{taken.rows} rows of {source} landed for {days[0]} to {days[-1]}; run those days to count them in",
        highlight=False,
        soft_wrap=True,
    )
