"""`ccr reconcile`: what a platform took, set against what the ledger says it should."""

from collections import Counter
from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table

from orchestration.cli.terminal import Home, err, out, settings_of, stop
from orchestration.penalties.amounts import yuan


def reconcile(
    day: Annotated[
        datetime,
        typer.Option("--day", formats=["%Y-%m-%d"], help="As known by the end of this business day."),
    ],
    shop: Annotated[str | None, typer.Option("--shop", help="Of this shop only, by its key.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    home: Home = None,
) -> None:
    """List what does not agree between bills, tickets and figures of platforms, and ours.

    Bring them in with `ccr import bills`, `tickets` and `figures`, and run their days.
    """
    from orchestration.reconciling.exceptions import MEANINGS
    from orchestration.wiring.house import House
    from orchestration.wiring.warehouse import arrow

    settings = settings_of(home, None)
    if not settings.warehouse.exists():
        stop(f"{settings.home} has no warehouse yet; `ccr run` makes one")
    with House(home=str(settings.home), landing=str(settings.landing)).warehouse() as connection:
        found = arrow(
            connection,
            "select * from reconciliation.exceptions "
            "where business_day = $1 and ($2 is null or shop_key = $2) "
            "order by platform, shop_key, exception, claim_key, decision_id",
            [day.date(), shop],
        ).to_pylist()
    if as_json:
        for row in found:
            out.print_json(data=row, default=str, indent=None)
        return
    if not found:
        out.print(f"{day.date()}: everything that platforms delivered agrees with the ledger and the scores")
        return
    table = Table(title=f"Not in agreement by {day.date()}")
    for heading in ("exception", "shop", "order", "claimed", "expected", "claim or decision", "why"):
        table.add_column(heading, overflow="fold")
    for row in found:
        table.add_row(
            row["exception"],
            row["shop_key"],
            row["order_key"] or "",
            _in_yuan(row["claimed_fen"]),
            _in_yuan(row["expected_fen"]),
            row["claim_key"] or (row["decision_id"] or "")[:12],
            row["detail"],
        )
    out.print(table)
    for name, count in sorted(Counter(row["exception"] for row in found).items()):
        err.print(f"{count:>6}  {name}: {MEANINGS[name]}", highlight=False, markup=False, soft_wrap=True)


def _in_yuan(fen: int | None) -> str:
    return "" if fen is None else yuan(fen)
