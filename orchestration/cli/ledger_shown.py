"""Decisions, accounts and the audit log as a person reads them in a terminal."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection, select
from sqlalchemy import Table as Stored

from orchestration.penalties.accounts import Balance
from orchestration.penalties.amounts import yuan
from orchestration.penalties.audit import Act, acts
from orchestration.penalties.tables import (
    decision_events,
    entries,
    measure_terms,
    measures,
    reassessments,
)

_FACTS = (
    *("platform", "shop_key", "subject_key", "period_key", "business_day", "policy_id", "policy_version"),
    *("rule_id", "tier", "severity", "mode", "shadowed_by", "suppressed_by", "num", "den", "num_consumed"),
    *("rate", "ratio_low", "execute_after", "appeal_deadline"),
)
_PARTS: dict[str, tuple[Stored, tuple[str, ...]]] = {
    "What happened": (decision_events, ("business_day", "status", "actor", "reason", "appeal_key")),
    "Measures": (measures, ("measure_no", "measure_code", "amount_fen", "stated_fen", "points", "days")),
    "Entries": (
        entries,
        ("business_day", "measure_no", "entry_type", "debit", "credit", "amount_fen", "points"),
    ),
    "Days": (measure_terms, ("measure_code", "change", "starts_on", "ends_on", "merged_into")),
    "Looked at again": (reassessments, ("business_day", "cause", "outcome", "num", "den", "tier")),
}
_ORDER = ("business_day", "measure_no", "seq")


def print_decision(connection: Connection, decision: dict[str, Any], console: Console) -> None:
    """A decision and all that was written of it."""
    console.print(decision["decision_id"], style="bold", highlight=False)
    facts = [f"{name} {decision[name]}" for name in _FACTS if decision[name] is not None]
    console.print("; ".join(facts), highlight=False, markup=False, soft_wrap=True)
    for title, (stored, columns) in _PARTS.items():
        order = [stored.c[name] for name in _ORDER if name in stored.c]
        rows = connection.execute(
            select(*(stored.c[name] for name in columns))
            .where(stored.c.decision_id == decision["decision_id"])
            .order_by(*order)
        ).all()
        if rows:
            _print_rows(title, columns, [tuple(row) for row in rows], console)


def print_accounts(accounts: Iterable[Balance], console: Console) -> None:
    """A line a shop: yuan imposed, given back, outstanding, frozen, paid; and points."""
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0] * 7)
    for each in accounts:
        given_back = each.reversed + each.refunded + each.exempted
        amounts = (each.issued, given_back, each.outstanding, each.frozen, each.paid, each.points)
        sums[each.shop_key] = [old + new for old, new in zip(sums[each.shop_key], (1, *amounts), strict=True)]
    rows = [
        (shop, found[0], *(yuan(fen) for fen in found[1:6]), found[6]) for shop, found in sorted(sums.items())
    ]
    columns = ("shop", "decisions", "imposed", "given back", "outstanding", "frozen", "paid", "points")
    _print_rows("Accounts in yuan", columns, rows, console)


def print_audit(connection: Connection, last: int, console: Console) -> None:
    """The latest lines of the audit log."""
    rows = [
        (act.happened_at.isoformat(timespec="microseconds"), *act[1:])
        for act in acts(connection, latest=last)
    ]
    _print_rows("Audit log", Act._fields, rows, console)


def _print_rows(
    title: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]], console: Console
) -> None:
    table = Table(*columns, title=title, title_justify="left", box=None, pad_edge=False)
    for row in rows:
        # what people and landing files wrote is shown, never obeyed as markup
        table.add_row(*(Text("" if value is None else str(value)) for value in row))
    console.print(table)
