"""The step between the counts and the published scores, in a throw-away warehouse."""

from orchestration.defs.counting import COUNTING
from orchestration.defs.scores import SCORES
from orchestration.defs.shop_scores import scores_of
from tests.support.inputs import days
from tests.support.warehouse import Day, Warehouse


def count_and_score(warehouse: Warehouse, first: Day, last: Day) -> None:
    """All that comes after classification, over the days first..last."""
    warehouse.run(first, last, COUNTING)
    with warehouse.connect() as connection:
        connection.execute("delete from scored.shop_scores where business_day between ? and ?", [first, last])
        for day in days(first, last):
            connection.register("made", scores_of(connection, day))
            connection.execute(
                "insert into scored.shop_scores by name select *, cast(? as date) as business_day from made",
                [day],
            )
    warehouse.run(first, last, SCORES)
