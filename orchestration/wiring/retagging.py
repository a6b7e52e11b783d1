"""Reads days again with the present model and lexicon, says what that changes, and puts it in place."""

import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.classification.classifier import Classified
from orchestration.classification.keeping import Reader, read_day
from orchestration.classification.profile import Profiler
from orchestration.classification.schemas import RETAGS_SCHEMA, TABLES_OF_A_DAY
from orchestration.wiring.classified_days import inputs_of, store, stored
from orchestration.wiring.lake import partition_folder
from orchestration.wiring.partitions import Days
from orchestration.wiring.warehouse import arrow

DIFF_SCHEMA = pa.schema(
    [
        ("business_day", pa.date32()),
        ("feedback_key", pa.string()),
        ("channel", pa.string()),
        *(
            (f"{when}_{name}", kind)
            for name, kind in (
                ("decision", pa.string()),
                ("probability", pa.float64()),
                ("guard_code", pa.string()),
                ("issue_codes", pa.list_(pa.string())),
                ("words", pa.list_(pa.string())),
                ("classifier_version", pa.string()),
                ("lexicon_version", pa.string()),
            )
            for when in ("old", "new")
        ),
    ]
)

# Words with their issue and place: 发错货 of issue wrong_item is `wrong_item text[2:5] 发错货`.
_SAID = """
    with cited as (
        select tags.feedback_key,
               list(concat_ws(' ', coalesce(tags.issue_code, tags.guard_code),
                              spans.field || '[' || spans.span_start || ':' || spans.span_end || ']',
                              spans.span_text)
                    order by tags.tag_no, spans.span_no) as words
        from {when}_tags as tags
        inner join {when}_spans as spans using (feedback_key, tag_no)
        group by tags.feedback_key
    )
    select tags.feedback_key,
           any_value(tags.channel) as channel,
           any_value(tags.decision) as decision,
           any_value(tags.probability) as probability,
           any_value(tags.guard_code) as guard_code,
           list(tags.issue_code order by tags.tag_no)
               filter (where tags.issue_code is not null) as issue_codes,
           any_value(cited.words) as words,
           any_value(tags.classifier_version) as classifier_version,
           any_value(tags.lexicon_version) as lexicon_version,
           -- whatever else a tag says changes too
           list(concat_ws('|', coalesce(tags.dimension, ''), tags.severity, tags.needs_content_theme,
                          coalesce(cast(tags.text_probability as varchar), ''))
                order by tags.tag_no) as rest
    from {when}_tags as tags
    left join cited using (feedback_key)
    group by tags.feedback_key
"""
_COMPARED = ("decision", "probability", "guard_code", "issue_codes", "words", "rest")


class Retag(NamedTuple):
    """What reading days again changes, and where the days as read again are staged."""

    days: Days
    staged: Path
    diff: pa.Table
    feedback_count: int
    old_versions: tuple[str, ...]
    new_version: str


def read_again(
    connection: duckdb.DuckDBPyConnection,
    days: Days,
    reader: Reader,
    profiler: Profiler,
    *,
    lake: Path,
    into: Path,
) -> Retag:
    """Reads every processed day of the range whole, beside what is stored; the lake stays as it is."""
    diffs = [DIFF_SCHEMA.empty_table()]
    read = 0
    old: set[str] = set()
    new: set[str] = set()
    for day, given in zip(days, inputs_of(connection, days), strict=True):
        before = stored(lake, day)
        again = read_day(reader, given.events, given.messages)
        store(into, day, again, profiler.profile(again.tables.tags, given.events, given.messages))
        diffs.append(_diff(day, before, again.tables))
        read += again.read_count
        old |= _versions(before.tags)
        new |= _versions(again.tables.tags)
    return Retag(days, into, pa.concat_tables(diffs), read, tuple(sorted(old)), ", ".join(sorted(new)))


def apply(lake: Path, retag: Retag, given_by: str, given_at: datetime) -> int:
    """Writes the retag down and puts the staged days in place; returns its number.

    A day's tags go first and come last: killed in between, the day is read anew by the next run.
    """
    number = _write_down(lake, retag, given_by, given_at)
    for day in retag.days:
        shutil.rmtree(partition_folder(lake, "classified", "feedback_tags", day), ignore_errors=True)
        for name in sorted(TABLES_OF_A_DAY, key=lambda name: name == "feedback_tags"):
            _put(
                partition_folder(retag.staged, "classified", name, day),
                partition_folder(lake, "classified", name, day),
            )
    return number


def summary(connection: duckdb.DuckDBPyConnection, diff: pa.Table) -> list[dict[str, Any]]:
    """How many feedbacks went from which decision and main issue to which."""
    connection.register("diff", diff)
    try:
        return arrow(
            connection,
            """
            select old_decision, old_issue_codes[1] as old_issue, new_decision,
                   new_issue_codes[1] as new_issue, count(*) as feedback
            from diff
            group by all
            order by feedback desc, old_decision, old_issue, new_decision, new_issue
            """,
        ).to_pylist()
    finally:
        connection.unregister("diff")


def effect(connection: duckdb.DuckDBPyConnection, diff: pa.Table) -> dict[str, int]:
    """Effective orders that would become negatives and that would cease to be, by what is known now.

    A feedback that a person decided keeps that decision and changes nothing.
    """
    connection.register("diff", diff)
    try:
        ((began, ceased),) = connection.execute(
            """
            with decided as (
                select feedback_key
                from intermediate.int_review_decisions
                group by feedback_key
                having arg_max(decision, decision_no) <> 'withdrawn'
            ),
            changed as (
                select diff.feedback_key, links.order_key,
                       diff.new_decision = 'negative' and links.link_confidence >= 0.5
                       and len(events.exclusion_codes) = 0 as is_valid
                from diff
                inner join intermediate.int_feedback_links as links using (feedback_key)
                inner join intermediate.int_feedback_events as events
                    on diff.feedback_key = events.feedback_key and events.is_first_version
                anti join decided on diff.feedback_key = decided.feedback_key
            ),
            verdicts as (
                select verdicts.order_key, verdicts.feedback_key, verdicts.is_valid
                from intermediate.int_verdicts_in_force as verdicts
                where verdicts.until_day is null
                  and verdicts.order_key in (select order_key from changed)
            ),
            orders as (
                select order_key, arg_max(is_effective, business_day) as is_effective
                from intermediate.int_orders_counted
                where order_key in (select order_key from changed)
                group by order_key
            ),
            compared as (
                select orders.order_key,
                       exists (select 1 from verdicts
                               where verdicts.order_key = orders.order_key and verdicts.is_valid) as was,
                       exists (select 1 from changed
                               where changed.order_key = orders.order_key and changed.is_valid)
                       or exists (select 1 from verdicts
                                  where verdicts.order_key = orders.order_key and verdicts.is_valid
                                    and verdicts.feedback_key not in (select feedback_key from changed))
                       as will_be
                from orders
                where orders.is_effective
            )
            select count(*) filter (where will_be and not was), count(*) filter (where was and not will_be)
            from compared
            """
        ).fetchall()
    finally:
        connection.unregister("diff")
    return {"orders_that_become_negative": began, "orders_that_cease_to_be": ceased}


def _diff(day: date, before: Classified, again: Classified) -> pa.Table:
    columns = [field.name.split("_", 1)[1] for field in DIFF_SCHEMA if field.name.startswith("old_")]
    pairs = ", ".join(f"old.{name} as old_{name}, new.{name} as new_{name}" for name in columns)
    changed = " or ".join(f"old.{name} is distinct from new.{name}" for name in _COMPARED)
    with duckdb.connect() as connection:
        for when, said in (("old", before), ("new", again)):
            connection.register(f"{when}_tags", said.tags)
            connection.register(f"{when}_spans", said.spans)
        return (
            connection.sql(
                f"with old as ({_SAID.format(when='old')}), new as ({_SAID.format(when='new')}) "
                "select cast($day as date) as business_day, coalesce(old.feedback_key, new.feedback_key) "
                f"as feedback_key, coalesce(old.channel, new.channel) as channel, {pairs} "
                f"from old full join new on old.feedback_key = new.feedback_key "
                f"where {changed} order by feedback_key",
                params={"day": day},
            )
            .to_arrow_table()
            .cast(DIFF_SCHEMA)
        )


def _versions(tags: pa.Table) -> set[str]:
    pairs = tags.select(["classifier_version", "lexicon_version"]).group_by(
        ["classifier_version", "lexicon_version"]
    )
    return {
        f"{row['classifier_version']}/{row['lexicon_version']}" for row in pairs.aggregate([]).to_pylist()
    }


def _write_down(lake: Path, retag: Retag, given_by: str, given_at: datetime) -> int:
    folder = lake / "classified" / "retags"
    folder.mkdir(parents=True, exist_ok=True)
    number = 1 + max((int(file.stem) for file in folder.glob("*.parquet")), default=0)
    row = {
        "retag_no": number,
        "given_at": given_at,
        "given_by": given_by,
        "first_day": retag.days.first,
        "last_day": retag.days.last,
        "old_versions": list(retag.old_versions),
        "new_version": retag.new_version,
        "feedback_count": retag.feedback_count,
        "changed_count": retag.diff.num_rows,
    }
    staged = folder / f".{number:06}"
    pq.write_table(pa.Table.from_pylist([row], RETAGS_SCHEMA).replace_schema_metadata(None), staged)
    staged.replace(folder / f"{number:06}.parquet")
    return number


def _put(staged: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if staged.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        staged.replace(folder)
