"""What a lexicon is made of: phrases with a role, and the rules a group of them must keep."""

from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from orchestration.classification.taxonomy import taxonomy

Speaker = Literal["consumer", "agent", "reason"]
Role = Literal[
    "issue", "topic", "guard", "praise", "dissatisfaction", "acceptance", "demand",
    "negation", "contrast", "hypothetical", "question", "neutral", "teaching", "remedy",
    "irony",
]  # fmt: skip
SCOPES = frozenset({"negation", "hypothetical", "question"})


class LexiconError(ValueError):
    """A lexicon file breaks a rule; names the file, the line, the rule and the remedy."""


class Entry(NamedTuple):
    """One phrase in normal form and what it tells.

    `kind` says of what kind a vague complaint is, and of a topic which it is; a bare complaint
    (差) counts only after a topic. `reason` says why the phrase is here.
    """

    phrase: str
    role: Role
    code: str | None
    severity: int
    window: int
    latin: bool
    kind: str
    bare: bool
    reason: str

    @property
    def name(self) -> str:
        """How evidence cites the entry."""
        return f"{self.code or self.role}:{self.phrase}"


class PhraseGroup(BaseModel):
    """Phrases that share role, code, severity and reason; `(a|b|)` in a phrase is a choice."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Role = "issue"
    issue: str | None = None
    guard: str | None = None
    topic: str | None = None
    kind: str = ""
    bare: bool = False
    severity: int | None = Field(default=None, ge=1, le=3)
    window: int = Field(default=0, ge=0, le=40)
    reason: str = Field(min_length=1)
    phrases: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _role_has_what_it_needs(self) -> "PhraseGroup":
        for role, value in (("issue", self.issue), ("guard", self.guard), ("topic", self.topic)):
            if (self.role == role) != (value is not None):
                raise ValueError(f"`{role}: <code>` belongs to role {role} and only there")
        if self.bare and not self.kind:
            raise ValueError("a bare complaint needs its `kind`")
        if self.issue is not None:
            known_issue(self.issue)
        if self.guard is not None and self.guard not in taxonomy().guard_codes:
            raise ValueError(f"unknown guard code {self.guard!r}: use one of taxonomy.yaml")
        if (self.role in SCOPES) != (self.window > 0):
            raise ValueError(f"`window` belongs to the roles {sorted(SCOPES)} and only there")
        return self

    def entry(self, phrase: str) -> Entry:
        """The entry that one phrase of the group makes."""
        default = taxonomy().issue(self.issue).severity if self.issue else 0
        return Entry(
            phrase=phrase,
            role=self.role,
            code=self.issue or self.guard,
            severity=self.severity or default,
            window=self.window,
            latin=phrase.isascii() and phrase[:1].isalpha() and phrase[-1:].isalpha(),
            kind=self.topic or self.kind,
            bare=self.bare,
            reason=self.reason,
        )


class Combination(BaseModel):
    """What a vague complaint of a kind means after a topic."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    topic: str
    kind: str
    issue: str
    severity: int = Field(ge=1, le=3)

    @model_validator(mode="after")
    def _issue_is_known(self) -> "Combination":
        known_issue(self.issue)
        return self


class Lexicon(NamedTuple):
    """Every entry, by who says it; `version` changes when any entry does."""

    consumer: tuple[Entry, ...]
    agent: tuple[Entry, ...]
    reason: tuple[Entry, ...]
    combinations: tuple[Combination, ...]
    version: str


def known_issue(code: str) -> None:
    """Refuses a code that the taxonomy does not have."""
    if code not in taxonomy().issue_codes:
        raise ValueError(f"unknown issue code {code!r}: use one of taxonomy.yaml")
