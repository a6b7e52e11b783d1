"""Spellings come to one form, and every character knows where it stood."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.classification.compiled.letters import LAST_OF_PLANE, decoded, new_sheet, tidied
from orchestration.classification.normal import (
    READ_AT_MOST,
    alphabet,
    as_bytes,
    in_normal_letters,
    is_chinese,
    normalise,
)


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


@given(text=st.text("好坏aÃ1 *<&;>\u200b\n，😡", max_size=24))
def test_a_text_is_laid_out_letter_by_letter_and_told_if_anything_may_be_dropped(text: str) -> None:
    data = np.frombuffer(as_bytes(text), dtype=np.uint8)
    letters, sheet = alphabet(np.zeros(LAST_OF_PLANE + 1, dtype=np.uint16)), new_sheet(len(data))
    count, has_letters, is_dubious = decoded(data, 0, len(data), letters, sheet)
    laid_out = sheet.codes[1 : count + 1].copy()
    assert laid_out.tobytes().decode("utf-32-le") == in_normal_letters(text)
    assert sheet.stands[: count + 1].tolist() == [len(as_bytes(text[:at])) for at in range(len(text) + 1)]
    assert has_letters == any(letter.isalpha() for letter in text)
    kept = tidied(sheet, count, letters)
    if not is_dubious:
        assert (kept, sheet.codes[1 : kept + 1].tolist()) == (count, laid_out.tolist())


@pytest.mark.parametrize(
    ("text", "is_dubious"),
    [
        ("好好好", False),
        ("好好好好", True),
        ("\n\n", False),
        ("\n\n\n", True),
        ("好*", True),
        ("a*好", False),
    ],
)
def test_only_what_may_lose_a_letter_is_gone_through_again(text: str, is_dubious: bool) -> None:
    data = np.frombuffer(as_bytes(text), dtype=np.uint8)
    letters = alphabet(np.zeros(LAST_OF_PLANE + 1, dtype=np.uint16))
    assert decoded(data, 0, len(data), letters, new_sheet(len(data)))[2] is is_dubious
