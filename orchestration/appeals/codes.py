"""What the platforms call our states, and what their codes and words mean here."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

_FILE = Path(__file__).with_name("platform_codes.yaml")

TABS: tuple[str, ...] = ("可申诉", "申诉中", "申诉成功", "申诉失败")
"""The four tabs of the record view."""


class UnknownCodeError(ValueError):
    """A platform's code that no state is listed for."""


class PlatformCode(NamedTuple):
    """How a platform shows a state: None where it has no code, no words or no tab for it."""

    state: str
    code: str | None
    name: str | None
    tab: str | None


@cache
def codes_of(platform: str) -> dict[str, PlatformCode]:
    """Our states as a platform shows them, by state, in the order of the file."""
    return {
        state: PlatformCode(state, **shown[platform])
        for state, shown in _read()["states"].items()
        if platform in shown
    }


def state_of(platform: str, code: str) -> str:
    """The state that a platform's code or words stand for; the earliest where several share it.

    Raises UnknownCodeError with what is listed.
    """
    for state, shown in codes_of(platform).items():
        if code in (shown.code, shown.name):
            return state
    listed = sorted({shown.code or shown.name or "" for shown in codes_of(platform).values()} - {""})
    raise UnknownCodeError(
        f"{platform} has no appeal status {code!r} (known: {', '.join(listed) or 'none'}): "
        f"list it in {_FILE.name} with the state it means"
    )


def tab_of(platform: str, state: str) -> str | None:
    """The tab under which a platform shows a state; None where it shows it under none."""
    shown = codes_of(platform).get(state)
    return shown.tab if shown else None


def result_reason(said: str | None) -> str | None:
    """Our word for why an appeal was decided so; the platform's own where ours is not known."""
    for word, meant in _read()["result_reasons"].items():
        if said is not None and said.strip() in meant:
            return word
    return said


def clears_words(platform: str, reason_code: str | None) -> bool:
    """Whether a reason, once upheld, says that the words it is about are no complaint (C30, C39)."""
    return reason_code in _read()["reasons_that_clear_words"].get(platform, ())


@cache
def _read() -> dict:
    return yaml.safe_load(_FILE.read_text(encoding="utf-8"))
