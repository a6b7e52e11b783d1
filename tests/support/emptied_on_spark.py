"""Runs one model on Spark over two days, then again when the second has come back empty; prints its days.

A process of its own: Spark leaves a JVM and environment variables behind. Called with an empty folder.
"""

import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa

from orchestration.classification.schemas import TAGS_SCHEMA
from orchestration.landing.contract import RAW_TABLES
from orchestration.wiring.lake import write_partition
from orchestration.wiring.lake_tables import LAKE_TABLES
from orchestration.wiring.partitions import Days
from orchestration.wiring.spark.lake import show_lake
from orchestration.wiring.spark.models import SparkModels
from orchestration.wiring.spark.session import opened

DAYS = Days(date(2026, 9, 1), date(2026, 9, 2))
DECISIONS = RAW_TABLES["review_decisions"]


def decision(feedback_id: str, day: date) -> pa.Table:
    """A person's decision about a review, as landed."""
    told = {
        "platform": "p", "channel": "review", "feedback_id": feedback_id, "decision": "negative",
        "words_sha256": "words", "decided_at": datetime(day.year, day.month, day.day, 4, tzinfo=UTC),
        "_row_sha256": feedback_id,
    }  # fmt: skip
    told["decision_no"] = 1 if pa.types.is_integer(DECISIONS.field("decision_no").type) else "1"
    return pa.Table.from_pylist([told], DECISIONS)


def main(folder: Path) -> None:
    """Prints the days of `int_review_decisions` after each run, a line each."""
    lake = folder / "lake"
    keys = ["p:review:1", "p:review:2"]
    tags = [{"feedback_key": key, "tag_no": 1, "words_sha256": "words"} for key in keys]
    write_partition(lake, "classified", "feedback_tags", DAYS.first, pa.Table.from_pylist(tags, TAGS_SCHEMA))
    write_partition(lake, "raw", "review_decisions", DAYS.first, decision("1", DAYS.first))
    write_partition(lake, "raw", "review_decisions", DAYS.last, decision("2", DAYS.last))
    models = SparkModels(folder / "dbt")
    with opened(folder / "spark", cores=1, memory="1g") as session:
        for landed in (True, False):
            if not landed:
                write_partition(lake, "raw", "review_decisions", DAYS.last, DECISIONS.empty_table())
            show_lake(session, lake, LAKE_TABLES)
            models.run("stg_review_decisions int_review_decisions", DAYS)
            found = session.sql(
                "select business_day, count(*) from intermediate.int_review_decisions "
                "group by business_day order by business_day"
            )
            sys.stdout.write(" ".join(f"{day}:{rows}" for day, rows in found.collect()) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
