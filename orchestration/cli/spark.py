"""`ccr spark`: the days of a home once more on Spark, and whether it says the same."""

from datetime import timedelta
from typing import Annotated

import typer
from rich.table import Table

from orchestration.cli.terminal import Home, err, out, settings_of, stop

_SLOWEST = 5


def spark(
    home: Home = None,
    cores: Annotated[int, typer.Option(min=1, help="Worker threads of Spark on this machine.")] = 2,
    window_days: Annotated[
        int, typer.Option(min=1, help="So many days at a time; all at once where there are no more.")
    ] = 366,
) -> None:
    """Run the processed days of a home on Spark, into <home>/spark, and compare every table.

    The lake is read and never written to. Needs the extra `spark` and Java 17 or 21 (`make spark`).
    """
    from orchestration.defs.counting import COUNTING
    from orchestration.defs.intake import INTAKE
    from orchestration.defs.scores import SCORES
    from orchestration.wiring.landed import remembered, unbroken
    from orchestration.wiring.partitions import Days
    from orchestration.wiring.spark.running import NotComparableError, run_on_spark
    from orchestration.wiring.spark.session import SparkMissingError

    settings = settings_of(home, None)
    windows = [
        Days(first, min(first + timedelta(days=window_days - 1), days.last))
        for days in unbroken(remembered(settings.lake))
        for first in list(days)[::window_days]
    ]
    if not windows:
        stop(f"{settings.home} has no processed day yet; `ccr run` makes some")
    try:
        outcome = run_on_spark(
            settings,
            windows,
            (INTAKE, f"{COUNTING} {SCORES}"),
            lambda said: err.print(said, highlight=False),
            cores,
        )
    except (SparkMissingError, NotComparableError) as error:
        stop(str(error))
    table = Table(title="DuckDB and Spark")
    for column in ("table", "rows", "rows on Spark", "rows that differ"):
        table.add_column(column, justify="left" if column == "table" else "right")
    for found in outcome.tables:
        table.add_row(found.table, f"{found.rows:,}", f"{found.rows_on_spark:,}", f"{found.differing:,}")
    out.print(table)
    slowest = sorted(outcome.model_seconds.items(), key=lambda item: -item[1])[:_SLOWEST]
    out.print(
        "slowest models: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in slowest),
        highlight=False,
    )
    rows = sum(found.rows for found in outcome.tables)
    if not outcome.is_equal:
        for found in outcome.tables:
            if not found.is_equal:
                err.print(f"{found.table}: {found.example}", highlight=False, markup=False)
        stop("Spark says otherwise; the lines above show the first row of each table that does")
    out.print(
        f"{len(outcome.tables)} tables, {rows:,} rows: equal; doubles within 1e-12 of each other, "
        "everything else exactly",
        highlight=False,
    )
