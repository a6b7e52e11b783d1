"""`ccr ledger`: what the ledger says of a decision, and what a person does to it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Annotated, Literal

import typer

from orchestration.cli.ledger_shown import print_accounts, print_audit, print_decision
from orchestration.cli.signing import signed
from orchestration.cli.terminal import Home, out, settings_of, stop
from orchestration.penalties import by_hand
from orchestration.penalties.accounts import balances, imbalances
from orchestration.penalties.by_hand import ByHandError, Signature
from orchestration.penalties.ledger import Ledger
from orchestration.penalties.lifecycle import NotAllowedError
from orchestration.penalties.rulebook import Rulebook
from orchestration.settings import Settings

ledger = typer.Typer(
    help="What the ledger says of decisions, and what people do to them.", no_args_is_help=True
)

Asked = Annotated[str, typer.Argument(help="The id of a decision, or six letters of its beginning or more.")]
By = Annotated[str, typer.Option("--by", help="Who does it.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept with the decision.")]
Day = Annotated[
    datetime | None,
    typer.Option("--day", formats=["%Y-%m-%d"], help="Business day it counts from. [today in Shanghai]"),
]


@ledger.command()
def show(asked: Asked, *, home: Home = None) -> None:
    """Print a decision: its numbers, what happened to it, its money, its measures' days."""
    with _opened(settings_of(home, None)) as opened, opened.reading() as connection:
        print_decision(connection, by_hand.named(connection, asked), out)


@ledger.command()
def confirm(asked: Asked, *, by: By, reason: Reason, day: Day = None, home: Home = None) -> None:
    """Confirm a decision that waits for a person. Its days before execution begin now."""
    settings, who = settings_of(home, None), _signature(by, reason, day)
    with _opened(settings) as opened:
        decision = by_hand.confirm(opened, asked, who, _rules(settings))
        _say(opened, settings, f"{decision['decision_id']} is confirmed as of {who.day} by {who.by}")


@ledger.command()
def refuse(asked: Asked, *, by: By, reason: Reason, day: Day = None, home: Home = None) -> None:
    """Refuse to confirm a decision that waits for a person. Nothing of it is left."""
    settings, who = settings_of(home, None), _signature(by, reason, day)
    with _opened(settings) as opened:
        decision = by_hand.refuse(opened, asked, who)
        _say(opened, settings, f"{decision['decision_id']} is void: refused by {who.by} as of {who.day}")


@ledger.command()
def exempt(
    asked: Asked,
    *,
    by: By,
    reason: Reason,
    kind: Annotated[
        Literal["study", "resolved_before_notice"],
        typer.Option("--for", help="What its policy grants an exemption for."),
    ] = "study",
    day: Day = None,
    home: Home = None,
) -> None:
    """Let a decision off before it is carried out, for a reason that its policy grants."""
    settings, who = settings_of(home, None), _signature(by, reason, day)
    with _opened(settings) as opened:
        decision = by_hand.exempt(opened, asked, who, _rules(settings), kind)
        _say(opened, settings, f"{decision['decision_id']} is let off ({kind}) as of {who.day} by {who.by}")


@ledger.command()
def correct(
    asked: Asked,
    *,
    by: By,
    authority: Annotated[str, typer.Option("--authority", help="On whose authority it is taken back.")],
    reason: Reason,
    day: Day = None,
    home: Home = None,
) -> None:
    """Take a decision back: its money, its points and what is left of its measures' days."""
    settings, who = settings_of(home, None), _signature(by, reason, day)
    if not authority.strip():
        stop("on whose authority? Name it with --authority")
    with _opened(settings) as opened:
        decision = by_hand.correct(opened, asked, who, authority.strip())
        said = f"{decision['decision_id']} is taken back as of {who.day} by {who.by}, on the authority of"
        _say(opened, settings, f"{said} {authority.strip()}")


@ledger.command()
def suspend(
    scope: Annotated[Literal["platform", "policy", "rule_family", "shop"], typer.Argument(help="What kind.")],
    key: Annotated[str, typer.Argument(help="Which: a platform, policy, rule family or shop key.")],
    *,
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day it holds.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day it holds.")],
    kind: Annotated[
        Literal["penalties_off", "force_majeure", "grace", "protection"], typer.Option(help="Why in a word.")
    ],
    document: Annotated[str, typer.Option(help="Where it is written that it holds.")],
    by: Annotated[str, typer.Option("--by", help="On whose authority.")],
    reason: Reason,
    home: Home = None,
) -> None:
    """Declare days on which nothing of a scope is carried out. What is due then waits for the day after."""
    settings, who = settings_of(home, None), _signature(by, reason, None)
    days = first.date(), last.date()
    with _opened(settings) as opened:
        by_hand.suspend(opened, (scope, key), kind, days, document, who=who)
        _say(opened, settings, f"nothing of {scope} {key} is carried out from {days[0]} to {days[1]}")


@ledger.command()
def balance(
    shop: Annotated[str | None, typer.Option(help="Of this shop only, by its key.")] = None,
    home: Home = None,
) -> None:
    """Print what each shop owes, has paid and got back, and whether every entry adds up."""
    with _opened(settings_of(home, None)) as opened, opened.reading() as connection:
        print_accounts(balances(connection, shop_key=shop, with_entries=True), out)
        wrong = list(imbalances(connection, shop_key=shop))
    for each in wrong:
        out.print(str(each), highlight=False, markup=False, soft_wrap=True)
    if wrong:
        stop(f"{len({each.balance.decision_id for each in wrong})} decisions do not balance")
    out.print("the ledger balances")


@ledger.command()
def audit(
    last: Annotated[int, typer.Option(min=1, help="So many lines, the latest first.")] = 50,
    home: Home = None,
) -> None:
    """Print who confirmed, refused, let off, took back or stopped what."""
    with _opened(settings_of(home, None)) as opened, opened.reading() as connection:
        print_audit(connection, last, out)


@contextmanager
def _opened(settings: Settings) -> Iterator[Ledger]:
    try:
        with closing(Ledger(settings.ledger_url)) as opened:
            yield opened
    except (ByHandError, NotAllowedError) as error:
        stop(str(error))


def _signature(by: str, reason: str, day: datetime | None) -> Signature:
    name, now, counts_from = signed(by, day, "who does it? Name them with --by")
    if not reason.strip():
        stop("why? Say it with --reason")
    return Signature(name, reason.strip(), counts_from, now.isoformat(timespec="microseconds"))


def _rules(settings: Settings) -> Rulebook:
    from orchestration.policy.library import PolicyLibrary
    from orchestration.policy.tables import policy_tables

    return Rulebook.of(policy_tables(PolicyLibrary.load(settings.policy_folders)))


def _say(opened: Ledger, settings: Settings, said: str) -> None:
    from orchestration.penalties.snapshot import write_snapshot

    write_snapshot(opened, settings.lake)
    out.print(said, highlight=False, markup=False, soft_wrap=True)
