"""`ccr explain`: the whole path of an order, a shop or a decision, worked out again and compared."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.cli.scoped import Opened, opened
from orchestration.cli.terminal import As, Home, out, stop

if TYPE_CHECKING:
    import duckdb

    from orchestration.replaying.answers import Answer
    from orchestration.replaying.rules import Rules
    from orchestration.settings import Settings

explain = typer.Typer(
    help="Works out again, from what had arrived by a day, what was said of an order, a shop or a decision.",
    no_args_is_help=True,
)

AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="TIME",
        help="Only what had arrived by then: a date (its end in Shanghai) or a time with a zone. Days are "
        "known by their end, so it is the last processed day that had ended.",
    ),
]
Policy = Annotated[
    str | None,
    typer.Option(
        "--policy",
        metavar="VERSION",
        help="Judge by another version of the same policy: what would have been. Nothing is written.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]


@explain.command()
def order(
    order_id: Annotated[str, typer.Argument(metavar="ID", help="An order, such as douyin:o1, or o1.")],
    *,
    as_of: AsOf = None,
    policy: Policy = None,
    as_json: AsJson = False,
    as_whom: As = "",
    home: Home = None,
) -> None:
    """Show an order's facts, each exclusion asked, each feedback with its words, and what came of it.

    Exits with 1 where a stored figure is not the one worked out again.
    """
    with replaying(home, as_whom) as found:
        from orchestration.replaying import answers, days, reading, rules

        settings, connection = found.settings, found.connection
        key = reading.known_key(connection, "order", order_id, found.scope.shops)
        platform = key.split(":")[0]
        known = days.known_by(days.processed_days(connection, platform), as_of)
        tried = _tried(settings, connection, platform, known, (rules.TICKET, rules.RATE), version=policy)
        answer = answers.order_answer(connection, key, known, tried)
    _finish(answer, found, as_json)


@explain.command()
def shop(
    shop_id: Annotated[str, typer.Argument(metavar="ID", help="A shop, such as douyin:s1, or s1.")],
    day: Annotated[
        datetime | None,
        typer.Option(
            "--day", formats=["%Y-%m-%d"], help="Last day of the window; left out, the day of --as-of."
        ),
    ] = None,
    *,
    as_of: AsOf = None,
    policy: Policy = None,
    as_json: AsJson = False,
    as_whom: As = "",
    home: Home = None,
) -> None:
    """Show a shop's window: counts and orders, interval, benchmark, score, tier by tier, and the outcome.

    With --day it is told as known by the end of that day, unless --as-of names a later time.
    Exits with 1 where a stored figure is not the one worked out again.
    """
    with replaying(home, as_whom) as found:
        from orchestration.replaying import answers, days, reading, rules
        from orchestration.wiring.replays import scored_by

        settings, connection = found.settings, found.connection
        key = reading.known_key(connection, "shop", shop_id, found.scope.shops)
        platform = key.split(":")[0]
        there = days.processed_days(connection, platform)
        last = days.processed(there, day.date()) if day else days.known_by(there, as_of)
        known = _known_after(connection, platform, last, as_of, f"the window to {last}")
        tried = _tried(settings, connection, platform, last, (rules.RATE,), version=policy)
        answer = answers.shop_answer(connection, key, last, known, scorer=scored_by, would_be=tried)
    _finish(answer, found, as_json)


@explain.command()
def decision(
    decision_id: Annotated[str, typer.Argument(metavar="ID", help="A decision's id, or how it begins.")],
    *,
    as_of: AsOf = None,
    policy: Policy = None,
    as_json: AsJson = False,
    as_whom: As = "",
    home: Home = None,
) -> None:
    """Show all that a decision rests on, as known on the day it was made, and whether it still comes out.

    Exits with 1 where a stored figure is not the one worked out again.
    """
    with replaying(home, as_whom) as found:
        from orchestration.replaying import answers, ledger, rules
        from orchestration.wiring.replays import scored_by

        settings, connection = found.settings, found.connection
        named = ledger.decision_named(connection, decision_id, found.scope.shops)
        platform, made = named["platform"], named["business_day"]
        known = _known_after(connection, platform, made, as_of, f"the decision of {made}")
        kind = rules.TICKET if named["subject_type"] == "order" else rules.RATE
        tried = _tried(settings, connection, platform, made, (kind,), version=policy)
        answer = answers.decision_answer(connection, named, known, scored_by, tried)
    _finish(answer, found, as_json)


@contextmanager
def replaying(home: Any, as_whom: str) -> Iterator[Opened]:
    """The warehouse as it is; what cannot be replayed ends the command with its reason."""
    from orchestration.policy.loading import PolicyRefusedError
    from orchestration.replaying.reading import ReplayError

    try:
        with opened(home, as_whom) as found:
            yield found
    except (ReplayError, PolicyRefusedError) as error:
        stop(str(error))


def _known_after(
    connection: "duckdb.DuckDBPyConnection", platform: str, day: date, as_of: str | None, what: str
) -> date:
    from orchestration.replaying.days import known_by, processed_days
    from orchestration.replaying.reading import ReplayError

    known = known_by(processed_days(connection, platform), as_of, otherwise=day)
    if known < day:
        raise ReplayError(
            f"by {as_of} the last day known was {known}, and {what} ends on {day}: ask for a later time, "
            f"or for an earlier day with `ccr explain shop ID --day {known}`"
        )
    return known


def _tried(
    settings: "Settings",
    connection: "duckdb.DuckDBPyConnection",
    platform: str,
    day: date,
    kinds: tuple[str, ...],
    *,
    version: str | None,
) -> "Rules | None":
    if version is None:
        return None
    from orchestration.replaying.rules import rules_in_force
    from orchestration.wiring.replays import another_version

    in_force = (rules_in_force(connection, platform, day, kind) for kind in kinds)
    return another_version(settings.policy_folders, [rules for rules in in_force if rules], version)


def _finish(answer: "Answer", found: Opened, as_json: bool) -> None:
    from orchestration.cli.explained import print_answer

    if not found.scope.is_everything:
        # The peers are other merchants' shops: their pooled rate is told, their numbers are not.
        answer = replace(answer, path={**answer.path, "benchmark_peers": None})
    if as_json:
        typer.echo(json.dumps(answer.as_json(), ensure_ascii=False, default=_iso))
    else:
        print_answer(answer, out)
    if answer.differences:
        raise typer.Exit(1)


def _iso(value: Any) -> str:
    return value.isoformat()
