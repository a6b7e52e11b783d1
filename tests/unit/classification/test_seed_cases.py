"""The cases of the rule book, each told in many ways: counted, not counted, and what tips them."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from orchestration.classification.classifier import Classifier
from orchestration.classification.feedback import FEEDBACK_SCHEMA, classify_feedback
from tests.unit.classification.said import Said, complaint, said_of, said_of_chat, turns

Case = dict[str, Any]

GOLDEN = Path(__file__).with_name("golden")
ROLES = {"c": "consumer", "a": "agent"}
# What says nothing, in the place of an agent's words.
SILENT = "在的亲"


def _read(name: str) -> list[Case]:
    return [json.loads(line) for line in (GOLDEN / name).read_text("utf-8").splitlines()]


CASES = _read("seed_cases.jsonl")
CONTRASTS = _read("contrast_cases.jsonl")
COUNTED = [case for case in CASES if "issue" in case]
NOT_COUNTED = [case for case in CASES if "guard" in case]
COUNTED_CHATS = [case for case in COUNTED if "turns" in case]


def _name(case: Case) -> str:
    return f"{case['case']} {case.get('goods', case.get('changed'))}"


def _said(classifier: Classifier, case: Case) -> Said:
    if "turns" in case:
        return said_of_chat(classifier, turns(*((ROLES[who], text) for who, text in case["turns"])))
    proof = {name: case[name] for name in ("evidence_valid", "merchant_admitted") if name in case}
    return said_of(classifier, complaint(case["text"], **proof))


def _spans_are_cited(said: Said, case: Case) -> bool:
    """Whether every span of words equals the text it cites, and there is one."""
    for span in said.spans:
        if span["kind"] == "wait_seconds":
            continue
        place = span["field"].removeprefix("message:m")
        text = case["text"] if span["field"] == "text" else case["turns"][int(place) - 1][1]
        if text[span["span_start"] : span["span_end"]] != span["span_text"] or not span["span_text"]:
            return False
    return bool(said.spans)


def test_each_case_is_told_in_ten_ways_none_like_another() -> None:
    told = {name: [case for case in CASES if case["case"] == name] for name in {c["case"] for c in CASES}}
    assert {name: len(cases) for name, cases in told.items()} == dict.fromkeys(
        ("S65", "S66", "S75", "S76", "S77", "S78", "S79"), 10
    )
    assert len({case["goods"] for case in CASES}) >= 65
    openings = [case["turns"][0][1] if "turns" in case else case["text"] for case in CASES]
    assert len(set(openings)) == len(CASES)
    assert all(4 <= len(case["turns"]) <= 10 for case in CASES if "turns" in case)


@pytest.mark.parametrize("case", COUNTED, ids=_name)
def test_a_counted_case_is_negative_with_its_issue(classifier: Classifier, case: Case) -> None:
    said = _said(classifier, case)
    assert said.decision == "negative"
    assert case["issue"] in said.issues
    assert said.guard is None
    assert _spans_are_cited(said, case)


@pytest.mark.parametrize("case", NOT_COUNTED, ids=_name)
def test_a_case_that_does_not_count_is_guarded(classifier: Classifier, case: Case) -> None:
    said = _said(classifier, case)
    assert (said.decision, said.guard) == ("guarded", case["guard"])
    assert _spans_are_cited(said, case)


@pytest.mark.parametrize("case", CONTRASTS, ids=_name)
def test_another_end_is_another_decision(classifier: Classifier, case: Case) -> None:
    said = _said(classifier, case)
    assert said.decision in case["decisions"]
    assert said.guard == case.get("guard")
    assert _spans_are_cited(said, case)


@pytest.mark.parametrize("case", COUNTED_CHATS, ids=_name)
def test_what_the_shop_admits_and_the_consumer_shows_is_evidence(classifier: Classifier, case: Case) -> None:
    silent = case | {"turns": [[who, SILENT if who == "a" else text] for who, text in case["turns"]]}
    bare = silent | {"turns": [[who, "。。" if t.startswith("[") else t] for who, t in silent["turns"]]}
    full, unadmitted, unshown = (_said(classifier, each) for each in (case, silent, bare))
    assert full.probability >= 0.9
    assert full.probability > unadmitted.probability > unshown.probability - 0.05


@pytest.mark.parametrize("goods", ["保温杯", "洗发水", "儿童绘本", "奶粉", "化妆刷"])
def test_a_fault_that_only_the_shop_names_needs_its_words(classifier: Classifier, goods: str) -> None:
    [case] = [case for case in COUNTED_CHATS if case["goods"] == goods]
    silent = case | {"turns": [[who, SILENT if who == "a" else text] for who, text in case["turns"]]}
    assert case["issue"] not in _said(classifier, silent).issues


@pytest.mark.parametrize("case", [case for case in CASES if case["case"] == "S66"], ids=_name)
def test_a_misunderstanding_that_nobody_explains_is_none(classifier: Classifier, case: Case) -> None:
    feared = next(turn for turn in case["turns"] if turn[0] == "c")
    alone = case | {"turns": [feared, ["a", SILENT]]}
    assert _said(classifier, alone).guard is None


@pytest.mark.parametrize("case", [case for case in CASES if case["case"] in ("S78", "S79")], ids=_name)
def test_a_question_that_nobody_answers_is_not_guarded(classifier: Classifier, case: Case) -> None:
    unanswered = case | {"turns": [["a", SILENT] if who == "a" else [who, t] for who, t in case["turns"]]}
    assert _said(classifier, unanswered).guard is None


@pytest.mark.parametrize(
    "condition", ["如果是我们发错了会给您补发", "亲，我们不会发错的", "是不是仓库发错了我查下"]
)
def test_what_an_agent_denies_or_supposes_is_not_admitted(classifier: Classifier, condition: str) -> None:
    chat = turns(("consumer", "我要的是绿色，来的是粉色"), ("consumer", "[图片]"), ("agent", condition))
    assert "wrong_item" not in said_of_chat(classifier, chat).issues


def test_the_public_table_gives_the_same_answers(classifier: Classifier) -> None:
    rows = []
    for number, case in enumerate(CASES):
        row: Case = {"id": str(number), "channel": case.get("channel", "im_session")}
        if "turns" in case:
            row["messages"] = [{"role": ROLES[who], "text": text} for who, text in case["turns"]]
        else:
            row["text"] = case["text"]
        rows.append(row)
    found = classify_feedback(pa.Table.from_pylist(rows, FEEDBACK_SCHEMA), classifier).to_pylist()
    for case, answer in zip(CASES, found, strict=True):
        assert answer["error"] is None
        assert answer["guard"] == case.get("guard")
        assert answer["decision"] == ("negative" if "issue" in case else "guarded")
        codes = [issue["code"] for issue in answer["issues"]]
        assert "issue" not in case or case["issue"] in codes
