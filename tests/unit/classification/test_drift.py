"""Ordinary days pass, a planted shift is named, and too little history says nothing."""

import random
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest

from orchestration.classification.drift import judge_day, psi
from orchestration.classification.lexicon_files import shipped_lexicon
from orchestration.classification.profile import BINS, HITS, PROBABILITY, Profiler
from orchestration.classification.schemas import TAGS_SCHEMA
from tests.unit.classification.said import events, messages, review, turns

DAY = date(2026, 10, 1)
USUAL = [30, 20, 10, 8, 6, 5, 4, 3, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]


def profile_of(
    day: date, dice: random.Random, texts: int = 600, bins: list[int] = USUAL, flaws: float = 0.03
) -> list[dict[str, Any]]:
    """A day drawn from a distribution of probabilities and a rate of one phrase."""
    drawn = dice.choices(range(BINS), bins, k=texts)
    flawed = sum(dice.random() < flaws for _ in range(texts))
    head = {"business_day": day, "channel": "review", "text_count": texts}
    return [
        {**head, "measure": PROBABILITY, "item": f"{n / BINS:.2f}",
         "texts_with_item": drawn.count(n), "item_count": drawn.count(n)}
        for n in range(BINS)
    ] + [
        {**head, "measure": HITS, "item": "issue:quality_flaw",
         "texts_with_item": flawed, "item_count": flawed}
    ]  # fmt: skip


def history(days: int, seed: int = 5) -> list[dict[str, Any]]:
    dice = random.Random(seed)  # noqa: S311
    return [row for n in range(1, days + 1) for row in profile_of(DAY - timedelta(days=n), dice)]


@pytest.mark.parametrize("seed", range(40))
def test_ordinary_days_pass(seed: int) -> None:
    today = profile_of(DAY, random.Random(1000 + seed), texts=250 + 20 * seed)  # noqa: S311
    judged = judge_day([*history(28, seed), *today], DAY)
    assert judged.moved == ()
    assert judged.judged_count == 2


def test_more_negative_texts_are_named() -> None:
    dice = random.Random(9)  # noqa: S311
    shifted = profile_of(DAY, dice, bins=[4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6])
    (what,) = judge_day([*history(28), *shifted], DAY).moved
    assert what.startswith("review: PSI ")
    assert float(what.rpartition(" ")[2]) > 0.25


def test_a_phrase_that_is_found_thrice_as_often_is_named() -> None:
    today = profile_of(DAY, random.Random(9), flaws=0.09)  # noqa: S311
    (what,) = judge_day([*history(28), *today], DAY).moved
    assert what.startswith("review: quality_flaw hits .03")
    assert " -> .09" in what or " -> .08" in what or " -> .10" in what


def test_a_phrase_that_is_found_no_more_is_named() -> None:
    today = profile_of(DAY, random.Random(9), flaws=0.0)  # noqa: S311
    (what,) = judge_day([*history(28), *today], DAY).moved
    assert what.endswith("-> .000")


@pytest.mark.parametrize(("days", "texts"), [(6, 600), (28, 199)])
def test_too_little_to_compare_is_not_judged(days: int, texts: int) -> None:
    today = profile_of(DAY, random.Random(9), texts=texts, flaws=0.5)  # noqa: S311
    judged = judge_day([*history(days), *today], DAY)
    assert judged.moved == ()
    assert judged.judged_count == 0
    assert judged.unjudged == (f"review {PROBABILITY}", f"review {HITS}")


def test_days_older_than_the_trailing_ones_say_nothing() -> None:
    old = [{**row, "business_day": row["business_day"] - timedelta(days=28)} for row in history(28)]
    today = profile_of(DAY, random.Random(9), flaws=0.5)  # noqa: S311
    assert judge_day([*old, *today], DAY).judged_count == 0


def test_equal_histograms_are_no_shift() -> None:
    assert psi([10, 20, 30], [100, 200, 300]) == pytest.approx(0, abs=0.01)
    assert psi([10, 20, 30], [300, 200, 100]) > 0.4


def test_a_profile_counts_texts_and_hits_and_holds_no_word() -> None:
    rows = [
        review("质量太差", key="a"),
        review("不错，质量太差了，质量太差", key="b"),
        review(None, 5, key="c"),
    ]
    tags = pa.Table.from_pylist(
        [
            {"feedback_key": key, "channel": "review", "tag_no": 1, "text_probability": probability}
            for key, probability in (("a", 1.0), ("b", 0.97), ("c", None))
        ],
        TAGS_SCHEMA,
    )
    chat = turns(("consumer", "发错货了"), ("agent", "质量太差"), key="s")
    given = events([*rows, {"feedback_key": "s", "channel": "im_session"}])
    profile = Profiler(shipped_lexicon()).profile(tags, given, messages(chat)).to_pylist()
    counted = {(row["channel"], row["item"]): row for row in profile}
    defect = counted["review", "issue:quality_defect"]
    assert (defect["text_count"], defect["texts_with_item"], defect["item_count"]) == (2, 2, 3)
    assert counted["review", "0.95"]["item_count"] == 2
    assert counted["review", "0.00"]["text_count"] == 2
    assert counted["im_session", "issue:wrong_item"]["texts_with_item"] == 1
    assert counted["im_session", "issue:quality_defect"]["texts_with_item"] == 0
