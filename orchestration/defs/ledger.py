"""A watch on the books: nothing is published from a ledger that does not balance."""

from contextlib import closing
from itertools import islice

import dagster as dg

from orchestration.wiring.house import House
from orchestration.wiring.partitions import BUSINESS_DAY

_NAMED = 20


@dg.asset_check(
    asset=["penalties", "decisions"],
    name="ledger_balances",
    description="Of every decision, what was issued less what was given back is what is outstanding, frozen "
    "and paid, and it is what the decision's last status asks for. The whole ledger is added up on any day.",
    blocking=True,
    partitions_def=BUSINESS_DAY,
)
def ledger_balances(house: House) -> dg.AssetCheckResult:
    """Names the decisions that do not balance, each with the rule it breaks."""
    return balance_of(house.settings().ledger_url)


def balance_of(ledger_url: str) -> dg.AssetCheckResult:
    """The check's answer for a ledger; names at most twenty decisions."""
    from orchestration.penalties.accounts import imbalances
    from orchestration.penalties.ledger import Ledger

    with closing(Ledger(ledger_url)) as ledger, ledger.reading() as connection:
        found = imbalances(connection)
        named = [str(each) for each in islice(found, _NAMED)]
        others = sum(1 for _ in found)
    return dg.AssetCheckResult(
        passed=not named,
        severity=dg.AssetCheckSeverity.ERROR,
        description="; ".join(named[:5]) or None,
        metadata={
            "imbalances": len(named) + others,
            "named": dg.MetadataValue.md("\n".join(f"- {each}" for each in named) or "none"),
        },
    )
