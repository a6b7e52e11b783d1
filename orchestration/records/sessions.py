"""Session analysis: the chats that make a shop's dissatisfaction rate, and which can be reported."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from orchestration.records.asking import Asked
from orchestration.records.reading import RecordsError, Row, prepare, relation, rows

MEASURED = ("rated", "classified")


@dataclass(frozen=True)
class Sessions:
    """The sessions of a range, laid out in the connection, and the rate by rating and by reading."""

    asked: Asked
    figures: Sequence[Row]
    connection: duckdb.DuckDBPyConnection

    def figure(self, measured: str = "rated") -> Row:
        """num, den, rate, interval, status and policy of one of the two rates."""
        return next(row for row in self.figures if row["measured"] == measured)

    def listed(self, measured: str = "rated") -> duckdb.DuckDBPyRelation:
        """The sessions of a rate's numerator, the latest first; nothing is fetched yet."""
        if measured not in MEASURED:
            raise RecordsError(f"sessions are measured by {' or '.join(MEASURED)}, not by '{measured}'")
        return relation(self.connection, "session_list", measured=measured, known_on=self.asked.known_on)


def sessions_of(connection: duckdb.DuckDBPyConnection, asked: Asked) -> Sessions:
    """Lay out the sessions that started in a range, as known by the last processed day."""
    bound = asked.bound()
    days = {name: bound[name] for name in ("first", "last", "known_on")}
    prepare(connection, "record_appeals", shops=bound["shops"], known_on=bound["known_on"])
    prepare(connection, "session_policies", platform=asked.platform, known_on=bound["known_on"])
    prepare(connection, "sessions", **bound)
    return Sessions(asked, rows(connection, "session_figures", platform=asked.platform, **days), connection)
