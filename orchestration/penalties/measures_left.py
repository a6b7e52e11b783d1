"""What of a decision's measures still stands after it was lowered."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from orchestration.penalties.drafting import ESCALATED_BY
from orchestration.penalties.limits import rounded
from orchestration.penalties.rulebook import Rulebook, Version
from orchestration.penalties.tables import measures, reassessments

Row = dict[str, Any]


def measures_of(connection: Connection, decision_id: str) -> list[Row]:
    """The rows of a decision's measures as issued, in their order."""
    rows = connection.execute(
        select(measures).where(measures.c.decision_id == decision_id).order_by(measures.c.measure_no)
    ).mappings()
    return [dict(row) for row in rows]


def lowered_to(connection: Connection, decision_id: str) -> str | None:
    """The tier that a decision was last lowered to; None where it stands as issued."""
    return connection.execute(
        select(reassessments.c.tier)
        .where(reassessments.c.decision_id == decision_id, reassessments.c.outcome == "lowered")
        .order_by(reassessments.c.seq.desc())
        .limit(1)
    ).scalar()


def measures_left(connection: Connection, decision: Mapping[str, Any], rules: Rulebook) -> list[Row]:
    """The measures of a decision as far as they stand: all of them, or what a lowering left."""
    issued = measures_of(connection, decision["decision_id"])
    tier = lowered_to(connection, decision["decision_id"])
    version = decision["policy_id"], decision["policy_version"]
    return issued if tier is None else under_tier(issued, version, tier, rules)


def under_tier(issued: Sequence[Row], version: Version, tier: str, rules: Rulebook) -> list[Row]:
    """Of issued measures those that a milder tier has too, and no more of each than it says.

    A lowering imposes nothing: what only the milder tier has is left out, and so is what was
    added for a severity that is no more.
    """
    milder = {each.measure_code: each.params for each in rules.measures.get((*version, tier), [])}
    rounding = rules.terms(version).fine_rounding
    left: list[Row] = []
    for row in issued:
        code, added_by = row["measure_code"], row["params"].get(ESCALATED_BY)
        if added_by is not None:
            left += [row] if added_by != "severity" else []
        elif code in milder:
            said = milder[code]
            left.append(
                row
                | {
                    "amount_fen": _least(row["amount_fen"], rounded(code, said.get("amount_fen"), rounding)),
                    "points": _least(row["points"], said.get("points")),
                    "days": _least(row["days"], said.get("days")),
                }
            )
    return left


def _least(issued: int | None, said: int | None) -> int | None:
    return issued if issued is None or said is None else min(issued, said)
