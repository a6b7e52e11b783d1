"""The appeal work-list: what can still be appealed, by deadline and by what it would bring."""

from collections.abc import Callable

import duckdb
import pyarrow as pa

from orchestration.records.reading import RecordsError, Row, relation, rows
from orchestration.records.view import Records

# From a decision's row, with one order taken out of its numbers, to the tier met then and its fines in fen.
Retest = Callable[[Row], tuple[str | None, int]]

_CASES = pa.schema(
    [
        ("decision_id", pa.string()),
        ("is_sole_of_buyer", pa.bool_()),
        ("tier_without", pa.string()),
        ("amount_without_fen", pa.int64()),
    ]
)


def worklist(
    connection: duckdb.DuckDBPyConnection, records: Records, retest: Retest, issue: str | None = None
) -> duckdb.DuckDBPyRelation:
    """The appealable orders of the records laid out, each with its deadline and expected benefit.

    A decision is held against its ladder once for each case, not for each order: taking one order out
    leaves the same numbers, whichever it is, but for its buyer.
    """
    if issue is not None and issue not in {row["issue_code"] for row in records.issues()}:
        raise RecordsError(f"no counting order of {records.asked.subject} is about '{issue}'")
    cases = [
        dict(zip(_CASES.names, (case["decision_id"], case["is_sole_of_buyer"], *retest(case)), strict=True))
        for case in rows(connection, "appeal_cases")
    ]
    connection.register("cases", pa.Table.from_pylist(cases, schema=_CASES))
    return relation(connection, "worklist", known_on=records.asked.known_on, issue=issue)
