"""`ccr`: the pipeline from a terminal. Each command is thin; the work is in the rooms."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from orchestration.cli.appeal import appeal
from orchestration.cli.classifying import classify
from orchestration.cli.explain import explain
from orchestration.cli.explaining import explain_text
from orchestration.cli.importing import imports
from orchestration.cli.ledger import ledger
from orchestration.cli.lexicon import lexicon
from orchestration.cli.policy import policy
from orchestration.cli.reconcile import reconcile
from orchestration.cli.records import add_to
from orchestration.cli.retag import retag
from orchestration.cli.review import review
from orchestration.cli.scoped import Export, audit, opened
from orchestration.cli.simulating import simulate
from orchestration.cli.spark import spark
from orchestration.cli.statement import statement
from orchestration.cli.terminal import As, Asker, Home, Landing, err, out, settings_of, stop
from orchestration.settings import SettingsError

app = typer.Typer(
    name="ccr",
    help="From consumer negative feedback to an explained penalty list.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(imports, name="import")
app.add_typer(appeal, name="appeal")
app.add_typer(explain, name="explain")
app.add_typer(ledger, name="ledger")
app.add_typer(lexicon, name="lexicon")
app.add_typer(policy, name="policy")
app.add_typer(review, name="review")
policy.command()(simulate)
app.command()(reconcile)
app.command()(retag)
app.command()(spark)
app.command()(statement)
add_to(app)


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
        with Progress(console=err, transient=True) as bar:
            task = bar.add_task("orders")
            counts = write_market(
                settings.landing,
                orders=orders,
                days=days,
                seed=seed,
                progress=lambda what, done, of: bar.update(task, description=what, completed=done, total=of),
            )
    except FileExistsError as error:
        stop(str(error))
    rows = ", ".join(f"{count:,} {source}" for source, count in counts.rows.items())
    out.print(f"{settings.landing}: {counts.shops} shops; {rows}", highlight=False)


@app.command()
def run(
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First business day.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last business day.")],
    *,
    landing: Landing = None,
    home: Home = None,
    show: Annotated[bool, typer.Option(help="Print the result afterwards.")] = True,
    timings: Annotated[
        bool, typer.Option("--timings", help="Print afterwards where the time went: steps, models, tests.")
    ] = False,
) -> None:
    """Run the pipeline over business days as one backfill, from raw to the penalty list.

    Running a range again gives the same result; nothing is posted twice. A run that was
    killed is made good by running it again.
    """
    from orchestration.cli.backfill import BackfillRefusedError, backfill
    from orchestration.cli.result import print_result

    settings = settings_of(home, landing)
    try:
        succeeded = backfill(settings, first.date(), last.date(), err, timings=out if timings else None)
    except (BackfillRefusedError, SettingsError) as error:
        stop(str(error))
    if not succeeded:
        stop("the run failed; the lines above say where. Mend the cause and run the same days again")
    if show:
        print_result(settings, last.date(), out)


@app.command()
def result(
    day: Annotated[datetime, typer.Option("--day", formats=["%Y-%m-%d"], help="Business day.")],
    *,
    as_whom: As = "",
    home: Home = None,
) -> None:
    """Print the worst shops, the penalty list and the exclusions of a day that was run.

    Within a scope: its shops and their decisions.
    """
    from orchestration.cli.result import print_own_result, print_result

    with opened(home, as_whom) as found:
        everything, shops = found.scope.is_everything, sorted(found.scope.shops or ())
        if not everything:
            print_own_result(found.connection, day.date(), shops, out)
            return
    print_result(found.settings, day.date(), out)


@app.command()
def export(
    table: Annotated[str, typer.Argument(help="schema.table, such as ccr.fct_ccr")],
    to: Annotated[Path, typer.Option("--to", help="A .parquet, .csv, .json or .jsonl file.")],
    *,
    as_whom: As = "",
    by: Asker = "",
    home: Home = None,
) -> None:
    """Write any table of the warehouse to a file. CSV cells carry no live formula.

    Within a scope only rows of its shops are written, and a table that names no shop is refused. Who
    exported what is kept in the audit log.
    """
    from orchestration.publishing.table_export import export as write

    with opened(home, as_whom) as found:
        shops = None if found.scope.shops is None else sorted(found.scope.shops)

        asked = Export(by, "table", table, {})
        rows = write(
            found.connection, table, to, shops=shops, release=lambda count: audit(found, to, asked, count)
        )
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
