"""Models of issues add to what the lexicon names, and cite the clause they mean."""

import math
from pathlib import Path

import numpy as np
import pytest

from orchestration.classification.classifier import Classifier
from orchestration.classification.compiled.issues import in_lines
from orchestration.classification.corpus import SARCASM
from orchestration.classification.issue_models import ISSUE_BITS, IssueModel, IssueModels
from orchestration.classification.lexicon_files import shipped_lexicon
from orchestration.classification.main_words import MAIN_WORDS
from orchestration.classification.model import CHINESE, FEATURE_BITS, features, rounded
from orchestration.classification.model_files import WEIGHTS_FILE, load_model
from orchestration.classification.normal import normalise
from orchestration.classification.spans import SpanFinder
from tests.unit.classification.said import review, said_of

CODES = ("quality_defect", "wrong_item", "counterfeit", "late_ship", "other_negative", SARCASM)
# No phrase of the lexicon knows these.
UNKNOWN = "颜色还行，一蹲下裤裆就开了"
CLAUSE = "一蹲下裤裆就开了"


def _columns(text: str) -> np.ndarray:
    return np.unique(features([normalise(text).text], CHINESE).indices >> (FEATURE_BITS - ISSUE_BITS))


def _taught(lessons: dict[str, tuple[str, float]], intercept: float = -4.0) -> IssueModels:
    """Models in which each n-gram of a text gives its issue so much weight."""
    codes = (*CODES, MAIN_WORDS) if MAIN_WORDS in lessons else CODES
    weights = np.zeros((1 << ISSUE_BITS, len(codes)), dtype=np.float32)
    for code, (text, weight) in lessons.items():
        weights[_columns(text), codes.index(code)] = weight
    stack = np.tile([0.0, 1.0, 6.0], (len(codes), 1))
    model = IssueModel(weights, np.full(len(codes), intercept), stack)
    return IssueModels(codes, model, model)


def _with(model_dir: Path, issues: IssueModels) -> Classifier:
    return Classifier(load_model(model_dir)._replace(issues=issues), shipped_lexicon())


def test_margins_are_what_the_folded_features_give() -> None:
    dice = np.random.default_rng(3)
    weights = rounded(dice.normal(size=(1 << ISSUE_BITS, len(CODES))))
    model = IssueModel(weights, np.asarray([0.5, -1.0, 0.0, 2.0, 1.0, 0.5]), np.zeros((len(CODES), 3)))
    texts = ["质量太差，用两天就坏", "", "發錯貨了😡", "好" * 90, "客服 态度 差"]
    matrix = features([normalise(text).text for text in texts], CHINESE).tocoo()
    expected = np.zeros((len(texts), len(CODES)))
    folded = matrix.col >> (FEATURE_BITS - ISSUE_BITS)
    np.add.at(expected, matrix.row, matrix.data[:, None] * weights[folded].astype(np.float64))
    found = IssueModels(CODES, model, model).margins(texts)
    chinese = [0, 2, 3, 4]
    assert found[chinese] == pytest.approx((expected + model.intercepts)[chinese])


def test_rows_of_weights_take_cache_lines_of_their_own() -> None:
    steps = np.arange(5 * 27, dtype=np.int32).reshape(5, 27)
    lines = in_lines(steps)
    assert lines[:, :27].tolist() == steps.tolist()
    assert not lines[:, 27:].any()
    assert all(row.ctypes.data % 64 == row.nbytes % 64 == 0 for row in lines)


def test_an_issue_that_only_the_model_knows_cites_its_clause(model_dir: Path) -> None:
    classifier = _with(model_dir, _taught({"quality_defect": (CLAUSE, 2.0)}))
    said = said_of(classifier, review(UNKNOWN, 1))
    assert said.issues == ("quality_defect",)
    [span] = said.spans
    assert (span["kind"], span["span_text"], span["lexicon_entry"]) == ("model", CLAUSE, None)
    assert said.tags[0]["severity"] == 2


def test_words_stay_the_evidence_where_the_model_agrees(model_dir: Path) -> None:
    text = "物流太慢，而且是假货"
    classifier = _with(model_dir, _taught({"counterfeit": (text, 3.0)}))
    said = said_of(classifier, review(text, 1))
    assert said.issues == ("late_ship", "counterfeit")
    assert all(span["kind"] == "keyword" for span in said.spans if span["span_no"] == 1)


def test_the_clause_that_shows_most_stands_beside_the_words_of_the_main_issue(model_dir: Path) -> None:
    text = f"物流太慢，{UNKNOWN}，家里人看了直摇头"
    models = _taught({MAIN_WORDS: (CLAUSE, 2.0)})
    said = said_of(_with(model_dir, models), review(text, 1))
    assert said.issues == ("late_ship",)
    assert [span["span_text"] for span in said.spans] == ["物流太慢", CLAUSE]


def test_sarcasm_is_told_by_its_model_and_by_ironic_words(model_dir: Path) -> None:
    texts = (UNKNOWN, f"感谢商家让我开眼，{CLAUSE}")
    for weight, expected in ((0.0, [None, None]), (1.125, [None, SARCASM]), (3.0, [SARCASM, SARCASM])):
        classifier = _with(model_dir, _taught({SARCASM: (CLAUSE, weight)}, intercept=-8.0))
        assert [said_of(classifier, review(text, 1)).guard for text in texts] == expected, weight


def test_a_named_issue_takes_the_place_of_the_nameless_one(model_dir: Path) -> None:
    lessons = {"late_ship": (CLAUSE, 2.0), "other_negative": (CLAUSE, 3.0)}
    assert said_of(_with(model_dir, _taught(lessons)), review(UNKNOWN, 1)).issues == ("late_ship",)


def test_of_what_the_model_adds_the_likeliest_comes_first(model_dir: Path) -> None:
    lessons = {
        "quality_defect": (CLAUSE, 1.5), "late_ship": (CLAUSE, 3.0), "counterfeit": (CLAUSE, 1.5),
        "wrong_item": (CLAUSE, 2.0),
    }  # fmt: skip
    said = said_of(_with(model_dir, _taught(lessons)), review(UNKNOWN, 1))
    assert said.issues == ("late_ship", "wrong_item", "quality_defect", "counterfeit")


@pytest.mark.parametrize(
    ("chance", "issue"), [(0.45, "late_ship"), (0.301, "late_ship"), (0.299, "other_negative")]
)
def test_the_likeliest_issue_is_named_from_three_in_ten(model_dir: Path, chance: float, issue: str) -> None:
    flat = _taught({}, intercept=-6.0)
    flat.chinese.intercepts[CODES.index("late_ship")] = math.log(chance / (1 - chance))
    said = said_of(_with(model_dir, flat), review(UNKNOWN, 2))
    assert said.issues == (issue,)
    assert said.spans


def test_models_say_nothing_of_what_is_not_negative(model_dir: Path) -> None:
    text = "很好，很满意"
    said = said_of(_with(model_dir, _taught({"counterfeit": (text, 9.0)})), review(text, 5))
    assert (said.decision, said.issues) == ("not_negative", (None,))


def test_texts_one_by_one_are_named_as_reviews_are(model_dir: Path, finder: SpanFinder) -> None:
    models = _taught({"quality_defect": (CLAUSE, 2.0), "late_ship": ("颜色还行", 8.0)})
    text = f"{UNKNOWN}，而且是假货"
    [named] = models.named([text], [finder.find(text)])
    said = said_of(_with(model_dir, models), review(text, 1))
    assert (
        [each.issue for each in named] == list(said.issues) == ["counterfeit", "late_ship", "quality_defect"]
    )
    assert [each.clause and text[slice(*each.clause)] for each in named] == [None, "颜色还行", CLAUSE]
    assert all(each.chance >= 0.5 for each in named)


def test_models_are_read_from_the_file(tmp_path: Path, model_dir: Path) -> None:
    models = _taught({"quality_defect": (CLAUSE, 2.0)})
    with np.load(model_dir / WEIGHTS_FILE) as stored:
        arrays = {name: stored[name] for name in stored.files if "issue" not in name}
    for script, model in (("zh", models.chinese), ("latin", models.latin)):
        for part, values in model._asdict().items():
            arrays[f"{script}_issue_{part}"] = values
    np.savez(tmp_path / WEIGHTS_FILE, **arrays, issue_codes=np.asarray(CODES))
    read = load_model(tmp_path).issues
    assert read.codes == CODES
    assert np.array_equal(read.margins([UNKNOWN]), models.margins([UNKNOWN]))


def test_weights_that_are_no_steps_are_refused() -> None:
    model = IssueModel(np.full((1 << ISSUE_BITS, 5), 0.1, np.float32), np.zeros(5), np.zeros((5, 3)))
    with pytest.raises(ValueError, match="round weights"):
        IssueModels(CODES, model, model).margins(["坏了"])
