"""What a person decides survives everything that can be rebuilt, and changes no day before it."""

import shutil
from datetime import UTC, date, datetime

from orchestration.reviewing.book import Book
from orchestration.reviewing.decision import Choice, Signature, decided
from orchestration.wiring.asked import asked, codes
from orchestration.wiring.house import House
from tests.pipeline.conftest import WEEK, WEEK_DAYS
from tests.pipeline.test_laws_of_running import of_days_before
from tests.support.house import TestHouse, differences

DECIDED = WEEK_DAYS[3]


def clear_a_negative(house: TestHouse) -> tuple[str, str]:
    """Decides that the only feedback of a negative order was none; returns order and feedback."""
    ((order, feedback),) = house.query(
        f"""
        select order_key, any_value(feedback_key) from intermediate.int_verdicts_in_force
        where business_day < date '{DECIDED}' and is_valid
          and order_key in (
              select order_key from ccr.fct_negative_orders where business_day < date '{DECIDED}'
          )
          and order_key not in (select order_key from ccr.fct_negative_orders where change < 0)
        group by order_key
        having count(*) = 1
        order by order_key
        limit 1
        """
    )
    with House(home=str(house.home), landing=str(house.landing)).warehouse() as connection:
        known = asked(connection, [str(feedback)])
    signature = Signature("a reader", datetime(2026, 9, 17, 4, tzinfo=UTC), date.fromisoformat(DECIDED))
    Book(house.landing).append([decided(known[str(feedback)], Choice("not_negative"), codes(), signature)])
    return str(order), str(feedback)


def test_a_decision_restates_its_day_and_none_before_and_outlives_lake_and_warehouse(
    done_house: TestHouse,
) -> None:
    before = done_house.state()
    order, _ = clear_a_negative(done_house)
    done_house.run(DECIDED)
    decided_state = done_house.state()
    changed = differences(before, decided_state)
    assert of_days_before(changed, DECIDED) == []
    changes = done_house.query(
        f"select cast(business_day as varchar), change from ccr.fct_negative_orders "
        f"where order_key = '{order}' and dimension = 'overall' order by business_day"
    )
    assert [change for _, change in changes] == [1, -1]
    assert changes[1][0] == DECIDED
    assert "decided by people: 1 not_negative" in done_house.ccr("result", "--day", WEEK_DAYS[-1])
    (done_house.home / "warehouse.duckdb").unlink()
    shutil.rmtree(done_house.home / "lake")
    done_house.run(WEEK)
    assert differences(decided_state, done_house.state()) == []
