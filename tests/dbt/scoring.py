"""How tests of scores sell orders and look up a row of `ccr.fct_ccr`."""

from typing import Any

from tests.support.inputs import Inputs
from tests.support.scenarios import Arrange, Counted

FIRST = "2026-09-01"
LAST = "2026-10-06"
SCORES = "path:models/intermediate/counting path:models/marts/ccr"


def score(counted: Counted, arrange: Arrange, day: str, subject: str = "s1", **where: Any) -> dict[str, Any]:
    """The row of one subject on one day; 30 days and overall unless told otherwise."""
    wanted = {"window_days": 30, "dimension": "overall", "subject_type": "shop", **where}
    conditions = [f"{column} = '{value}'" for column, value in wanted.items()]
    key = subject if subject == arrange.__name__ else f"{arrange.__name__}:{subject}"
    return counted.row(
        arrange,
        "ccr.fct_ccr",
        " and ".join([*conditions, f"business_day = '{day}'", f"subject_id = '{key}'"]),
    )


def sell(inputs: Inputs, shop: str, orders: int, negatives: int = 0, paid: str = "2026-10-01") -> None:
    """Orders of a shop, the first of them negatives."""
    for number in range(orders):
        order = f"{shop}-{paid}-{number}"
        inputs.order(order, shop=shop, paid=paid, lines=[{"line_id": "l1", "product": f"p of {shop}"}])
        if number < negatives:
            inputs.feedback(f"f of {order}", order, paid)
