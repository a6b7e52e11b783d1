"""`ccr retag`: what the present model and lexicon would say of past days, and saying it."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer
from rich.table import Table

from orchestration.cli.terminal import Home, Landing, err, out, settings_of, stop

_SHOWN = 15


def retag(
    *,
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First business day.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last business day.")],
    apply: Annotated[
        bool, typer.Option("--apply/--diff", help="Replace the stored tags after showing what changes.")
    ] = False,
    to: Annotated[
        Path | None, typer.Option("--out", help="Write the changed feedback to a .csv or .parquet file.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Replace without asking.")] = False,
    by: Annotated[
        str, typer.Option("--by", envvar="CCR_REVIEWER", help="Who asks for it, with --apply.")
    ] = "",
    home: Home = None,
    landing: Landing = None,
) -> None:
    """Show what the present model and lexicon change in days that were read by earlier ones.

    Without --apply nothing stored is touched. With it, the tags of the days are replaced and the
    retag is written down; run the days again to restate what follows from them.
    """

    from orchestration.classification.classifier import Classifier
    from orchestration.classification.lexicon_files import shipped_lexicon
    from orchestration.classification.profile import Profiler
    from orchestration.classification.trained import ensure_trained
    from orchestration.wiring import retagging
    from orchestration.wiring.house import House
    from orchestration.wiring.instance import opened_instance
    from orchestration.wiring.lock import held
    from orchestration.wiring.partitions import Days

    settings = settings_of(home, landing)
    if first > last:
        stop(f"--from {first.date()} is after --to {last.date()}: swap them")
    if not settings.warehouse.exists():
        stop(f"{settings.home} has no warehouse yet; `ccr run` makes one")
    if to is not None and to.suffix not in {".csv", ".parquet"}:
        stop(f"{to}: end it in .csv or .parquet")
    if apply and not by.strip():
        stop("who asks for it? Name them with --by or in CCR_REVIEWER")
    settings.prepare_home()
    days = Days(first.date(), last.date())
    house = House(home=str(settings.home), landing=str(settings.landing))
    with (
        opened_instance(settings.home) as instance,
        held(settings.home / "run.lock", "", instance, err.print),
        tempfile.TemporaryDirectory(prefix="retag.", dir=settings.home) as staging,
    ):
        ensure_trained(settings.model)
        with house.warehouse() as connection:
            found = retagging.read_again(
                connection,
                days,
                Classifier.load(settings.model),
                Profiler(shipped_lexicon()),
                lake=settings.lake,
                into=Path(staging),
            )
            moved = retagging.summary(connection, found.diff)
            effect = retagging.effect(connection, found.diff)
        _show(found, moved, effect)
        if to is not None:
            _write(to, found.diff)
            out.print(f"{to}: {found.diff.num_rows} changed feedback", highlight=False)
        if not apply:
            return
        if not found.diff.num_rows and found.old_versions == (found.new_version,):
            out.print("nothing to replace")
            return
        if not yes and not typer.confirm(f"Replace the tags of {days}?"):
            stop("nothing was replaced")
        number = retagging.apply(settings.lake, found, by.strip(), datetime.now(UTC))
    out.print(
        f"retag {number}: replaced {days}. Restate what follows with "
        f"`ccr run --from {days.first} --to {days.last}`",
        highlight=False,
    )


def _show(found, moved, effect) -> None:
    out.print(
        f"{found.days}: {found.feedback_count} feedback read again by {found.new_version or '–'} "
        f"(stored: {', '.join(found.old_versions) or 'nothing'}), {found.diff.num_rows} changed",
        highlight=False,
    )
    if not found.diff.num_rows:
        return
    table = Table(title="From the stored tags to the present ones")
    for column in ("decision", "issue", "decision now", "issue now", "feedback"):
        table.add_column(column, justify="right" if column == "feedback" else "left")
    for row in moved[:_SHOWN]:
        table.add_row(
            row["old_decision"] or "–", row["old_issue"] or "–", row["new_decision"] or "–",
            row["new_issue"] or "–", str(row["feedback"]),
        )  # fmt: skip
    out.print(table)
    if len(moved) > _SHOWN:
        out.print(f"and {len(moved) - _SHOWN} more; --out writes every changed feedback", highlight=False)
    out.print(
        f"Effective orders that become negatives: {effect['orders_that_become_negative']}; "
        f"that cease to be: {effect['orders_that_cease_to_be']}. What people decided stays.",
        highlight=False,
    )


def _write(path: Path, diff: pa.Table) -> None:
    import pyarrow.parquet as pq

    from orchestration.publishing.csv_cells import write_csv

    if path.suffix == ".csv":
        write_csv(path, diff.schema, diff.to_batches())
    else:
        pq.write_table(diff, path)
