"""A decision is known by who was judged for when, for ever."""

import pytest

from orchestration.penalties.identity import decision_id, entry_id

WHO = {
    "platform": "douyin",
    "shop_key": "douyin:s1",
    "policy_id": "douyin_ccr",
    "rule_family": "ccr",
    "subject_type": "shop",
    "subject_key": "douyin:s1",
    "period_key": "2026-W41",
}


def test_an_identity_never_changes() -> None:
    # sha256 of "douyin|douyin:s1|douyin_ccr|ccr|shop|douyin:s1|2026-W41"
    assert decision_id(**WHO) == "0d82a14d9b8831f0ac372daacdee81934de027fc928f9ed03213e33b3ae5b098"


@pytest.mark.parametrize("part", WHO)
def test_every_part_makes_another_identity(part: str) -> None:
    assert decision_id(**WHO | {part: "other"}) != decision_id(**WHO)


def test_a_bar_in_an_id_does_not_make_two_identities_alike() -> None:
    one = decision_id(**WHO | {"subject_key": "a|b", "period_key": "c"})
    other = decision_id(**WHO | {"subject_key": "a", "period_key": "b|c"})
    assert one != other
    escaped = decision_id(**WHO | {"subject_key": "a\\", "period_key": "b"})
    assert escaped != decision_id(**WHO | {"subject_key": "a", "period_key": "\\b"})
    assert escaped != decision_id(**WHO | {"subject_key": "a\\|b", "period_key": ""})


def test_an_entry_is_known_by_its_decision_and_measure() -> None:
    ids = {entry_id("d", number, kind) for number in (1, 2) for kind in ("issue", "reverse")}
    assert len(ids) == 4
