"""The measure counts what was flagged against labels, and says by how much the rate is off."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.classification.classifier import Classifier
from orchestration.classification.evaluate import (
    ConditionError,
    holds,
    main,
    measure_reviews,
    measure_sessions,
)

REVIEWS = pa.table(
    {
        "text": ["质量太差，用两天就坏了", "很好，推荐", "发错货了，差评", "物流快，很满意", None],
        "label": [1, 0, 0, 0, 1],
        "seen": [False, False, False, True, False],
        "stars": [1, None, 2, 5, None],
    }
)


def test_figures_compare_decisions_with_labels(classifier: Classifier) -> None:
    figures = measure_reviews(classifier, REVIEWS, "label=1", ["text"])
    assert (figures.rows, figures.true_rate, figures.flagged_rate, figures.rate_error) == (4, 0.25, 0.5, 2.0)
    assert (figures.precision, figures.recall) == (0.5, 1.0)


def test_sessions_are_measured_by_their_turns(classifier: Classifier) -> None:
    said = pa.table(
        {
            "session_id": ["a", "a", "b"],
            "turn": [0, 1, 0],
            "user_text": ["发错货了", "太失望了", "在吗"],
            "agent_text": ["不归我们管", None, "在的"],
        }
    )
    labels = pa.table({"session_id": ["a", "b"], "satisfied": [0, 2]})
    figures = measure_sessions(classifier, said, labels, "satisfied<=0")
    assert (figures.precision, figures.recall) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ("label=1", [0, 4]),
        ("label<=0", [1, 2, 3]),
        ("seen=true", [3]),
        ("stars<=2", [0, 2]),
        ("stars>=5", [3]),
        ("text=很好，推荐", [1]),
    ],
)
def test_conditions_choose_rows(condition: str, rows: list[int]) -> None:
    assert [place for place, held in enumerate(holds(REVIEWS, condition)) if held] == rows


@pytest.mark.parametrize("condition", ["label", "colour=1", "label>1"])
def test_a_condition_that_cannot_be_read_is_refused(condition: str) -> None:
    with pytest.raises(ConditionError, match="column=value"):
        holds(REVIEWS, condition)


def test_the_command_prints_figures(
    tmp_path: Path, model_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pq.write_table(REVIEWS, tmp_path / "r.parquet")
    main(
        [
            "--model",
            str(model_dir),
            "--reviews",
            str(tmp_path / "r.parquet"),
            "--truth",
            "label=1",
            "--skip",
            "seen=true",
        ]
    )
    assert json.loads(capsys.readouterr().out)["rows"] == 3
