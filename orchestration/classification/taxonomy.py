"""The issue codes and guards every room speaks of, read from `taxonomy.yaml`."""

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

TAXONOMY_FILE = Path(__file__).with_name("taxonomy.yaml")

Dimension = Literal["product", "content", "service", "logistics"]


class Issue(BaseModel):
    """One problem an order can bring to a consumer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(pattern=r"^[a-z_]+$")
    dimension: Dimension
    severity: int = Field(ge=1, le=3)
    title_zh: str = Field(min_length=1)
    title_en: str = Field(min_length=1)
    needs_content_theme: bool = False


class Guard(BaseModel):
    """One reason why feedback that looks negative does not count."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(pattern=r"^[a-z_]+$")
    title_zh: str = Field(min_length=1)
    title_en: str = Field(min_length=1)


class Manner(BaseModel):
    """A way to word a complaint that hides it; it is told beside the decision and changes nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(pattern=r"^[a-z_]+$")
    title_zh: str = Field(min_length=1)
    title_en: str = Field(min_length=1)


class Taxonomy(BaseModel):
    """All issues, guards and manners; codes are unique over all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issues: tuple[Issue, ...]
    guards: tuple[Guard, ...]
    manners: tuple[Manner, ...]

    def model_post_init(self, _context: object) -> None:
        """Refuses a code that is used twice."""
        codes = list(self.codes)
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise ValueError(f"taxonomy codes {twice} are used twice: keep one of each")

    def issue(self, code: str) -> Issue:
        """The issue of that code."""
        for issue in self.issues:
            if issue.code == code:
                return issue
        raise KeyError(f"issue {code!r} is not in taxonomy.yaml: add it there or correct the code")

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes, issues first, then guards: the compiled rules know a code by its place here."""
        return tuple(item.code for item in (*self.issues, *self.guards, *self.manners))

    @property
    def issue_codes(self) -> frozenset[str]:
        """The codes of all issues."""
        return frozenset(issue.code for issue in self.issues)

    @property
    def guard_codes(self) -> frozenset[str]:
        """The codes of all guards."""
        return frozenset(guard.code for guard in self.guards)


@cache
def taxonomy() -> Taxonomy:
    """The taxonomy that ships with the project."""
    return Taxonomy.model_validate(yaml.safe_load(TAXONOMY_FILE.read_text("utf-8")))
