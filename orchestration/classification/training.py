"""Trains all models from labelled texts; the same texts give the same bytes."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from orchestration.classification.corpus import Corpora, Labelled, read_corpora
from orchestration.classification.dialogue_corpus import Dialogues, read_dialogues
from orchestration.classification.dialogue_training import fit_dissatisfaction, turns_to_learn
from orchestration.classification.fitting import Fitted, Sample, fit_texts
from orchestration.classification.issue_training import fit_issues
from orchestration.classification.lexicon_files import consumer_finder, shipped_lexicon
from orchestration.classification.model import CHINESE, FEATURE_BITS, LATIN, Linear
from orchestration.classification.model_card import IssueFigures, ModelCard, TextFigures
from orchestration.classification.model_files import CARD_FILE, WEIGHTS_FILE
from orchestration.classification.normal import is_chinese, normalise
from orchestration.classification.weighing import FACTS, TextModel, Weigher

# What words and models are worth is learnt from texts as most people word them, and little from
# those that were written to be hard.
WEIGHT_OF_PLAIN = 2.0
WEIGHT_OF_HARD = 0.1
# The Latin corpus is ours alone and so is the lexicon that reads it: less is to be believed.
WEIGHER_STRENGTH = {"zh": 0.1, "latin": 0.05, "chat": 0.1}


def train(
    model_dir: Path,
    corpora: Corpora | None = None,
    dialogues: Dialogues | None = None,
    labelled: Sequence[Labelled] = (),
) -> ModelCard:
    """Writes weights and card into `model_dir`; from all that ships, and what a user labelled."""
    corpora = corpora or read_corpora()
    dialogues = dialogues or read_dialogues()
    lexicon = shipped_lexicon()
    finder = consumer_finder(lexicon)
    arrays: dict[str, np.ndarray] = {}
    pairs: dict[str, tuple[Linear, Weigher]] = {}
    figures: dict[str, TextFigures] = {}
    issue_figures: dict[str, IssueFigures] = {}
    texts = corpora._replace(texts=(*labelled, *corpora.texts))
    for script in (CHINESE, LATIN):
        own = [item for item in texts.of_script(script is CHINESE) if item.channel != "im_session"]
        fitted = fit_texts(_samples(own), script, finder, WEIGHER_STRENGTH[script.name])
        _keep(arrays, script.name, fitted)
        figures[script.name] = fitted.figures
        pairs[script.name] = (fitted.linear, fitted.weigher)
        issues = fit_issues(texts.of_script(script is CHINESE), script, finder)
        arrays[f"{script.name}_issue_weights"] = issues.weights
        arrays[f"{script.name}_issue_intercepts"] = issues.intercepts
        arrays[f"{script.name}_issue_stack"] = issues.stack
        arrays["issue_codes"] = np.asarray(issues.codes)
        issue_figures[script.name] = issues.figures
    turns = turns_to_learn(texts, dialogues)
    chats = fit_texts(turns, CHINESE, finder, WEIGHER_STRENGTH["chat"])
    _keep(arrays, "chat", chats)
    said = dict(zip((turn.text for turn in turns), chats.held_out.tolist(), strict=True))
    dissatisfaction = fit_dissatisfaction(dialogues, said, TextModel(finder, *pairs["zh"], *pairs["latin"]))
    arrays["dissatisfaction"] = np.append(dissatisfaction.coefficients, dissatisfaction.intercept)
    version = _version(arrays)
    card = ModelCard(
        version=version,
        lexicon_version=lexicon.version,
        chinese=figures[CHINESE.name],
        latin=figures[LATIN.name],
        chats=chats.figures,
        issues=issue_figures,
        sources=tuple(source._asdict() for source in (*corpora.sources, *dialogues.sources)),
    )
    model_dir.mkdir(parents=True, exist_ok=True)
    arrays["version"] = np.asarray(version)
    np.savez_compressed(model_dir / WEIGHTS_FILE, allow_pickle=False, **arrays)
    written = json.dumps(card.as_json(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    (model_dir / CARD_FILE).write_text(written, "utf-8")
    return card


def _keep(arrays: dict[str, np.ndarray], name: str, fitted: Fitted) -> None:
    arrays[f"{name}_weights"] = fitted.linear.weights
    arrays[f"{name}_intercept"] = np.asarray([fitted.linear.intercept])
    arrays[f"{name}_weigher"] = np.append(fitted.weigher.coefficients, fitted.weigher.intercept)


def _samples(texts: Iterable[Labelled]) -> list[Sample]:
    return [Sample(item.text, item.negative, _weight_of_facts(item), item.own) for item in texts]


def _weight_of_facts(item: Labelled) -> float:
    if not item.own or not is_chinese(normalise(item.text).text):
        return 1.0
    return WEIGHT_OF_PLAIN if item.plain else WEIGHT_OF_HARD


def _version(arrays: dict[str, np.ndarray]) -> str:
    digest = hashlib.sha256(f"{FEATURE_BITS} {CHINESE} {LATIN} {FACTS}".encode())
    for name in sorted(arrays):
        digest.update(name.encode() + np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()[:12]
