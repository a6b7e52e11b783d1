"""The planted appeals end as planted; an upheld one takes exactly its feedback out, and can be explained."""

from pathlib import Path

import pytest

from orchestration.classification.labels import read_labels
from orchestration.sample.appeals import PLANTED_APPEALS, PlantedAppeal
from tests.support.house import TestHouse

UPHELD_ORDERS = [
    planted for planted in PLANTED_APPEALS if planted.state == "approved" and planted.order_id is not None
]


def key_of(planted: PlantedAppeal) -> str:
    return f"{planted.platform}:appeal:{planted.appeal_id}"


@pytest.mark.parametrize("planted", PLANTED_APPEALS, ids=lambda planted: planted.appeal_id)
def test_a_planted_appeal_ends_as_planted(golden: TestHouse, planted: PlantedAppeal) -> None:
    events = golden.query(
        "select event, to_state from appeals.appeal_events "
        f"where appeal_key = '{key_of(planted)}' order by seq"
    )
    refused = golden.query(
        f"select reason from appeals.appeal_refusals where appeal_id = '{planted.appeal_id}'"
    )
    if planted.refusal is not None:
        assert (events, refused) == ([], [(planted.refusal,)]), planted.why
    else:
        assert refused == []
        assert [event for event, _ in events] == [step.event for step in planted.steps]
        assert events[-1][1] == planted.state, planted.why


def test_an_untrue_appeal_is_told_from_one_without_enough_evidence(golden: TestHouse) -> None:
    rows = golden.query(
        "select appeal_key, result_reason from appeals.appeal_events where event = 'rejected' order by all"
    )
    assert rows == [
        ("pinduoduo:appeal:planted_appeal_reconsidered", "insufficient_evidence"),
        ("pinduoduo:appeal:planted_appeal_untrue", "untrue"),
    ]


@pytest.mark.parametrize("planted", UPHELD_ORDERS, ids=lambda planted: planted.appeal_id)
def test_an_upheld_order_ceases_to_be_negative_on_the_day_of_the_decision(
    golden: TestHouse, planted: PlantedAppeal
) -> None:
    order = f"{planted.platform}:{planted.order_id}"
    decided = golden.query(
        f"select business_day from appeals.appeal_events where appeal_key = '{key_of(planted)}' "
        "and event = 'upheld'"
    )
    changes = golden.query(
        "select change, business_day from ccr.fct_negative_orders "
        f"where order_key = '{order}' and dimension = 'overall' order by business_day"
    )
    assert [change for change, _ in changes] == [1, -1]
    assert [(changes[-1][1],)] == decided
    causes = golden.query(
        "select distinct cause from ccr.fct_restatements "
        f"where subject_type = 'shop' and business_day = '{decided[0][0]}' "
        "and subject_id = 'pinduoduo:planted_case_shop'"
    )
    assert ("appeal",) in causes
    said = golden.ccr("explain", "order", order)
    assert "appeal_upheld" in said


def test_nothing_else_is_taken_out(golden: TestHouse) -> None:
    rows = golden.query(
        "select appeal_key, exclusion_code, count(*) from appeals.upheld_feedback group by all order by all"
    )
    assert rows == [
        ("douyin:appeal:planted_report_upheld", "report_upheld", 1),
        ("pinduoduo:appeal:planted_appeal_reconsidered", "appeal_upheld", 1),
        ("pinduoduo:appeal:planted_appeal_upheld", "appeal_upheld", 1),
    ]


def test_where_they_stand_is_listed(golden: TestHouse) -> None:
    said = golden.ccr("appeal", "list", "--day", "2026-10-15", "--platform", "pinduoduo")
    assert "4 appeals as known on 2026-10-15" in said
    for state in ("approved", "rejected: untrue", "withdrawn"):
        assert state in said


def test_words_that_were_cleared_are_labels_to_train_on_and_a_settled_complaint_is_none(
    golden: TestHouse, tmp_path: Path
) -> None:
    """The third upheld appeal says that a damaged parcel was sent again: its words stay a complaint."""
    file = tmp_path / "cleared.tsv"
    assert "2 labelled texts" in golden.ccr("appeal", "export", str(file), "--by", "a trainer")
    labels, refused = read_labels([file])
    assert refused == []
    texts = dict(
        golden.query(
            "select upheld.feedback_key, events.text from appeals.upheld_feedback as upheld "
            "inner join intermediate.int_feedback_events as events "
            "on upheld.feedback_key = events.feedback_key and events.is_first_version "
            "where appeal_key in ('douyin:appeal:planted_report_upheld', "
            "'pinduoduo:appeal:planted_appeal_reconsidered')"
        )
    )
    assert {label.id: label.text for label in labels} == texts
    assert {(label.negative, label.issues, label.source) for label in labels} == {
        (False, (), "upheld_appeal")
    }


def test_a_merchant_takes_out_own_texts_alone(golden: TestHouse, tmp_path: Path) -> None:
    file = tmp_path / "own.jsonl"
    golden.ccr("appeal", "export", str(file), "--as", "shop:pinduoduo:planted_case_shop")
    labels, _ = read_labels([file])
    assert [label.id.partition(":")[0] for label in labels] == ["pinduoduo"]
