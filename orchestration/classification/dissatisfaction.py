"""Says whether a consumer is dissatisfied over a chat as a whole, from all own turns together."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from orchestration.classification.turns import Turn

FACTS_OF_CHAT = (
    "evidence_of_all_turns",
    "evidence_of_two_gravest",
    "evidence_of_last_two",
    "share_of_upset_turns",
    "share_of_accepting_turns",
    "share_of_turns_without_answer",
    "turns",
)
# A turn without words says as much as an ordinary one.
_ORDINARY = -3.0


class Dissatisfaction(NamedTuple):
    """What each fact of a chat counts for; fitted on dialogues (`dialogue_training`)."""

    coefficients: npt.NDArray[np.float64]
    intercept: float

    def probability(self, turns: Sequence[Turn]) -> float:
        """The probability that the consumer is dissatisfied, to six places."""
        facts = facts_of_chat(turns)
        odds = self.intercept + sum(
            weight * fact for weight, fact in zip(self.coefficients.tolist(), facts, strict=True)
        )
        return round(1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, odds)))), 6)


def facts_of_chat(turns: Sequence[Turn]) -> tuple[float, ...]:
    """The facts of one chat, in the order of `FACTS_OF_CHAT`."""
    own = [turn for turn in turns if turn.words.role == "consumer" and turn.words.is_said]
    evidence = [_evidence(turn) for turn in own] or [_ORDINARY]
    count = max(len(own), 1)
    alone = sum(first.role == second.role == "consumer" for first, second in pairwise(turns))
    return (
        math.fsum(evidence) / len(evidence),
        gravest_two(evidence),
        math.fsum(evidence[-2:]) / len(evidence[-2:]),
        sum(turn.words.is_upset for turn in own) / count,
        sum(turn.words.is_acceptance for turn in own) / count,
        alone / count,
        math.log1p(len(own)),
    )


def gravest_two(evidence: Sequence[float]) -> float:
    """The mean of the two highest, or of the one there is."""
    gravest = sorted(evidence, reverse=True)[:2]
    return math.fsum(gravest) / len(gravest)


def evidence_of_gravest(turns: Sequence[Turn]) -> float:
    """How upset the two most upset turns of the consumer are, as log-odds without a prior."""
    own = [_evidence(turn) for turn in turns if turn.words.role == "consumer" and turn.words.is_said]
    return gravest_two(own) if own else _ORDINARY


def _evidence(turn: Turn) -> float:
    return _ORDINARY if turn.words.upset_evidence is None else turn.words.upset_evidence
