"""The labelled dialogues that the chat models are trained on, written for this project."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from orchestration.classification.clock import SHANGHAI
from orchestration.classification.corpus import OWN_FOLDER, CorpusError, Source, source_of
from orchestration.classification.taxonomy import taxonomy

# A business day like any other: the clock of service knows hours, not dates.
_DAY = datetime(2026, 3, 4, tzinfo=SHANGHAI)
_ROLES = {"c": "consumer", "a": "agent", "b": "bot"}

Who = Literal["c", "c!", "c+", "a", "b"]


class Dialogue(BaseModel):
    """One dialogue with its labels; a turn is who speaks, minutes since the last, and the words.

    `c!` is a consumer's turn that shows dissatisfaction, `c+` one that accepts or thanks.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    negative: bool
    dissatisfied: bool
    resolved: bool | None
    issues: tuple[str, ...]
    guard: str | None
    category: str
    starts: time
    turns: tuple[tuple[Who, float, str], ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _codes_fit(self) -> "Dialogue":
        unknown = sorted({*self.issues} - taxonomy().issue_codes)
        if unknown:
            raise ValueError(f"unknown issue codes {unknown}: use those of taxonomy.yaml")
        if self.guard is not None and self.guard not in taxonomy().guard_codes:
            raise ValueError(f"unknown guard {self.guard!r}: use one of taxonomy.yaml")
        if self.negative is not bool(self.issues) or (self.negative and self.guard):
            raise ValueError("a negative dialogue names its issues and no guard; another has no issues")
        return self

    def messages(self) -> list["Message"]:
        """The turns with their time."""
        said, at = [], datetime.combine(_DAY, self.starts, SHANGHAI).astimezone(UTC)
        for who, minutes, text in self.turns:
            at += timedelta(minutes=minutes)
            upset = None if who[0] != "c" else who == "c!"
            said.append(Message(_ROLES[who[0]], at, text, upset))
        return said


class Message(NamedTuple):
    """One message of a dialogue; `upset` is None where the consumer does not speak."""

    role: str
    sent_at: datetime
    text: str
    upset: bool | None


class Dialogues(NamedTuple):
    """All dialogues, with the files they came from."""

    dialogues: tuple[Dialogue, ...]
    sources: tuple[Source, ...]


def read_dialogues(*, own: Path = OWN_FOLDER) -> Dialogues:
    """Every dialogue of the folder; a broken line is refused with its place."""
    found: list[Dialogue] = []
    sources: list[Source] = []
    for path in sorted(own.glob("*.jsonl")):
        lines = path.read_text("utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            try:
                found.append(Dialogue.model_validate_json(line))
            except ValidationError as problem:
                first = problem.errors()[0]
                field = ".".join(str(part) for part in first["loc"]) or "line"
                raise CorpusError(f"{path.name}:{number}: {field}: {first['msg']}") from problem
        sources.append(source_of(path, len(lines)))
    return Dialogues(tuple(found), tuple(sources))
