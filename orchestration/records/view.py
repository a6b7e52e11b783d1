"""The record view: the negative orders of a shop or merchant group, each with its words and appeal."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from orchestration.records.asking import Asked
from orchestration.records.reading import RecordsError, Row, prepare, relation, rows

TABS = ("appealable", "in_progress", "upheld", "failed", "none")
TAB_WORDS = {
    "appealable": ("可申诉", "can be appealed"),
    "in_progress": ("申诉中", "appeal under way"),
    "upheld": ("申诉成功", "appeal upheld"),
    "failed": ("申诉失败", "appeal failed or too late"),
    "none": ("不可申诉", "no appeal"),
}


@dataclass(frozen=True)
class Records:
    """The orders of a range, laid out in the connection: figures, tabs, and rows to stream.

    The rows whose `is_counted` holds are the numerator of the figures. Beside them are orders that an
    appeal took out, and ticketed or appealed orders that ceased to count.
    """

    asked: Asked
    figures: Row
    tabs: Sequence[Row]
    connection: duckdb.DuckDBPyConnection

    def listed(self, tab: str | None = None, issue: str | None = None) -> duckdb.DuckDBPyRelation:
        """The rows, of one tab or about one issue where asked; nothing is fetched yet.

        Raises RecordsError for a tab or an issue that is not there, with those that are.
        """
        if tab is not None and tab not in TABS:
            raise RecordsError(f"there is no tab '{tab}': ask for {', '.join(TABS)}")
        if issue is not None:
            known = [row["issue_code"] for row in self.issues()]
            if issue not in known:
                raise RecordsError(
                    f"no counting order of {self.asked.subject} from {self.asked.first} to {self.asked.last} "
                    f"is about '{issue}'; " + (f"there are {', '.join(known)}" if known else "there is none")
                )
        return relation(self.connection, "record_list", tab=tab, issue=issue)

    def issues(self) -> Sequence[Row]:
        """The issues of the counting orders with their number, the most frequent first."""
        return rows(self.connection, "issue_counts")


def records_of(connection: duckdb.DuckDBPyConnection, asked: Asked) -> Records:
    """Lay out the records of a range. Raises RecordsError where they are not the numerator."""
    bound = asked.bound()
    standing = {"shops": bound["shops"], "known_on": bound["known_on"]}
    prepare(connection, "record_appeals", **standing)
    prepare(connection, "decision_deadlines", known_on=standing["known_on"])
    prepare(connection, "record_decisions", **standing)
    prepare(connection, "record_orders", **bound)
    prepare(connection, "record_feedback")
    prepare(connection, "records", known_on=bound["known_on"])
    figures = rows(connection, "record_figures", **bound)[0]
    tabs = rows(connection, "record_tabs")
    counted = sum(row["counted_orders"] for row in tabs)
    if counted != figures["num"]:
        raise RecordsError(
            f"{counted} counting orders of {asked.subject} are listed and {figures['num']} are counted: "
            f"the days were not all run by this version; run {asked.first} to {asked.known_on} again"
        )
    return Records(asked, figures, tabs, connection)
