"""Ten thousand things done to a ledger at random leave what a simple model of its laws says."""

import pytest

from orchestration.penalties.ledger import Ledger
from tests.support.ledger_walk import Walk

WALKS, OPERATIONS = 13, 400  # on either store: ten thousand on both


@pytest.mark.parametrize("seed", range(WALKS))
def test_a_walk_at_random_ends_where_the_model_does(ledger: Ledger, seed: int) -> None:
    walk = Walk(ledger, seed)
    while walk.done.total() < OPERATIONS:
        walk.step()
    assert {"candidate", "appeal", "run", "rerun", "backfill", "kill", "by_hand"} <= walk.done.keys()
