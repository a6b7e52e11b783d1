"""`ccr review`: people decide what the classifier would not, in the terminal or in a spreadsheet."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import duckdb
import pyarrow as pa
import typer

from orchestration.cli.signing import signed
from orchestration.cli.terminal import Home, Landing, err, out, settings_of, stop
from orchestration.reviewing.book import Book, BookError
from orchestration.reviewing.decision import Asked, Decision, Signature
from orchestration.settings import Settings

review = typer.Typer(
    help="Decide what the classifier would not: feedback of the review queue, one after another.",
    invoke_without_command=True,
)

By = Annotated[str, typer.Option("--by", envvar="CCR_REVIEWER", help="Who decides.")]
Day = Annotated[
    datetime | None,
    typer.Option(
        "--day", formats=["%Y-%m-%d"], help="Business day from which it is known. [today in Shanghai]"
    ),
]
Platform = Annotated[str | None, typer.Option(help="Feedback of this platform only.")]
Shop = Annotated[str | None, typer.Option(help="Feedback on this shop only, by its id or key.")]
Channel = Annotated[str | None, typer.Option(help="review, after_sale, complaint or im_session.")]
First = Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First business day.")]
Last = Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last business day.")]
Limit = Annotated[int | None, typer.Option(min=1, help="At most so many.")]


@review.callback()
def ask(
    context: typer.Context,
    *,
    by: By = "",
    platform: Platform = None,
    shop: Shop = None,
    channel: Channel = None,
    first: First = None,
    last: Last = None,
    limit: Limit = None,
    day: Day = None,
    home: Home = None,
    landing: Landing = None,
) -> None:
    """Decide what the classifier would not, one feedback after another.

    Every answer is written down at once; stop whenever you like. A decision counts from its day
    on: run that day (`ccr run`) to see it in the scores.
    """
    if context.invoked_subcommand is not None:
        return
    from orchestration.cli.review_session import Session
    from orchestration.wiring.asked import Wanted, codes

    settings = settings_of(home, landing)
    wanted = Wanted(platform, shop, channel, _date(first), _date(last))
    sign = partial(_signature, by, day)
    sign()  # who does not say who they are is told before the first question
    try:
        book = Book(settings.landing)
        found = _open_items(settings, wanted, book.decisions(), limit)
        Session(out, codes(), book, sign).run(found)
    except BookError as error:
        stop(str(error))


@review.command("export")
def export(
    *,
    to: Annotated[
        Path, typer.Argument(help="A .csv file to decide in, or with --labels .tsv, .csv, .jsonl, .parquet.")
    ],
    labels: Annotated[
        bool, typer.Option("--labels", help="Write what was decided, as texts to train on.")
    ] = False,
    platform: Platform = None,
    shop: Shop = None,
    channel: Channel = None,
    first: First = None,
    last: Last = None,
    limit: Limit = None,
    home: Home = None,
    landing: Landing = None,
) -> None:
    """Write the open queue as a spreadsheet to decide in, or the decisions as labelled texts."""
    from orchestration.classification.labels import LabelsError, write_labels
    from orchestration.reviewing.sheets import write_sheet
    from orchestration.wiring.asked import Wanted

    settings = settings_of(home, landing)
    wanted = Wanted(platform, shop, channel, _date(first), _date(last))
    try:
        before = Book(settings.landing).decisions()
        if labels:
            count = write_labels(to, _labels(settings, before))
        else:
            count = write_sheet(to, _open_items(settings, wanted, before, limit), before, _guarded)
    except (BookError, LabelsError, OSError) as error:
        stop(str(error))
    out.print(f"{to}: {count} {'labelled texts' if labels else 'feedback to decide'}", highlight=False)


@review.command("import")
def import_(
    *,
    sheet: Annotated[Path, typer.Argument(help="A file that `ccr review export` wrote, filled in.")],
    by: By = "",
    day: Day = None,
    home: Home = None,
    landing: Landing = None,
) -> None:
    """Take the decisions of a filled-in spreadsheet; importing it again changes nothing."""
    from orchestration.reviewing.sheets import SheetError, read_sheet, rows_of
    from orchestration.wiring.asked import asked, codes

    settings = settings_of(home, landing)
    signature = _signature(by, day)
    book = Book(settings.landing)
    try:
        keys = [row["feedback_key"].strip() for _, row in rows_of(sheet)]
        with _warehouse(settings) as connection:
            known = asked(connection, keys)
        found = read_sheet(
            sheet,
            known=known,
            decided_before=book.decisions(),
            codes=codes(),
            signature=signature,
            guarded=_guarded,
        )
        book.append(found.decisions)
    except (SheetError, BookError) as error:
        stop(str(error))
    for refused in found.refused:
        err.print(f"refused: {refused}", highlight=False, markup=False, soft_wrap=True)
    out.print(
        f"{sheet.name}: {len(found.decisions)} decisions taken, {found.unchanged_count} known already, "
        f"{found.open_count} left open, {len(found.refused)} refused",
        highlight=False,
    )
    if found.refused:
        raise typer.Exit(1)


def _date(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


def _signature(by: str, day: datetime | None) -> Signature:
    return Signature(*signed(by, day, "who decides? Name them with --by or in CCR_REVIEWER"))


@contextmanager
def _warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    from orchestration.wiring.house import House

    if not settings.warehouse.exists():
        stop(f"{settings.home} has no warehouse yet; `ccr run` makes one")
    try:
        with House(home=str(settings.home), landing=str(settings.landing)).warehouse() as connection:
            yield connection
    except duckdb.IOException as error:
        stop(f"the warehouse is held by a run; try again when it has ended ({str(error).splitlines()[0]})")


def _open_items(
    settings: Settings, wanted, before: dict[str, list[Decision]], limit: int | None
) -> list[Asked]:
    """The queue without what a person decided on these very words."""
    from orchestration.wiring.asked import asked, queued

    with _warehouse(settings) as connection:
        items = asked(connection, queued(connection, wanted)).values()
    return [item for item in items if not _is_decided(item, before.get(item.feedback_key, []))][:limit]


def _is_decided(item: Asked, before: list[Decision]) -> bool:
    return (
        bool(before) and before[-1].decision != "withdrawn" and before[-1].words_sha256 == item.words_sha256
    )


def _labels(settings: Settings, before: dict[str, list[Decision]]):
    from orchestration.classification.labels import LabelledFeedback
    from orchestration.wiring.asked import asked

    with _warehouse(settings) as connection:
        known = asked(connection, sorted(before))
    for key, item in known.items():
        last = before[key][-1]
        if item.consumer_text.strip() and _is_decided(item, before[key]):
            yield LabelledFeedback.model_validate(
                {
                    "id": key,
                    "text": item.consumer_text,
                    "negative": last.decision == "negative",
                    "issues": (last.issue_code,) if last.decision == "negative" else (),
                    "guard": last.guard_code,
                    "channel": item.channel,
                    "source": "review_decision",
                }
            )


def _guarded(cell: str) -> str:
    from orchestration.publishing.csv_cells import safe_text

    return safe_text(pa.array([cell], pa.string()))[0].as_py()
