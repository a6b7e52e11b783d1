"""Lays out the figures as docs/classification.md."""

from pathlib import Path

from orchestration.classification.classifier import Classifier
from orchestration.classification.model_card import ModelCard
from tests.evaluation.bootstrap import DRAWS
from tests.evaluation.lift import Lifted
from tests.evaluation.measured import Measured
from tests.evaluation.measures import calibration, judged, measures

PAGE = Path(__file__).parents[2] / "docs" / "classification.md"

_HEAD = """# How well the classifier reads

Written by `make evaluate DATA=folder`, on labelled sets that are not part of the project; none of their texts
was trained on. Ratings are hidden: the words alone decide. Only `negative` counts as negative, never
`uncertain`. Prices alone are guarded here, while the stars of the sets count them as negative. Issue codes,
words and whole chats were read twice, by readers who did not know of each other; figures are over both.
Intervals are 95 %, of {draws} draws with replacement; those of adjusted rates are Wilson's.

| figure | value (interval) | at least | rows | holds |
|---|---|---|---|---|
"""


def page(data: Path, card: ModelCard, classifier: Classifier, lifted: Lifted) -> str:
    """The page as text."""
    reviews = judged(data, classifier)
    lines = [_row(measured) for measured in measures(data, classifier, reviews)]
    return (
        _HEAD.format(draws=DRAWS)
        + "".join(lines)
        + _calibration(calibration(reviews))
        + _lift(lifted)
        + _card(card)
    )


def _row(measured: Measured) -> str:
    bound = ""
    if measured.least is not None:
        bound = f"{measured.least:.3g}" + (f" to {measured.most:.3g}" if measured.most is not None else "")
    holds = "" if measured.least is None else "yes" if measured.holds else "no"
    return f"| {measured.name} | {measured.figure} | {bound} | {measured.figure.rows:,} | {holds} |\n"


def _calibration(found: list[tuple[str, float]]) -> str:
    rows = "".join(f"| {name} | {error:.3f} |\n" for name, error in found)
    return f"""
## Calibration

The expected calibration error under the share of negatives of each set.

| set | error |
|---|---|
{rows}"""


def _lift(found: Lifted) -> str:
    heads = " | ".join(f"and {seen:,} reviews" if seen else "as it ships" for seen in found.reviews)
    rows = "".join(
        f"| {name} | {' | '.join(str(figure) for figure in figures)} |\n"
        for name, figures in found.figures.items()
    )
    return f"""
## What text of the domain would add

The model that ships is trained on text that may be redistributed. The same training with reviews of the sets
themselves, and with a third of the cosmetics reviews and of the chats, is measured on all others, beside the
model that ships on those same others:

| figure | {heads} |
|---|{"---|" * len(found.reviews)}
{rows}"""


def _card(card: ModelCard) -> str:
    rows = "".join(
        f"| {name} | {figures.texts:,} | {figures.own_texts:,} | {figures.accuracy:.3f} |\n"
        for name, figures in (("Chinese", card.chinese), ("Latin", card.latin), ("chat turns", card.chats))
    )
    return f"""
## What it was trained on

Cross-fitted on its own texts, which were written to be hard. Model `{card.version}`, lexicon
`{card.lexicon_version}`.

| model | texts | our own | accuracy |
|---|---|---|---|
{rows}"""
