"""`ccr`: the pipeline from a terminal. Each command is thin; the work is in the rooms."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.classifying import classify
from orchestration.cli.explain import explain
from orchestration.cli.explaining import explain_text
from orchestration.cli.lexicon import lexicon
from orchestration.cli.policy import policy
from orchestration.cli.retag import retag
from orchestration.cli.review import review
from orchestration.cli.simulating import simulate
from orchestration.cli.terminal import Home, Landing, err, out, settings_of, stop
from orchestration.settings import SettingsError

app = typer.Typer(
    name="ccr",
    help="From consumer negative feedback to an explained penalty list.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
imports = typer.Typer(help="Turns public data sets into landing files.", no_args_is_help=True)
app.add_typer(imports, name="import")
app.add_typer(explain, name="explain")
app.add_typer(lexicon, name="lexicon")
app.add_typer(policy, name="policy")
app.add_typer(review, name="review")
policy.command()(simulate)
app.command()(retag)


@app.command()
def sample(
    landing: Landing = None,
    home: Home = None,
    orders: Annotated[int, typer.Option(min=2_000, help="About how many orders.")] = 20_000,
    days: Annotated[int, typer.Option(min=40, help="Business days, from 2026-09-01.")] = 45,
    seed: Annotated[int, typer.Option(help="The same seed writes the same bytes.")] = 7,
) -> None:
    """Write a small invented market as landing files, with planted offenders and innocents."""
    from orchestration.sample.market import write_market

    settings = settings_of(home, landing)
    try:
        counts = write_market(settings.landing, orders=orders, days=days, seed=seed)
    except FileExistsError as error:
        stop(str(error))
    rows = ", ".join(f"{count:,} {source}" for source, count in counts.rows.items())
    out.print(f"{settings.landing}: {counts.shops} shops; {rows}", highlight=False)


@app.command()
def run(
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First business day.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last business day.")],
    landing: Landing = None,
    home: Home = None,
    show: Annotated[bool, typer.Option(help="Print the result afterwards.")] = True,
) -> None:
    """Run the pipeline over business days as one backfill, from raw to the penalty list.

    Running a range again gives the same result; nothing is posted twice. A run that was
    killed is made good by running it again.
    """
    from orchestration.cli.backfill import BackfillRefusedError, backfill
    from orchestration.cli.result import print_result

    settings = settings_of(home, landing)
    try:
        succeeded = backfill(settings, first.date(), last.date(), err)
    except (BackfillRefusedError, SettingsError) as error:
        stop(str(error))
    if not succeeded:
        stop("the run failed; the lines above say where. Mend the cause and run the same days again")
    if show:
        print_result(settings, last.date(), out)


@app.command()
def result(
    day: Annotated[datetime, typer.Option("--day", formats=["%Y-%m-%d"], help="Business day.")],
    home: Home = None,
) -> None:
    """Print the worst shops, the penalty list and the exclusions of a day that was run."""
    from orchestration.cli.result import print_result

    settings = settings_of(home, None)
    if not settings.warehouse.exists():
        stop(f"{settings.home} has no warehouse yet; `ccr run` makes one")
    print_result(settings, day.date(), out)


@app.command()
def export(
    table: Annotated[str, typer.Argument(help="schema.table, such as ccr.fct_ccr")],
    to: Annotated[Path, typer.Option("--to", help="A .parquet, .csv or .jsonl file.")],
    home: Home = None,
) -> None:
    """Write any table of the warehouse to a file. CSV cells carry no live formula."""
    from orchestration.publishing.table_export import ExportRefusedError
    from orchestration.publishing.table_export import export as write
    from orchestration.wiring.house import House

    settings = settings_of(home, None)
    if not settings.warehouse.exists():
        stop(f"{settings.home} has no warehouse yet; `ccr run` makes one")
    house = House(home=str(settings.home), landing=str(settings.landing))
    try:
        with house.warehouse() as connection:
            rows = write(connection, table, to)
    except ExportRefusedError as error:
        stop(str(error))
    out.print(f"{to}: {rows} rows of {table}")


@app.command()
def train(
    home: Home = None,
    labels: Annotated[
        list[Path] | None,
        typer.Option(
            help="Labelled texts of your own (TSV, CSV, JSON Lines, Parquet); replaces those before."
        ),
    ] = None,
) -> None:
    """Train the text model, unless its texts, labels and code are those it was trained from."""
    from orchestration.classification.labels import LabelsError
    from orchestration.classification.trained import ensure_trained, keep_labels

    settings = settings_of(home, None)
    settings.prepare_home()
    if labels:
        try:
            taken, refused = keep_labels(settings.model, labels)
        except LabelsError as error:
            stop(str(error))
        for row in refused:
            err.print(f"refused {row}", markup=False)
        err.print(f"{taken} labels taken, {len(refused)} refused")
    out.print_json(data=ensure_trained(settings.model))


app.command()(classify)
app.command("explain-text")(explain_text)


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
