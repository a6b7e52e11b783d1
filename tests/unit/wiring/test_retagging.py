"""Stored tags outlive a change of lexicon; a retag says what would change, and changes that."""

import hashlib
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.classification import classifier as classifier_module
from orchestration.classification import model_files
from orchestration.classification.classifier import Classifier
from orchestration.classification.corpus import cut, read_corpora
from orchestration.classification.lexicon_files import LEXICON_FOLDER, load_lexicon, shipped_lexicon
from orchestration.classification.profile import Profiler
from orchestration.classification.schemas import EVENTS_SCHEMA, MESSAGES_SCHEMA
from orchestration.classification.training import train
from orchestration.wiring.classified_days import classify_days
from orchestration.wiring.partitions import Days
from orchestration.wiring.retagging import Retag, apply, effect, read_again, summary

DAY = date(2026, 9, 3)
DAYS = Days(DAY, date(2026, 9, 4))
NEW_WORDS = "呜噜噜坏菜了"
TEXTS = {
    "p:review:1": f"收到以后{NEW_WORDS}，真的",
    "p:review:2": "质量太差，用两天就坏",
    "p:review:3": "不错，很喜欢",
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    train(folder, cut(read_corpora(), every=12))
    return folder


@pytest.fixture(scope="module")
def before(model: Path) -> Classifier:
    return Classifier.load(model)


@pytest.fixture(scope="module")
def after(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Classifier:
    """The same model beside a lexicon that knows one phrase more."""
    folder = tmp_path_factory.mktemp("lexicon")
    shutil.copytree(LEXICON_FOLDER, folder, dirs_exist_ok=True)
    (folder / "zh_more.yaml").write_text(
        f"groups:\n  - {{issue: quality_defect, severity: 3, reason: for a test, phrases: [{NEW_WORDS}]}}\n",
        encoding="utf-8",
    )
    changed = load_lexicon(folder)
    with pytest.MonkeyPatch.context() as patch:
        for module in (model_files, classifier_module):
            patch.setattr(module, "shipped_lexicon", lambda: changed)
        return Classifier.load(model)


@pytest.fixture
def warehouse() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    rows = [
        {"feedback_key": key, "channel": "review", "text": text, "rating_overall": 3}
        for key, text in TEXTS.items()
    ]
    connection.register("given_events", pa.Table.from_pylist(rows, EVENTS_SCHEMA))
    connection.register("given_messages", MESSAGES_SCHEMA.empty_table())
    connection.execute("create schema intermediate")
    connection.execute(
        f"""
        create table intermediate.int_feedback_events as
        select *, date '{DAY}' as business_day, true as is_first_version,
               cast([] as varchar[]) as exclusion_codes
        from given_events;
        create table intermediate.int_session_messages as
        select *, date '{DAY}' as business_day from given_messages;
        create table intermediate.int_feedback_links as
        select feedback_key, 'o' || right(feedback_key, 1) as order_key, 1.0 as link_confidence,
               date '{DAY}' as business_day
        from given_events;
        create table intermediate.int_orders_counted as
        select order_key, true as is_effective, business_day from intermediate.int_feedback_links;
        create table intermediate.int_verdicts_in_force as
        select 'o2' as order_key, 'p:review:2' as feedback_key, true as is_valid,
               cast(null as date) as until_day;
        create table intermediate.int_review_decisions
            (feedback_key varchar, decision varchar, decision_no integer);
        """
    )
    return connection


@pytest.fixture
def lake(tmp_path: Path, warehouse: duckdb.DuckDBPyConnection, before: Classifier) -> Path:
    run(tmp_path / "lake", warehouse, before)
    return tmp_path / "lake"


def run(lake: Path, warehouse: duckdb.DuckDBPyConnection, reader: Classifier) -> None:
    for _ in classify_days(lake, warehouse, DAYS, reader, Profiler(shipped_lexicon())):
        pass


def bytes_of(lake: Path) -> dict[str, str]:
    return {
        str(path.relative_to(lake)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(lake.rglob("*.parquet"))
    }


def tags_of(lake: Path) -> list[dict[str, Any]]:
    return pq.ParquetFile(next((lake / "classified" / "feedback_tags").rglob("*.parquet"))).read().to_pylist()


def again(lake: Path, warehouse: duckdb.DuckDBPyConnection, reader: Classifier) -> Retag:
    return read_again(
        warehouse, DAYS, reader, Profiler(shipped_lexicon()), lake=lake, into=lake.with_name("staged")
    )


def test_a_day_run_again_after_a_change_of_lexicon_keeps_every_byte(
    lake: Path, warehouse: duckdb.DuckDBPyConnection, after: Classifier
) -> None:
    stored = bytes_of(lake)
    assert any("feedback_tags" in name for name in stored)
    run(lake, warehouse, after)
    assert bytes_of(lake) == stored


def test_the_same_reader_changes_nothing(
    lake: Path, warehouse: duckdb.DuckDBPyConnection, before: Classifier
) -> None:
    stored = bytes_of(lake)
    retag = again(lake, warehouse, before)
    assert retag.diff.num_rows == 0
    assert (retag.feedback_count, retag.old_versions) == (3, (retag.new_version,))
    assert bytes_of(lake) == stored


def test_a_diff_has_exactly_what_the_lexicon_changed_with_its_words(
    lake: Path, warehouse: duckdb.DuckDBPyConnection, after: Classifier
) -> None:
    stored = bytes_of(lake)
    retag = again(lake, warehouse, after)
    (row,) = retag.diff.to_pylist()
    assert (row["feedback_key"], row["business_day"]) == ("p:review:1", DAY)
    start = TEXTS["p:review:1"].index(NEW_WORDS)
    assert "quality_defect" not in str(row["old_words"])
    assert f"quality_defect text[{start}:{start + len(NEW_WORDS)}] {NEW_WORDS}" in row["new_words"]
    assert row["new_probability"] > row["old_probability"]
    assert row["old_lexicon_version"] != row["new_lexicon_version"]
    assert bytes_of(lake) == stored


def test_the_summary_and_the_effect_on_counts(
    lake: Path, warehouse: duckdb.DuckDBPyConnection, after: Classifier
) -> None:
    diff = again(lake, warehouse, after).diff
    (moved,) = summary(warehouse, diff)
    assert (moved["new_issue"], moved["feedback"]) == ("quality_defect", 1)
    place = diff.schema.get_field_index("new_decision")
    negative = diff.set_column(place, diff.schema.field(place), pa.array(["negative"]))
    assert effect(warehouse, negative) == {"orders_that_become_negative": 1, "orders_that_cease_to_be": 0}
    warehouse.execute("insert into intermediate.int_review_decisions values ('p:review:1', 'guarded', 1)")
    assert effect(warehouse, negative) == {"orders_that_become_negative": 0, "orders_that_cease_to_be": 0}
    other = negative.set_column(1, negative.schema.field(1), pa.array(["p:review:2"])).set_column(
        place, diff.schema.field(place), pa.array(["not_negative"])
    )
    assert effect(warehouse, other) == {"orders_that_become_negative": 0, "orders_that_cease_to_be": 1}


def test_what_is_applied_stays_and_is_written_down(
    lake: Path, warehouse: duckdb.DuckDBPyConnection, before: Classifier, after: Classifier
) -> None:
    given_at = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
    retag = again(lake, warehouse, after)
    assert apply(lake, retag, "a reader", given_at) == 1
    changed = {tag["feedback_key"]: tag["lexicon_version"] for tag in tags_of(lake)}
    assert set(changed.values()) == {retag.diff["new_lexicon_version"][0].as_py()}
    run(lake, warehouse, before)
    assert {tag["feedback_key"]: tag["lexicon_version"] for tag in tags_of(lake)} == changed
    assert apply(lake, again(lake, warehouse, before), "a reader", given_at) == 2
    entries = [
        pq.ParquetFile(file).read().to_pylist()[0]
        for file in sorted((lake / "classified" / "retags").glob("*.parquet"))
    ]
    assert [(entry["retag_no"], entry["changed_count"], entry["given_at"]) for entry in entries] == [
        (1, 1, given_at), (2, 1, given_at),
    ]  # fmt: skip
    assert entries[0]["old_versions"] == [entries[1]["new_version"]]


def test_a_day_without_tags_is_read_whole(
    lake: Path, warehouse: duckdb.DuckDBPyConnection, before: Classifier, after: Classifier
) -> None:
    stored = bytes_of(lake)
    # as a retag leaves it that was killed half way
    shutil.rmtree(lake / "classified" / "feedback_tags" / f"business_day={DAY}")
    run(lake, warehouse, before)
    assert bytes_of(lake) == stored


def test_a_day_that_comes_again_empty_leaves_nothing(
    lake: Path, warehouse: duckdb.DuckDBPyConnection, before: Classifier
) -> None:
    warehouse.execute("delete from intermediate.int_feedback_events")
    run(lake, warehouse, before)
    assert bytes_of(lake) == {}
