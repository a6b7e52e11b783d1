"""The words of a statement: a sentence, or a code, in Chinese and in English."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

WORDS_FILE = Path(__file__).with_suffix(".yaml")


class Both(BaseModel):
    """The same said in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


@cache
def vocabulary() -> dict[str, dict[str, Both]]:
    """By kind of code, what each code means."""
    read = yaml.safe_load(WORDS_FILE.read_text(encoding="utf-8"))
    return {kind: {code: Both(**said) for code, said in codes.items()} for kind, codes in read.items()}


def worded(kind: str, code: str) -> Both:
    """A code in words; one that has none, such as one of a policy of your own, speaks for itself."""
    return vocabulary()[kind].get(code) or Both(zh=code, en=code)


def listed(kind: str, codes: Iterable[str]) -> Both:
    """Several codes in words, joined as each language joins them."""
    said = [worded(kind, code) for code in codes]
    return Both(
        zh="、".join(each.zh for each in said) or "无", en=", ".join(each.en for each in said) or "none"
    )


def percent(value: float | None) -> str:
    """A share with four decimals of a per cent."""
    return "" if value is None else f"{100 * value:.4f}%"


def number(value: float | None) -> str:
    """A number with at most four decimals."""
    return "" if value is None else f"{value:.4f}".rstrip("0").rstrip(".")
