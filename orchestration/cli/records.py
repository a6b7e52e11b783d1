"""`ccr records`, `issues`, `sessions`, `appeals` and `penalties`: what a merchant may ask about own shops."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.scoped import Export, Opened, opened, print_json, write_file
from orchestration.cli.terminal import As, Asker, Home, out, stop

if TYPE_CHECKING:
    from orchestration.records.asking import Asked

Shop = Annotated[
    str, typer.Argument(metavar="SHOP", help="A shop or merchant group, such as douyin:s1, s1 or group:g7.")
]
First = Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")]
To = Annotated[
    list[str] | None,
    typer.Option(
        "--to",
        metavar="DAY|FILE",
        help="Last day, such as 2026-10-15, or a .parquet, .csv, .json or .jsonl file to write; "
        "may be given for each. [the last processed day; the terminal]",
    ),
]
File = Annotated[
    Path | None, typer.Option("--to", metavar="FILE", help="A .parquet, .csv, .json or .jsonl file to write.")
]
Days = Annotated[
    int | None,
    typer.Option("--days", help="So many days, up to the last. At most 90. [7]", show_default=False),
]
Tab = Annotated[
    str | None, typer.Option("--tab", help="Only appealable, in_progress, upheld, failed, or none.")
]
Issue = Annotated[str | None, typer.Option("--issue", help="Only orders about this issue.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="Lines shown in the terminal; files have all.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print everything as JSON.")]


def records(
    shop: Shop,
    *,
    first: First = None,
    to: To = None,
    days: Days = None,
    tab: Tab = None,
    issue: Issue = None,
    limit: Limit = 30,
    as_json: AsJson = False,
    as_whom: As = "",
    by: Asker = "",
    home: Home = None,
) -> None:
    """Show the negative orders of a shop: words, issue, appeal with its deadline, decision, money.

    The last seven business days that were processed, or any ninety. The orders that count are exactly
    the numerator of the shop's rate.
    """
    from orchestration.cli.records_shown import print_records
    from orchestration.records.view import records_of

    last, path = _day_and_file(to)
    with opened(home, as_whom) as found:
        view = records_of(found.connection, _asked(found, shop, first, last, days))
        listed = view.listed(tab, issue)
        if path is not None:
            said = {**_range(view.asked), "tab": tab, "issue": issue}
            _written(path, write_file(found, listed, path, Export(by, "records", view.asked.subject, said)))
        elif as_json:
            rows = listed.to_arrow_table().to_pylist()
            print_json(
                {
                    **_range(view.asked), "subject": view.asked.subject, "figures": view.figures,
                    "tabs": view.tabs, "records": rows,
                }
            )  # fmt: skip
        else:
            print_records(view, listed.limit(limit + 1).to_arrow_table().to_pylist(), limit, out)


def issues(
    shop: Shop,
    issue: Annotated[str | None, typer.Argument(metavar="[ISSUE]", help="Show the orders behind it.")] = None,
    *,
    first: First = None,
    to: To = None,
    days: Days = None,
    limit: Limit = 30,
    as_json: AsJson = False,
    as_whom: As = "",
    by: Asker = "",
    home: Home = None,
) -> None:
    """Count a shop's negative orders by issue; with an issue, list the orders behind it."""
    if issue is not None:
        records(
            shop, first=first, to=to, days=days, issue=issue, limit=limit, as_json=as_json, as_whom=as_whom,
            by=by, home=home,
        )  # fmt: skip
        return
    from orchestration.cli.records_shown import issue_rows, print_issues
    from orchestration.records.view import records_of

    last, path = _day_and_file(to)
    if path is not None:
        stop(f"an issue is asked for where orders are written: `ccr issues {shop} ISSUE --to {path}`")
    with opened(home, as_whom) as found:
        view = records_of(found.connection, _asked(found, shop, first, last, days))
        rows = issue_rows(view)
        if as_json:
            print_json(
                {
                    **_range(view.asked), "subject": view.asked.subject, "figures": view.figures,
                    "issues": rows,
                }
            )  # fmt: skip
        else:
            print_issues(view, rows, out)


def sessions(
    shop: Shop,
    *,
    first: First = None,
    to: To = None,
    days: Days = None,
    classified: Annotated[
        bool, typer.Option("--classified", help="Those read as dissatisfied, not those rated 1 to 3 stars.")
    ] = False,
    limit: Limit = 30,
    as_json: AsJson = False,
    as_whom: As = "",
    by: Asker = "",
    home: Home = None,
) -> None:
    """Show the chats behind a shop's dissatisfaction rate, and which can be reported to the platform."""
    from orchestration.cli.records_shown import print_sessions
    from orchestration.records.sessions import sessions_of

    last, path = _day_and_file(to)
    measured = "classified" if classified else "rated"
    with opened(home, as_whom) as found:
        view = sessions_of(found.connection, _asked(found, shop, first, last, days))
        listed = view.listed(measured)
        if path is not None:
            said = {**_range(view.asked), "measured": measured}
            _written(path, write_file(found, listed, path, Export(by, "sessions", view.asked.subject, said)))
        elif as_json:
            print_json(
                {
                    **_range(view.asked), "subject": view.asked.subject, "figures": view.figures,
                    "sessions": listed.to_arrow_table().to_pylist(),
                }
            )  # fmt: skip
        else:
            print_sessions(view, listed.limit(limit + 1).to_arrow_table().to_pylist(), measured, limit, out)


def appeals(
    shop: Shop,
    *,
    first: First = None,
    to: To = None,
    days: Days = None,
    issue: Issue = None,
    limit: Limit = 30,
    as_json: AsJson = False,
    as_whom: As = "",
    by: Asker = "",
    home: Home = None,
) -> None:
    """List what can still be appealed, the soonest deadline first, with what an upheld appeal would bring.

    The last ninety days, unless others are asked for. Nothing is filed.
    """
    from orchestration.cli.records_shown import print_worklist
    from orchestration.records.asking import MOST_DAYS
    from orchestration.records.view import records_of
    from orchestration.records.worklist import worklist
    from orchestration.wiring.retests import retest_in

    last, path = _day_and_file(to)
    with opened(home, as_whom) as found:
        asked = _asked(found, shop, first, last, days, default_days=MOST_DAYS)
        view = records_of(found.connection, asked)
        listed = worklist(found.connection, view, retest_in(found.connection), issue)
        if path is not None:
            said = {**_range(asked), "issue": issue}
            _written(path, write_file(found, listed, path, Export(by, "appeals", asked.subject, said)))
        elif as_json:
            rows = listed.to_arrow_table().to_pylist()
            print_json({**_range(asked), "subject": asked.subject, "appealable": rows})
        else:
            print_worklist(view, listed.limit(limit + 1).to_arrow_table().to_pylist(), limit, out)


def penalties(
    shop: Shop,
    *,
    shadow: Annotated[
        bool, typer.Option("--shadow", help="The shadow list: what was decided and is not in force.")
    ] = False,
    to: File = None,
    limit: Limit = 30,
    as_json: AsJson = False,
    as_whom: As = "",
    by: Asker = "",
    home: Home = None,
) -> None:
    """Show a shop's penalty list: each decision with its status, measures and what became of the money."""
    from orchestration.cli.records_shown import print_decisions
    from orchestration.records.decisions import decisions_of

    which = "shadow" if shadow else "penalty"
    with opened(home, as_whom) as found:
        asked = _asked(found, shop)
        listed = decisions_of(found.connection, asked, which)
        if to is not None:
            count = write_file(found, listed, to, Export(by, f"{which}_list", asked.subject, {}))
            _written(to, count)
        elif as_json:
            rows = listed.to_arrow_table().to_pylist()
            print_json(
                {"subject": asked.subject, "known_on": asked.known_on, "list": which, "decisions": rows}
            )
        else:
            print_decisions(asked, listed.limit(limit + 1).to_arrow_table().to_pylist(), which, limit, out)


def add_to(app: typer.Typer) -> None:
    """Make the five commands known."""
    for command in (records, issues, sessions, appeals, penalties):
        app.command()(command)


def _asked(
    found: Opened,
    shop: str,
    first: datetime | None = None,
    last: date | None = None,
    days: int | None = None,
    *,
    default_days: int | None = None,
) -> "Asked":
    from orchestration.records.asking import DEFAULT_DAYS, ask

    return ask(
        found.connection,
        shop,
        found.scope,
        first=first.date() if first else None,
        last=last,
        days=days,
        default_days=default_days or DEFAULT_DAYS,
    )


def _day_and_file(to: Sequence[str] | None) -> tuple[date | None, Path | None]:
    """What --to was given for: a day, a file, or one of each."""
    days: list[date] = []
    files: list[Path] = []
    for each in to or ():
        try:
            days.append(date.fromisoformat(each))
        except ValueError:
            files.append(Path(each))
    if len(days) > 1 or len(files) > 1:
        stop("--to is given twice for the same thing: it names one last day, one file, or one of each")
    return (days[0] if days else None), (files[0] if files else None)


def _range(asked: "Asked") -> dict[str, str]:
    return {name: str(getattr(asked, name)) for name in ("first", "last", "known_on")}


def _written(path: Path, count: int) -> None:
    out.print(f"{path}: {count} rows", highlight=False)
