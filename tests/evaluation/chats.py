"""Figures of chats: single turns by how content the annotators found them, whole chats by two readers."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from orchestration.classification.classifier import Classifier
from tests.evaluation import sets
from tests.evaluation.bootstrap import area_under_curve, micro_f1
from tests.evaluation.measured import Measured, answers_to_chats, negative, probability


def chats(data: Path, classifier: Classifier) -> Iterator[Measured]:
    """Turns by the words alone, then whole chats."""
    known = sets.chats(data)
    turns = sets.rated_turns(known)
    score = probability(answers_to_chats(classifier, [[("consumer", turn.text)] for turn in turns]))
    content = np.asarray([turn.satisfaction for turn in turns])
    upset = (content == sets.DISSATISFIED).astype(np.float64)
    sure = content != sets.NEUTRAL
    yield Measured(
        "chat turns, dissatisfied against satisfied, AUC", area_under_curve(score[sure], upset[sure]), 0.83
    )
    yield Measured(
        "chat turns, dissatisfied against satisfied and neutral, AUC", area_under_curve(score, upset)
    )
    first, second = sets.chat_labels()
    read = [chat for chat in known if chat.session_id in first]
    answers = answers_to_chats(classifier, [chat.messages for chat in read])
    dissatisfied = np.asarray([bool(said) for said in answers["dissatisfied"].to_pylist()], dtype=np.float64)
    for name, said, least in (("negative", negative(answers), 0.65), ("dissatisfied", dissatisfied, None)):
        readers = np.asarray(
            [[getattr(reader[chat.session_id], name) for reader in (first, second)] for chat in read],
            dtype=np.float64,
        )
        yield Measured(f"chats {name}, F1", micro_f1(np.stack([said, said], axis=1), readers), least)
        yield Measured(
            f"chats {name}, F1 of one reader against the other", micro_f1(readers[:, :1], readers[:, 1:])
        )
