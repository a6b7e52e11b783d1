"""`ccr policy simulate`: what a version would have done to past days, and whom it would move."""

import warnings
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.cli.policy import refuse
from orchestration.cli.terminal import Home, err, out, settings_of, stop

if TYPE_CHECKING:
    from orchestration.lab.report import Report

_SHOWN = 15


def simulate(
    *,
    policy: Annotated[Path, typer.Option("--policy", help="A document, <policy_id>/<version>.yaml.")],
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First business day.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last business day.")],
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="VERSION_OR_FILE",
            help="A version of the same policy, or a document. [the versions in force on the days]",
        ),
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--out", help="A folder for Parquet files, pictures and the figures.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    home: Home = None,
) -> None:
    """Judge past days by a version of a rate policy, in a scratch copy of the warehouse.

    Shows who would move tier, the money at stake and how many of the punished are likely innocent.
    Ledger, marts and lake are not touched. Exits with 2 when a document is refused.
    """
    settings = settings_of(home, None)
    if first > last:
        stop(f"--from {first.date()} is after --to {last.date()}: swap them")
    if not settings.warehouse.exists():
        stop(f"{settings.home} has no warehouse yet; `ccr run` makes one")
    if to is not None and to.exists() and not to.is_dir():
        stop(f"{to} is a file: --out names a folder")

    import dagster as dg

    # what the house is built on is in beta or preview; a person at a terminal cannot help it
    for category in (dg.BetaWarning, dg.PreviewWarning):
        warnings.simplefilter("ignore", category)

    from orchestration.defs.policy_lab import report_of
    from orchestration.defs.simulating import NothingToSimulateError
    from orchestration.policy.library import NoPolicyInForceError
    from orchestration.policy.loading import PolicyRefusedError
    from orchestration.policy.trial import NotForTrialError
    from orchestration.wiring.dbt import ModelsBrokenError
    from orchestration.wiring.partitions import Days
    from orchestration.wiring.scratch import WarehouseBusyError

    try:
        report = report_of(settings, policy, against, Days(first.date(), last.date()))
    except PolicyRefusedError as refused:
        refuse(refused, "nothing is simulated")
    except (
        NoPolicyInForceError,
        NotForTrialError,
        NothingToSimulateError,
        ModelsBrokenError,
        WarehouseBusyError,
    ) as error:
        stop(str(error))
    if to is not None:
        _write(report, to)
    if as_json:
        typer.echo(report.as_text())
    else:
        _show(report)


def _write(report: "Report", to: Path) -> None:
    from orchestration.lab.pictures import of_comparison
    from orchestration.lab.report import write_report

    written = write_report(report, of_comparison(report.comparison, report.title), to)
    err.print(f"{to}: {', '.join(path.name for path in written)}", highlight=False, soft_wrap=True)


def _show(report: "Report") -> None:
    from orchestration.penalties.amounts import yuan

    out.print(report.title, highlight=False, markup=False, soft_wrap=True)
    for note in report.notes():
        out.print(note, highlight=False, markup=False, soft_wrap=True)
    summary = report.comparison.summary.to_pylist()
    concerned = {row["in_group"] for row in summary if row["in_a_tier"] or row["grouped_by"] == "all"}
    _print_table(
        "What is at stake",
        ("group", "side", "shops", "evaluated", "held back", "in a tier", "punished", "yuan", "points",
         "delistings", "innocent, expected"),
        [
            (
                row["in_group"], row["side"], row["shops"], row["evaluations"], row["held_back"],
                row["in_a_tier"], row["punishments"], yuan(row["amount_fen"]), row["points"],
                row["delistings"], _expected(row),
            )
            for row in summary
            if row["in_group"] in concerned
        ],
        words=2,
    )  # fmt: skip
    out.print("groups of which nobody is in a tier are left out", highlight=False)
    _print_table(
        "From tier to tier, shops and evaluation days",
        ("from", "to", "evaluations", "shops"),
        [tuple(row.values()) for row in report.comparison.matrix.to_pylist()],
        words=2,
    )
    moved = report.comparison.moved.to_pylist()
    if moved:
        _print_table(
            "Who moves",
            ("day", "shop", "from", "to", "outcome", "orders", "rate", "lowest over benchmark", "P above"),
            [
                (
                    row["business_day"], row["shop_key"], row["from_tier"], row["to_tier"],
                    row["to_outcome"] or "–", row["to_den_effective"], _number(row["to_rate"], 4),
                    _number(row["to_ratio_to_benchmark_low"], 2),
                    _number(row["to_prob_above_threshold"], 3),
                )
                for row in moved[:_SHOWN]
            ],
            words=5,
        )  # fmt: skip
    if len(moved) > _SHOWN:
        out.print(f"and {len(moved) - _SHOWN} more; --out writes all of them", highlight=False)
    elif not moved:
        out.print("nobody moves")


def _expected(row: dict[str, Any]) -> str:
    unknown = f" and {row['unknown_probability']} unknown" if row["unknown_probability"] else ""
    return f"{row['expected_false']:.3f}{unknown}"


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _print_table(title: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]], words: int) -> None:
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None)
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number < words else "right", no_wrap=True)
    for row in rows:
        table.add_row(*(str(value) for value in row))
    out.print(table)
