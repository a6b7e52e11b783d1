"""What chats teach: dialogues are read with their labels, and dissatisfaction is a matter of all turns."""

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from orchestration.classification.corpus import Corpora, CorpusError, Labelled
from orchestration.classification.dialogue_corpus import Dialogue, Dialogues, read_dialogues
from orchestration.classification.dialogue_training import (
    WEIGHT_OF_REVIEWS,
    fit_dissatisfaction,
    turns_to_learn,
)
from orchestration.classification.dissatisfaction import (
    FACTS_OF_CHAT,
    Dissatisfaction,
    evidence_of_gravest,
    facts_of_chat,
    gravest_two,
)
from orchestration.classification.issue_training import LEAST_TEXTS, NEVER, fit_issues
from orchestration.classification.model import CHINESE
from orchestration.classification.model_files import load_model
from orchestration.classification.spans import SpanFinder
from orchestration.classification.turns import Turn, Words

TOLD = {
    "negative": True, "dissatisfied": True, "resolved": False, "issues": ["wrong_item"], "guard": None,
    "category": "shoes", "starts": "21:58",
    "turns": [
        ["c", 0, "发错码了"], ["a", 1.5, "在的亲"], ["b", 0, "为您转接"],
        ["c!", 2, "你们管不管"], ["c+", 1, "好的谢谢"],
    ],
}  # fmt: skip


def _turn(role: str, upset: float | None, text: str = "话") -> Turn:
    return Turn("1", None, Words(role, text, upset_evidence=upset))


def test_a_dialogue_tells_who_spoke_when_and_how() -> None:
    messages = Dialogue.model_validate(TOLD).messages()
    assert [message.role for message in messages] == ["consumer", "agent", "bot", "consumer", "consumer"]
    assert [message.upset for message in messages] == [False, None, None, True, False]
    assert messages[3].sent_at - messages[0].sent_at == timedelta(minutes=3.5)
    assert messages[0].sent_at.strftime("%H:%M") == "13:58"  # UTC


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"issues": ["bad_luck"]}, "unknown issue codes"),
        ({"guard": "boredom"}, "unknown guard"),
        ({"guard": "price_only"}, "names its issues and no guard"),
        ({"negative": False}, "names its issues and no guard"),
        ({"turns": [["x", 0, "发错码了"]]}, r"turns\.0\.0"),
        ({"turns": []}, "turns"),
        ({"mood": "bad"}, "mood"),
    ],
)
def test_a_broken_dialogue_is_refused_with_its_place(tmp_path: Path, change: dict, says: str) -> None:
    lines = [json.dumps(TOLD), json.dumps(TOLD | change)]
    (tmp_path / "d.jsonl").write_text("\n".join(lines), "utf-8")
    with pytest.raises(CorpusError, match=rf"d\.jsonl:2: .*{says}"):
        read_dialogues(own=tmp_path)


def test_dialogues_are_read_with_their_source(tmp_path: Path) -> None:
    (tmp_path / "d.jsonl").write_text(json.dumps(TOLD), "utf-8")
    found = read_dialogues(own=tmp_path)
    assert len(found.dialogues) == 1
    assert [(source.name.rpartition("/")[2], source.lines) for source in found.sources] == [("d.jsonl", 1)]


def test_turns_teach_once_each_and_calm_complaints_of_reviews_weigh_little() -> None:
    dialogues = Dialogues((Dialogue.model_validate(TOLD), Dialogue.model_validate(TOLD)), ())
    texts = (
        Labelled("开胶了", 1, True, ("quality_defect",)),
        Labelled("没人回我", 1, True, ("no_reply",), channel="im_session"),
        Labelled("鞋底断了", 1, True, ("quality_defect",), channel="im_session"),
        Labelled("别家的话", 1, False),
        Labelled("it broke", 1, True, ("quality_defect",)),
    )
    learnt = {sample.text: sample for sample in turns_to_learn(Corpora(texts, ()), dialogues)}
    assert {text: sample.negative for text, sample in learnt.items()} == {
        "发错码了": 0, "你们管不管": 1, "好的谢谢": 0, "开胶了": 1, "没人回我": 1, "鞋底断了": 1,
    }  # fmt: skip
    assert learnt["没人回我"].weight_of_facts == 1.0
    assert learnt["开胶了"].weight_of_facts == learnt["鞋底断了"].weight_of_facts == WEIGHT_OF_REVIEWS


def test_facts_of_a_chat_are_those_of_the_consumers_turns() -> None:
    chat = [_turn("consumer", -1.0), _turn("consumer", 3.0), _turn("agent", None), _turn("consumer", 1.0)]
    facts = dict(zip(FACTS_OF_CHAT, facts_of_chat(chat), strict=True))
    assert facts["evidence_of_all_turns"] == 1.0
    assert facts["evidence_of_two_gravest"] == gravest_two([3.0, 1.0]) == 2.0
    assert facts["evidence_of_last_two"] == 2.0
    assert facts["share_of_turns_without_answer"] == pytest.approx(1 / 3)
    assert facts["turns"] == pytest.approx(np.log(4))
    assert evidence_of_gravest([_turn("agent", 9.0)]) == -3.0


def test_dissatisfaction_is_a_bounded_probability_of_the_facts() -> None:
    model = Dissatisfaction(np.asarray([0.0, 100.0, 0, 0, 0, 0, 0]), 0.0)
    calm, angry = ([_turn("consumer", evidence)] for evidence in (-2.0, 2.0))
    assert (model.probability(calm), model.probability(angry)) == (0.0, 1.0)
    assert Dissatisfaction(np.zeros(7), 0.0).probability([]) == 0.5


def test_fitted_on_dialogues_graver_words_are_likelier_dissatisfaction(model_dir: Path) -> None:
    calm = TOLD | {
        "dissatisfied": False,
        "turns": [["c", 0, "今天能发吗"], ["a", 1, "能"], ["c+", 1, "好的"]],
    }
    dialogues = Dialogues(tuple(Dialogue.model_validate(one) for one in [TOLD, calm] * 8), ())
    evidence = {"发错码了": 0.5, "你们管不管": 3.0, "好的谢谢": -2.0, "今天能发吗": -2.0, "好的": -3.0}
    fitted = fit_dissatisfaction(dialogues, evidence, load_model(model_dir).texts)
    low, high = ([_turn("consumer", number)] * 3 for number in (-2.5, 2.5))
    assert 0.0 < fitted.probability(low) < fitted.probability(high) < 1.0


def test_an_issue_with_few_texts_is_left_to_the_lexicon(finder: SpanFinder) -> None:
    many = [Labelled(f"鞋底开胶{number}天", 1, True, ("quality_defect",)) for number in range(LEAST_TEXTS)]
    few = [Labelled(f"寄来的是别款{number}", 1, True, ("wrong_item",)) for number in range(LEAST_TEXTS - 1)]
    fitted = fit_issues([*many, *few, Labelled("很好", 0, True)], CHINESE, finder)
    often, seldom = fitted.codes.index("quality_defect"), fitted.codes.index("wrong_item")
    assert fitted.figures.labelled == len(many) + len(few)
    assert fitted.weights[:, often].any()
    assert not fitted.weights[:, seldom].any()
    assert fitted.intercepts[seldom] == NEVER
    assert fitted.stack.shape == (len(fitted.codes), 3)
