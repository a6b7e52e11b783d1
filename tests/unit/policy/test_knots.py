"""The knots of a score: any that fall from ratio 0 are taken, any that do not are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from orchestration.policy.judging import Score
from orchestration.policy.model import RatePolicy
from tests.unit.policy.books import DOUYIN, Book, line_of

SHIPPED = "knots: [[0, 100], [0.5, 95], [1.0, 80], [1.3, 60], [2, 40], [3, 20], [5, 0]]"

ratios = st.floats(0.001, 1e6)
scores = st.floats(0, 99)


def taken(knots: list[list[float]]) -> Score:
    return Score.model_validate({"knots": knots, "sources": ["X"]})


def rules_broken(knots: list[list[float]]) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        taken(knots)
    return [error["type"] for error in refused.value.errors()]


@st.composite
def falling(draw: st.DrawFn) -> list[list[float]]:
    above = sorted(draw(st.lists(ratios, min_size=1, max_size=8, unique=True)))
    down = sorted(draw(st.lists(scores, min_size=len(above) + 1, max_size=len(above) + 1)), reverse=True)
    return [[ratio, score] for ratio, score in zip([0.0, *above], down, strict=True)]


@given(falling())
def test_knots_that_fall_from_nought_are_taken_as_they_are(knots: list[list[float]]) -> None:
    assert [list(knot) for knot in taken(knots).knots] == knots


@given(falling(), st.data())
def test_a_score_that_rises_anywhere_is_refused(knots: list[list[float]], data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(knots) - 1))
    knots[at][1] = knots[at - 1][1] + 0.5
    assert rules_broken(knots) == ["refused:score_rises"]


@given(falling(), st.data())
def test_a_ratio_that_stands_still_or_goes_back_is_refused(
    knots: list[list[float]], data: st.DataObject
) -> None:
    at = data.draw(st.integers(1, len(knots) - 1))
    knots[at][0] = data.draw(st.floats(0, knots[at - 1][0]))
    assert rules_broken(knots) == ["refused:knots_out_of_order"]


@given(falling(), st.floats(0.001, 10))
def test_a_first_knot_beyond_nought_is_refused(knots: list[list[float]], shift: float) -> None:
    knots[0][0] = shift
    assert rules_broken(knots) == ["refused:knots_out_of_order"]


@pytest.mark.parametrize(
    ("knots", "rule", "says"),
    [
        (
            "[[0, 100], [1, 80], [1, 60]]",
            "knots_out_of_order",
            "knot 3, at ratio 1, does not come after ratio 1",
        ),
        ("[[0, 80], [1, 90]]", "score_rises", "knot 2 raises the score from 80 to 90 for a worse rate"),
        ("[[0, 101], [1, 90]]", "out_of_range", "A score lies between 0 and 100."),
        ("[[0, 100], [1, -1]]", "out_of_range", "knot 2, at ratio 1, scores -1"),
        ("[[0.5, 100], [1, 80]]", "knots_out_of_order", "Begin at 0"),
        ("[[0, 100], 80]", "bad_value", "knot 2 is 80"),
        ("[[0, 100], [1, 80, 2]]", "bad_value", "Write it as [ratio, score]"),
        ("[[0, 100], [1, true]]", "bad_value", "knot 2 is [1, True]"),
        ("[[0, 100]]", "out_of_range", "at least 2 items"),
        ("steep", "bad_value", "knots is 'steep'"),
    ],
)
def test_the_person_reads_which_knot_and_why(book: Book, knots: str, rule: str, says: str) -> None:
    path = book.edit(DOUYIN, SHIPPED, f"knots: {knots}")
    (fault,) = book.faults()
    assert (fault.line, fault.rule) == (line_of(path, "knots: "), rule)
    assert says in str(fault)


def test_the_shipped_knots_are_those_of_the_page_on_scores(book: Book) -> None:
    for policy_id in ("douyin_ccr", "reference_ccr"):
        (version,) = book.load().of(policy_id)
        assert isinstance(version.document, RatePolicy)
        assert version.document.score is not None
        assert version.document.score.knots == (
            (0, 100), (0.5, 95), (1, 80), (1.3, 60), (2, 40), (3, 20), (5, 0),
        )  # fmt: skip
