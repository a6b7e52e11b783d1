"""The penalty list and the shadow list of a shop, with where each decision stands."""

import duckdb

from orchestration.records.asking import Asked
from orchestration.records.reading import prepare, relation

LISTS = {"penalty": "enforce", "shadow": "shadow"}


def decisions_of(
    connection: duckdb.DuckDBPyConnection, asked: Asked, which: str = "penalty"
) -> duckdb.DuckDBPyRelation:
    """All decisions of the shops asked about, the latest first: those in force, or the shadows."""
    prepare(connection, "record_appeals", shops=list(asked.shops), known_on=asked.known_on)
    prepare(connection, "decision_deadlines", known_on=asked.known_on)
    return relation(
        connection, "decisions", shops=list(asked.shops), mode=LISTS[which], known_on=asked.known_on
    )
