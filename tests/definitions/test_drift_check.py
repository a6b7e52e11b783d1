"""The check warns of what moved, passes ordinary days, and says when it cannot tell."""

from datetime import date, timedelta
from typing import Any

import dagster as dg

from orchestration.definitions import defs
from orchestration.defs.drift import drift_of
from orchestration.wiring.partitions import Days

DAY = date(2026, 10, 1)


def counts(day: date, holding: int) -> dict[str, Any]:
    return {
        "business_day": day, "channel": "review", "measure": "lexicon_hits", "item": "issue:quality_flaw",
        "text_count": 500, "texts_with_item": holding, "item_count": holding,
    }  # fmt: skip


HISTORY = [counts(DAY - timedelta(days=n), 10 + n % 3) for n in range(1, 29)]


def test_what_moved_is_a_warning_that_names_it() -> None:
    answer = drift_of([*HISTORY, counts(DAY, 60)], Days(DAY, DAY))
    assert (answer.passed, answer.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert answer.description == "2026-10-01: review: quality_flaw hits .022 -> .120"
    table = answer.metadata["moved"].records
    assert [record.data for record in table] == [
        {"business_day": "2026-10-01", "what": "review: quality_flaw hits .022 -> .120"}
    ]


def test_ordinary_days_pass_without_a_word() -> None:
    answer = drift_of([*HISTORY, counts(DAY, 12)], Days(DAY - timedelta(days=3), DAY))
    assert (answer.passed, answer.description, answer.metadata["days_judged"].value) == (True, None, 4)


def test_without_history_it_says_so() -> None:
    answer = drift_of([*HISTORY[:5], counts(DAY, 60)], Days(DAY, DAY))
    assert (answer.passed, answer.description) == (True, "not enough history")


def test_the_check_is_on_the_tags_and_does_not_block() -> None:
    graph = defs.resolve_asset_graph()
    key = dg.AssetCheckKey(dg.AssetKey(["classified", "feedback_tags"]), "classification_has_not_drifted")
    assert not graph.get(key).blocking
