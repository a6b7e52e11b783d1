"""What a replay needs from other rooms: scores from beta functions, and versions of the rule book."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from orchestration.policy.library import NoPolicyInForceError, PolicyLibrary
from orchestration.policy.rows import rows_of
from orchestration.policy.tables import POLICY_TABLES
from orchestration.replaying.reading import ReplayError
from orchestration.replaying.rules import TABLES, Rules
from orchestration.scoring.shop_scores import scored
from orchestration.scoring.statistics import Statistics


def scored_by(subjects: pa.Table, rules: Rules) -> pa.Table:
    """The scores of one platform's shops by what a version says about statistics."""
    said = {
        name: rules.said(name)
        for name in ("interval_level", "fdr_q", "threshold_ratio", "min_orders_for_prior")
    }
    knots = tuple((row["ratio"], row["score"]) for row in rules.tables["score_knots"])
    statistics = replace(Statistics(), **{name: value for name, value in said.items() if value is not None})
    return scored(subjects, replace(statistics, knots=knots) if knots else statistics)


def another_version(folders: Sequence[Path], in_force: Sequence[Rules], version: str) -> Rules:
    """A version of one of the policies in force, read from the rule book and put in none of its tables.

    Raises ReplayError with the versions that exist where it is none of theirs.
    """
    library = PolicyLibrary.load(folders)
    refusals: list[str] = []
    for rules in in_force:
        try:
            found = library.version(rules.policy_id, version)
        except NoPolicyInForceError as error:
            refusals.append(str(error))
            continue
        laid_out = rows_of(found)
        tables = {
            table: [
                {column: row.get(column) for column in POLICY_TABLES[table].names}
                for row in laid_out.get(table, [])
            ]
            for table in TABLES
        }
        return Rules(found.policy_id, found.version, tables, would_be=True)
    raise ReplayError("; ".join(refusals) or "no policy was in force that another version could replace")
