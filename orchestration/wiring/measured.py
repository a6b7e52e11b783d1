"""What the inspectors measured in this run: a table's two checks and its page ask for the same figures."""

from typing import TYPE_CHECKING

from orchestration.wiring.house import House
from orchestration.wiring.partitions import Days

if TYPE_CHECKING:
    import pandas as pd

# of one run; a table is measured once it is made, and its run makes it once
_measured: "dict[tuple[str, str, Days], pd.DataFrame]" = {}


def measured(house: House, run_id: str, table: str, days: Days) -> "pd.DataFrame":
    """The metrics of a table, a row a day, as they were when this run first asked for them."""
    from expectations.metrics import metrics

    for other in [key for key in _measured if key[0] != run_id]:
        del _measured[other]
    key = (run_id, table, days)
    if key not in _measured:
        with house.warehouse() as connection:
            _measured[key] = metrics(connection, table, days.first, days.last)
    return _measured[key].copy()
