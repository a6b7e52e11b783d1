"""Platforms' codes of D.9: what they mean here, and under which tab a state is shown."""

import pytest

from orchestration.appeals.codes import TABS, UnknownCodeError, codes_of, result_reason, state_of, tab_of
from orchestration.appeals.machine import STATES

PINDUODUO = {
    "not_appealable": ("0", None),
    "appealable": ("1", "可申诉"),
    "expired": ("2", "申诉失败"),
    "submitted": ("3", "申诉中"),
    "under_review": ("3", "申诉中"),
    "human_review": ("3", "申诉中"),
    "returned": (None, "申诉中"),
    "rejected": ("4", "申诉失败"),
    "final_rejected": ("4", "申诉失败"),
    "approved": ("5", "申诉成功"),
    "reconsidering": ("6", "申诉中"),
    "withdrawn": ("7", None),
    "cancelled": ("8", None),
    "exempt": ("8", None),
}


def test_pinduoduo_shows_every_state_as_the_table_says() -> None:
    shown = {state: (code.code, code.tab) for state, code in codes_of("pinduoduo").items()}
    assert shown == PINDUODUO
    assert set(STATES) <= set(shown)
    assert {tab for _, tab in shown.values() if tab} == set(TABS)


@pytest.mark.parametrize(
    ("platform", "code", "state"),
    [
        ("pinduoduo", "3", "submitted"),
        ("pinduoduo", "4", "rejected"),
        ("pinduoduo", "6", "reconsidering"),
        ("pinduoduo", "8", "cancelled"),
        ("pinduoduo", "申诉通过", "approved"),
        ("kuaishou", "4", "returned"),
        ("kuaishou", "2", "approved"),
        ("douyin", "待申诉", "appealable"),
    ],
)
def test_a_code_stands_for_a_state(platform: str, code: str, state: str) -> None:
    assert state_of(platform, code) == state


def test_a_code_that_is_not_listed_is_named_with_those_that_are() -> None:
    with pytest.raises(
        UnknownCodeError, match=r"pinduoduo has no appeal status '9' \(known: 0, 1, 2, 3, 4, 5"
    ):
        state_of("pinduoduo", "9")
    with pytest.raises(UnknownCodeError, match="known: none"):
        state_of("tmall", "1")


def test_a_platform_without_a_code_for_a_state_has_no_tab_for_it() -> None:
    assert tab_of("douyin", "withdrawn") is None
    assert tab_of("douyin", "human_review") == "申诉中"


def test_untrue_content_is_known_by_the_platforms_words_too() -> None:
    assert result_reason("申诉内容不实") == result_reason("untrue") == "untrue"
    assert result_reason("凭证不足") == "insufficient_evidence"
    assert result_reason("其他原因") == "其他原因"
    assert result_reason(None) is None
