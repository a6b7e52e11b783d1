"""Fits the chat models on dialogues: what turns show dissatisfaction, and what chats."""

from collections.abc import Mapping

import numpy as np
from sklearn.linear_model import LogisticRegression

from orchestration.classification.clock import is_open
from orchestration.classification.corpus import Corpora
from orchestration.classification.dialogue_corpus import Dialogue, Dialogues
from orchestration.classification.dissatisfaction import Dissatisfaction, facts_of_chat
from orchestration.classification.fitting import Sample
from orchestration.classification.normal import is_chinese, normalise
from orchestration.classification.turns import Turn, Words
from orchestration.classification.weighing import TextModel

WEIGHT_OF_REVIEWS = 0.1
# Few dialogues, written with clear ends: little is to be believed of them.
STRENGTH = 0.03
# Calm in a chat: a problem that is told without reproach shows no dissatisfaction.
_REPROACHES = frozenset(
    {
        "other_negative", "no_reply", "perfunctory_reply", "rude_or_mocking", "shirking",
        "unjustified_refusal", "promise_not_kept", "platform_escalation", "counterfeit",
    }
)  # fmt: skip


def turns_to_learn(corpora: Corpora, dialogues: Dialogues) -> list[Sample]:
    """What consumers say in chats, each wording once, with whether it shows dissatisfaction.

    Beside them stand the reviews, as texts of another kind: who complains there is mostly angry.
    """
    found: dict[str, Sample] = {}
    for dialogue in dialogues.dialogues:
        for message in dialogue.messages():
            if message.upset is not None:
                found.setdefault(message.text, Sample(message.text, int(message.upset), 1.0, True))
    for item in corpora.of_script(chinese=True):
        if item.channel == "im_session" and (not item.negative or _REPROACHES & {*item.issues}):
            found.setdefault(item.text, Sample(item.text, item.negative, 1.0, True))
        elif item.own:
            found.setdefault(item.text, Sample(item.text, item.negative, WEIGHT_OF_REVIEWS, False))
    return [sample for text, sample in found.items() if is_chinese(normalise(text).text)]


def fit_dissatisfaction(
    dialogues: Dialogues, evidence: Mapping[str, float], texts: TextModel
) -> Dissatisfaction:
    """Logistic regression on the facts of whole chats; `evidence` is what models of other folds said."""
    facts = np.asarray([facts_of_chat(_turns(one, evidence, texts)) for one in dialogues.dialogues])
    upset = np.asarray([one.dissatisfied for one in dialogues.dialogues], dtype=np.int64)
    centre, spread = facts.mean(axis=0), np.maximum(facts.std(axis=0), 1e-6)
    fitted = LogisticRegression(C=STRENGTH, max_iter=500).fit((facts - centre) / spread, upset)
    coefficients = fitted.coef_.ravel() / spread
    intercept = float(fitted.intercept_[0]) - float(coefficients @ centre)
    return Dissatisfaction(np.round(coefficients, 6), round(intercept, 6))


def _turns(dialogue: Dialogue, evidence: Mapping[str, float], texts: TextModel) -> list[Turn]:
    messages = dialogue.messages()
    own = sorted({message.text for message in messages if message.role == "consumer"})
    readings = dict(zip(own, texts.read(own), strict=True))
    return [
        Turn(
            str(number),
            message.sent_at,
            Words(
                message.role,
                message.text,
                readings.get(message.text) if message.role == "consumer" else None,
                (),
                evidence.get(message.text) if message.role == "consumer" else None,
                is_served=is_open(message.sent_at),
            ),
        )
        for number, message in enumerate(messages)
    ]
