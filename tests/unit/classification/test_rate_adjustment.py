"""What is laid out for a day: windows, settled texts, statuses; and that SQL and Python bin alike."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import pytest

from orchestration.classification.prevalence import BINS, LOWEST, WIDTH, evidence_of, histogram
from orchestration.classification.rate_adjustment import HISTOGRAMS, TEXT_DECIDED, adjustment_of, days_counted
from orchestration.classification.verdict import NATURAL_PRIOR, probability_of
from orchestration.wiring.dbt_manifest import DBT_FOLDER
from tests.unit.classification.test_prevalence import simulated

CENTRES = LOWEST + WIDTH * (np.arange(BINS) + 0.5)

DAY = date(2026, 9, 30)
Text = dict[str, Any]


def text(evidence: float, day: date = DAY, **told: Any) -> Text:
    probability = probability_of(evidence, NATURAL_PRIOR)
    decision = "negative" if probability >= 0.5 else "not_negative"
    return {
        "day": day,
        "channel": "review",
        "probability": probability,
        "decision": decision,
        "stars": None,
        **told,
    }


def counted(texts: Sequence[Text], first: date = DAY - timedelta(days=29)) -> list[tuple[Any, ...]]:
    connection = duckdb.connect()
    connection.execute("create schema classified; create schema intermediate")
    connection.execute(
        "create table classified.feedback_tags (feedback_key varchar, channel varchar, tag_no integer,"
        " decision varchar, text_probability double, classifier_version varchar, business_day date)"
    )
    connection.execute(
        "create table intermediate.int_feedback_events (feedback_key varchar, platform varchar,"
        " is_first_version boolean, rating_overall smallint, rating_product smallint)"
    )
    for number, each in enumerate(texts):
        for tag_no in (1, 2):
            connection.execute(
                "insert into classified.feedback_tags values (?, ?, ?, ?, ?, 'v', ?)",
                [str(number), each["channel"], tag_no, each["decision"], each["probability"], each["day"]],
            )
        for is_first in (True, False):
            connection.execute(
                "insert into intermediate.int_feedback_events values (?, 'p', ?, ?, null)",
                [str(number), is_first, each["stars"]],
            )
    return connection.execute(HISTOGRAMS, {"first": first, "last": DAY}).fetchall()


def test_sql_bins_as_python_does() -> None:
    evidence = [-15.9, -3.3, -0.01, 0.02, 1.99, 12.3]
    rows = counted([text(each) for each in evidence])
    found = np.zeros(BINS, dtype=np.int64)
    for row in rows:
        found[row[4]] += row[6]
    probability = np.array([probability_of(each, NATURAL_PRIOR) for each in evidence])
    assert found.tolist() == histogram(evidence_of(probability, NATURAL_PRIOR)).tolist()
    assert found.sum() == len(evidence)


def test_sql_and_python_name_the_same_channels() -> None:
    macros = (DBT_FOLDER / "macros" / "dimensions.sql").read_text(encoding="utf-8")
    named = ", ".join(f"'{channel}'" for channel in TEXT_DECIDED)
    assert f'word_decided_channels() %}}{{{{ return("({named})") }}}}' in macros


def test_only_first_tags_of_reviews_with_words_are_counted() -> None:
    rows = counted(
        [
            text(1.0),
            text(1.0, channel="im_session"),
            text(1.0, probability=None),
            text(1.0, DAY + timedelta(days=1)),
        ]
    )
    assert sum(row[6] for row in rows) == 1


@pytest.mark.parametrize(
    ("told", "is_settled"),
    [({}, False), ({"decision": "guarded"}, True), ({"stars": 2}, True), ({"stars": 3}, False)],
)
def test_a_text_is_settled_where_words_do_not_decide(told: Text, is_settled: bool) -> None:
    ((*_, settled, _, _, _, _),) = counted([text(1.0, **told)])
    assert settled is is_settled


def row(
    place: float, texts: int, negatives: int, day: date = DAY, *, settled: bool = False
) -> tuple[Any, ...]:
    return ("p", "review", day, settled, int(np.argmin(np.abs(CENTRES - place))), "v", texts, negatives)


def rows_of(evidence: np.ndarray, day: date = DAY) -> list[tuple[Any, ...]]:
    """The histogram of texts that are decided at the natural prior."""
    odds = np.log(NATURAL_PRIOR / (1 - NATURAL_PRIOR))
    return [
        ("p", "review", day, False, place, "v", int(count), int(count) if CENTRES[place] + odds >= 0 else 0)
        for place, count in enumerate(histogram(evidence))
        if count
    ]


def adjusted(rows: Sequence[tuple[Any, ...]], day: date = DAY) -> dict[int, dict[str, Any]]:
    return {each["window_days"]: each for each in adjustment_of(days_counted(rows), day).to_pylist()}


def test_the_factor_takes_the_count_to_the_truth() -> None:
    found = adjusted(rows_of(simulated(0.05, 20_000)))[30]
    assert found["status"] == "ok"
    assert abs(found["rate_plain"] / 0.05 - 1) > 0.1
    assert found["rate_adjusted"] / 0.05 == pytest.approx(1, abs=0.1)
    assert found["factor"] == pytest.approx(found["rate_adjusted"] / found["rate_plain"], abs=1e-5)
    assert found["ci_low"] < 0.05 < found["ci_high"]


def test_settled_texts_count_as_they_were_settled() -> None:
    rows = [
        *rows_of(simulated(0.05, 20_000)),
        row(5, 2_000, 2_000, settled=True),
        row(5, 3_000, 0, settled=True),
    ]
    alone, found = adjusted(rows_of(simulated(0.05, 20_000)))[30], adjusted(rows)[30]
    assert found["texts"] == 25_000
    assert found["rate_adjusted"] == pytest.approx(
        (alone["rate_adjusted"] * 20_000 + 2_000) / 25_000, abs=1e-5
    )


def test_a_window_ends_on_its_day_and_forgets() -> None:
    rows = [
        row(-5, 1, 0, DAY - timedelta(days=30)),
        row(-5, 10, 0, DAY - timedelta(days=29)),
        row(-5, 100, 0, DAY - timedelta(days=6)),
        row(-5, 1_000, 0, DAY),
        row(-5, 10_000, 0, DAY + timedelta(days=1)),
    ]
    assert {days: found["texts"] for days, found in adjusted(rows).items()} == {7: 1_100, 30: 1_110}
    assert adjusted(rows, DAY - timedelta(days=60)) == {}


@pytest.mark.parametrize(
    ("rows", "status", "is_rate_known"),
    [
        ([row(3, 199, 199)], "insufficient", False),
        ([row(3, 150, 150), row(3, 150, 150, settled=True)], "insufficient", False),
        ([row(-6, 1_000, 0)], "no_negatives", True),
        ([row(-6, 1_000, 0), row(-0.5, 100, 100)], "implausible", True),
        ([row(-6, 1_000, 0), row(6, 100, 100)], "ok", True),
    ],
)
def test_a_factor_that_is_not_known_is_null_with_a_status(
    rows: list[tuple[Any, ...]], status: str, is_rate_known: bool
) -> None:
    found = adjusted(rows)[7]
    assert found["status"] == status
    assert (found["factor"] is not None) is (status == "ok")
    assert (found["rate_adjusted"] is not None) is is_rate_known
