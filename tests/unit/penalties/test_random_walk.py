"""Ten thousand things done at random to a ledger in each store leave what a simple model of its laws says."""

import pytest

from orchestration.penalties.ledger import Ledger
from tests.support.ledger_walk import Walk

WALKS, OPERATIONS = 25, 400
# Each walk goes on until all of these were done.
ALL = {"candidate", "appeal", "by_hand", "suspension", "rerun", "backfill", "kill"}


@pytest.mark.parametrize("seed", range(WALKS))
def test_a_walk_at_random_ends_where_the_model_does(ledger: Ledger, seed: int) -> None:
    walk = Walk(ledger, seed)
    while walk.done.total() < OPERATIONS or not walk.done.keys() >= ALL:
        walk.step()
    reached = {status for case in walk.model.cases.values() for status, _ in case.events}
    assert reached >= {"suppressed", "suspended", "resumed", "executed", "reversed"}
    added = {each.added_by for case in walk.model.cases.values() for each in case.measures}
    assert added == {None, "severity", "failed_appeals_90d"}
