"""The shapes of conversations, read from texts/dialogues_*.yaml."""

from functools import cache
from typing import Any, NamedTuple

from orchestration.sample.catalogue import read_texts
from orchestration.sample.issues import TOPIC

ROLES = ("consumer", "agent", "bot", "system")
STAGES = ("presale", "after_pay", "waiting", "after_sign")


class Turn(NamedTuple):
    """One message of a shape: who writes, how long after the message before, in which words."""

    role: str
    least_seconds: int
    most_seconds: int
    wordings: tuple[str, ...]


class Dialogue(NamedTuple):
    """A shape: what it shows, when it takes place, and what stars it may get (0: none)."""

    name: str
    issue: int  # -1: a calm conversation
    stage: str
    share: int
    ratings: tuple[int, ...]
    rated_scope: str
    is_at_night: bool
    turns: tuple[Turn, ...]


def _dialogue(name: str, issue: int, raw: dict[str, Any]) -> Dialogue:
    return Dialogue(
        name=name,
        issue=issue,
        stage=raw["stage"],
        share=raw.get("share", 1),
        ratings=tuple(raw["ratings"]),
        rated_scope=raw.get("rated_scope", "human"),
        is_at_night=raw.get("hours") == "night",
        turns=tuple(Turn(role, wait[0], wait[1], tuple(texts)) for role, wait, texts in raw["turns"]),
    )


@cache
def read_dialogues() -> tuple[Dialogue, ...]:
    """All shapes, calm ones first."""
    calm = read_texts("dialogues_calm")["shapes"]
    bad = read_texts("dialogues_bad")
    return (
        *(_dialogue(name, -1, raw) for name, raw in calm.items()),
        *(
            _dialogue(f"{issue}_{number}", TOPIC[issue], raw)
            for issue, shapes in bad.items()
            for number, raw in enumerate(shapes, start=1)
        ),
    )
