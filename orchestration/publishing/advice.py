"""What a merchant can do about an issue, in Chinese and in English."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

ADVICE_FILE = Path(__file__).with_suffix(".yaml")


class Advice(NamedTuple):
    """Lines of advice for one issue, and who gives them: statements of the sources, or `ours`."""

    zh: tuple[str, ...]
    en: tuple[str, ...]
    sources: tuple[str, ...]


@cache
def advice() -> dict[str, Advice]:
    """By issue code, its advice. Raises ValueError for an issue that is not advised on in both languages."""
    read = yaml.safe_load(ADVICE_FILE.read_text(encoding="utf-8"))["issues"]
    for issue, said in read.items():
        if len(said["zh"]) != len(said["en"]) or not said["zh"] or not said["sources"]:
            raise ValueError(
                f"{ADVICE_FILE.name}: '{issue}' must say the same in zh and en, with its sources"
            )
    return {
        issue: Advice(tuple(said["zh"]), tuple(said["en"]), tuple(said["sources"]))
        for issue, said in read.items()
    }
