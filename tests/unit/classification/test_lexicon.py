"""The lexicon that ships is rich and coherent; a file that breaks a rule is refused by file and line."""

from collections import Counter
from pathlib import Path

import pytest

from orchestration.classification.lexicon_files import LEXICON_FOLDER, load_lexicon, shipped_lexicon
from orchestration.classification.phrases import LexiconError
from orchestration.classification.taxonomy import taxonomy


def _refusal(tmp_path: Path, text: str) -> str:
    (tmp_path / "some.yaml").write_text(text, "utf-8")
    with pytest.raises(LexiconError) as refused:
        load_lexicon(tmp_path)
    return str(refused.value)


GROUP = "groups:\n  - issue: wrong_item\n    reason: r\n    phrases:\n      - 发错货\n"


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        (
            "groups:\n  - issue: bad_luck\n    reason: r\n    phrases: [倒霉]\n",
            "some.yaml:2",
            "unknown issue code 'bad_luck'",
        ),
        (
            "groups:\n  - role: guard\n    guard: mood\n    reason: r\n    phrases: [心情]\n",
            "some.yaml:2",
            "unknown guard code",
        ),
        (f"{GROUP}      - 发错货\n", "some.yaml:6", "stands already at some.yaml:5"),
        (f"{GROUP}      - 發錯貨\n", "some.yaml:6", "read as '发错货': write that"),
        (f"{GROUP}      - ''\n", "some.yaml:6", "empty phrase"),
        (f"{GROUP}      - (|坏)\n", "some.yaml:6", "empty phrase"),
        (
            f"{GROUP}  - issue: missing_item\n    reason: r\n    phrases: [发错货]\n",
            "some.yaml:8",
            "keep one",
        ),
        ("groups:\n  - role: negation\n    reason: r\n    phrases: [不]\n", "some.yaml:2", "window"),
        (
            "groups:\n  - issue: wrong_item\n    bare: true\n    reason: r\n    phrases: [错]\n",
            "some.yaml:2",
            "kind",
        ),
        (
            "groups:\n  - issue: wrong_item\n    reason: r\n    phrases: [错]\n    colour: red\n",
            "some.yaml:2",
            "colour",
        ),
        (
            "groups:\n  - issue: wrong_item\n    severity: 4\n    reason: r\n    phrases: [错]\n",
            "some.yaml:2",
            "severity",
        ),
        ("groups:\n  - issue: wrong_item\n    phrases: [错]\n", "some.yaml:2", "reason Field required"),
        ("groups:\n  - 错\n", "some.yaml:2", "no mapping"),
        ("speaker: nobody\n" + GROUP, "some.yaml:1", "speaker"),
        ("speaker: agent\n", "some.yaml:1", "groups"),
        ("groups: [a\n", "some.yaml:2", "not YAML"),
        ("- a\n", "some.yaml:1", "no mapping"),
        (
            "combinations:\n  - {topic: a, kind: b, issue: c, severity: 1}\n" + GROUP,
            "some.yaml:2",
            "unknown issue code",
        ),
    ],
)
def test_a_broken_file_is_refused_with_its_name_and_line(
    tmp_path: Path, text: str, place: str, words: str
) -> None:
    refusal = _refusal(tmp_path, text)
    assert refusal.startswith(place)
    assert words in refusal


def test_a_pattern_that_stands_for_too_many_phrases_is_refused(tmp_path: Path) -> None:
    many = "(" + "|".join("甲乙丙丁戊己庚辛壬癸") + ")"
    assert "split it or use a topic" in _refusal(
        tmp_path, f"groups:\n  - issue: wrong_item\n    reason: r\n    phrases: ['{many * 4}']\n"
    )


def test_a_listed_phrase_is_the_exception_to_a_combined_one(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "groups:\n  - issue: wrong_item\n    reason: r\n    phrases: [(发|寄)(错|错了)]\n"
        "  - {role: neutral, reason: r, phrases: [寄错了]}\n",
        "utf-8",
    )
    roles = {entry.phrase: entry.role for entry in load_lexicon(tmp_path).consumer}
    assert roles == {"发错": "issue", "发错了": "issue", "寄错": "issue", "寄错了": "neutral"}


def test_the_version_changes_with_an_entry_and_not_with_a_comment(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    versions = []
    for text in (GROUP, "# said\n" + GROUP, GROUP + "      - 错发\n"):
        file.write_text(text, "utf-8")
        versions.append(load_lexicon(tmp_path).version)
    assert versions[0] == versions[1] != versions[2]


def test_every_issue_has_phrases_and_chinese_ones_are_many() -> None:
    chinese = [entry for entry in shipped_lexicon().consumer if not entry.latin and entry.role == "issue"]
    counts = Counter(entry.code for entry in chinese)
    assert set(counts) == taxonomy().issue_codes
    assert len(chinese) > 600


@pytest.mark.parametrize("language", ["en", "pt"])
def test_latin_languages_have_over_a_hundred_and_twenty_phrases(tmp_path: Path, language: str) -> None:
    text = (LEXICON_FOLDER / f"{language}.yaml").read_text("utf-8")
    (tmp_path / "one.yaml").write_text(text, "utf-8")
    issues = [entry for entry in load_lexicon(tmp_path).consumer if entry.role == "issue"]
    assert len(issues) > 120


def test_each_entry_says_why_it_is_there() -> None:
    lexicon = shipped_lexicon()
    entries = (*lexicon.consumer, *lexicon.agent, *lexicon.reason)
    assert [entry.phrase for entry in entries if len(entry.reason) < 10] == []


def test_guards_and_their_codes_are_known() -> None:
    codes = {entry.code for entry in shipped_lexicon().consumer if entry.role == "guard"}
    assert {"usage_question", "spec_question", "misunderstanding", "buyer_remorse", "price_only"} <= codes
    assert codes <= taxonomy().guard_codes
