"""Spellings come to one form, and every character knows where it stood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.classification.normal import READ_AT_MOST, is_chinese, normalise


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("ＡＢＣ１２３！", "abc123!"),
        ("質量問題", "质量问题"),
        ("NÃO RECEBÍ", "nao recebi"),
        ("垃 圾", "垃圾"),
        ("垃😡圾", "垃圾"),
        ("垃\u200b圾", "垃圾"),
        ("很好用 推荐购买", "很好用 推荐购买"),
        ("差差差差差差", "差差差"),
        ("<b>坏了</b>", " 坏了 "),
        ("doesn’t", "doesn't"),
        ("na\u0303o", "nao"),
    ],
)
def test_spellings_come_to_one_form(written: str, normal: str) -> None:
    assert normalise(written).text == normal


@given(text=st.text(max_size=80))
def test_each_character_of_the_normal_form_points_at_one_of_the_text(text: str) -> None:
    normal = normalise(text)
    offsets = normal.offsets if normal.offsets is not None else list(range(len(text)))
    assert len(offsets) == len(normal.text)
    assert offsets == sorted(set(offsets))
    assert all(0 <= offset < len(text) for offset in offsets)


def test_only_the_first_part_of_a_long_text_is_read() -> None:
    assert len(normalise("好坏" * READ_AT_MOST).text) == READ_AT_MOST


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("质量差", True),
        ("iPhone手机质量差", True),
        ("too bad", False),
        ("不 ok it is fine", False),
        ("", False),
    ],
)
def test_the_script_that_carries_the_text_is_told(text: str, chinese: bool) -> None:
    assert is_chinese(text) is chinese
