"""The decisions of a business day as lists to read: those in force, and the shadow of the rest."""

import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.publishing.csv_cells import plain, write_csv
from orchestration.publishing.manifest import (
    MANIFEST,
    Manifest,
    PublishedFile,
    PublishedList,
    describe,
)
from orchestration.publishing.measure_words import in_words

WORDS_SHOWN = 10
# The tables of the ledger that a list is made of.
LISTED = ("decisions", "measures", "decision_orders", "decision_events")
LISTS = {"penalty_list": "enforce", "shadow_list": "shadow"}

_TEXTS = pa.list_(pa.string())
_WORD = pa.struct([("issue_code", pa.string()), ("text", pa.string()), ("orders", pa.int64())])

LINE = pa.schema(
    [
        ("decision_id", pa.string()),
        ("business_day", pa.date32()),
        ("mode", pa.string()),
        ("status", pa.string()),  # at the end of the day
        ("platform", pa.string()),
        ("shop_key", pa.string()),
        ("subject_type", pa.string()),
        ("subject_key", pa.string()),
        ("tier", pa.string()),
        ("rule_id", pa.string()),
        ("severity", pa.int16()),
        ("human_review", pa.bool_()),
        ("policy_id", pa.string()),
        ("policy_version", pa.string()),
        ("policy_sha256", pa.string()),
        ("period_key", pa.string()),
        ("period_start", pa.date32()),
        ("period_end", pa.date32()),
        ("measures", _TEXTS),
        ("measures_zh", _TEXTS),
        ("amount_fen", pa.int64()),
        ("points", pa.int64()),
        ("num", pa.int64()),
        ("den", pa.int64()),
        ("rate", pa.float64()),
        ("ci_low", pa.float64()),
        ("ci_high", pa.float64()),
        ("benchmark_rate", pa.float64()),
        ("benchmark_level", pa.string()),
        ("ratio", pa.float64()),
        ("ratio_low", pa.float64()),
        ("distinct_buyers", pa.int64()),
        ("issue_codes", _TEXTS),
        ("order_count", pa.int64()),
        ("words", pa.list_(_WORD)),
        ("calculation", pa.string()),
        ("calculation_zh", pa.string()),
        ("appealable", pa.bool_()),
        ("appeal_deadline", pa.date32()),
    ]
)

Row = dict[str, Any]


def publish_day(
    published: Path,
    day: date,
    decisions: pa.Table,
    measures: pa.Table,
    decision_orders: pa.Table,
    *,
    decision_events: pa.Table,
    versions: Mapping[str, str] | None = None,
) -> Manifest:
    """Write the lists of a day to `business_day=D/`, each as Parquet, CSV and JSON.

    Everything is written aside and moved in at the end, the manifest last: a folder whose files
    do not match its manifest was interrupted, and publishing it again mends it.
    """
    of_day = decisions.filter(pc.field("business_day") == pa.scalar(day, pa.date32()))
    # As the day left it, so that publishing it again writes the same.
    happened = decision_events.filter(pc.field("business_day") <= pa.scalar(day, pa.date32()))
    lines = _lines(of_day, measures, decision_orders, happened)
    folder = published / f"business_day={day.isoformat()}"
    staging = published / f".staged-{day.isoformat()}"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    files: list[PublishedFile] = []
    lists: list[PublishedList] = []
    for name, mode in LISTS.items():
        found = [line for line in lines if line["mode"] == mode]
        files.extend(_written(staging, name, found))
        lists.append(_in_figures(name, found))
    policies = {(line["policy_id"], line["policy_version"], line["policy_sha256"]) for line in lines}
    manifest = Manifest(
        day, tuple(sorted(files)), tuple(lists), tuple(sorted(policies)), dict(versions or {})
    )
    (staging / MANIFEST).write_text(manifest.to_json(), encoding="utf-8", newline="\n")
    _move_in(staging, folder)
    return manifest


def _lines(decisions: pa.Table, measures: pa.Table, orders: pa.Table, events: pa.Table) -> list[Row]:
    ids = decisions["decision_id"].to_pylist()
    measures_of = _by_decision(measures, ids)
    orders_of = _by_decision(orders, ids)
    events_of = _by_decision(events, ids)
    lines = [
        _line(
            row | {"status": _status(events_of[row["decision_id"]])},
            measures_of[row["decision_id"]],
            orders_of[row["decision_id"]],
        )
        for row in decisions.to_pylist()
    ]
    by_weight = ("platform", "shop_key", "subject_type", "subject_key", "decision_id")
    return sorted(lines, key=lambda line: (-line["severity"], *(line[name] for name in by_weight)))


def _line(decision: Row, measures: list[Row], orders: list[Row]) -> Row:
    taken = sorted(measures, key=lambda row: row["measure_no"])
    spoken = [in_words(row, json.loads(row["params"])) for row in taken]
    calculation = json.loads(decision["reasons"])["calculation"]
    made: Row = {
        "measures": [en for _, en in spoken],
        "measures_zh": [zh for zh, _ in spoken],
        "points": sum(row["points"] or 0 for row in taken),
        "order_count": len({row["order_key"] for row in orders}),
        "words": _words(orders),
        "calculation": calculation["en"],
        "calculation_zh": calculation["zh"],
    }
    return {name: made[name] if name in made else decision[name] for name in LINE.names}


def _status(events: list[Row]) -> str | None:
    return max(events, key=lambda event: event["seq"])["status"] if events else None


def _words(orders: Iterable[Row]) -> list[Row]:
    said: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for row in orders:
        said[row["issue_code"] or "", row["span_text"]].add(row["order_key"])
    often = sorted(said, key=lambda key: (-len(said[key]), key[1], key[0]))
    return [
        {"issue_code": issue, "text": text, "orders": len(said[issue, text])}
        for issue, text in often[:WORDS_SHOWN]
    ]


def _written(staging: Path, name: str, lines: list[Row]) -> list[PublishedFile]:
    table = pa.Table.from_pylist(lines, schema=LINE)
    paths = [staging / f"{name}.{suffix}" for suffix in ("parquet", "csv", "json")]
    pq.write_table(table, paths[0], compression="zstd")
    for_reading = table.set_column(
        table.column_names.index("words"),
        "words",
        pa.array([[_word(each) for each in line["words"]] for line in lines], _TEXTS),
    )
    write_csv(paths[1], for_reading.schema, for_reading.to_batches())
    paths[2].write_text(
        json.dumps(
            [plain(line) for line in lines],
            sort_keys=True,
            ensure_ascii=False,
            allow_nan=False,
            indent=2,
        )
        + "\n",
        encoding="utf-8",
        newline="\n",
    )
    return [describe(path, len(lines)) for path in paths]


def _word(word: Row) -> str:
    return f"{word['text']} ({word['issue_code'] or 'unnamed'} ×{word['orders']})"


def _in_figures(name: str, lines: list[Row]) -> PublishedList:
    tiers = Counter(line["tier"] for line in lines)
    return PublishedList(
        name,
        len(lines),
        sum(line["amount_fen"] for line in lines),
        {tier: tiers[tier] for tier in sorted(tiers)},
    )


def _by_decision(table: pa.Table, ids: list[str]) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in table.filter(pc.field("decision_id").isin(pa.array(ids, pa.string()))).to_pylist():
        found[row["decision_id"]].append(row)
    return found


def _move_in(staging: Path, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    names = sorted(path.name for path in staging.iterdir() if path.name != MANIFEST)
    for name in (*names, MANIFEST):
        (staging / name).replace(folder / name)
    for path in folder.iterdir():
        if path.name not in {*names, MANIFEST} and path.is_file():
            path.unlink()
    staging.rmdir()
