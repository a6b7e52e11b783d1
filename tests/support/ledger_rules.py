"""The rules that the walk over a ledger goes by: two rates and a ticket on the same conduct, few measures."""

import math
from typing import Any

import pyarrow as pa

from tests.unit.penalties.bench import rules_with, rules_without_exemptions

Row = dict[str, Any]

CCR, RIVAL, TICKETS = "douyin_ccr", "douyin_other", "pinduoduo_negative_experience"
VERSIONS, RIVAL_VERSION, TICKET_VERSION = ("2026-07-14", "2027-03-01"), "1", "2026-01-01"
FINES = {"2026-07-14": 200_000, "2027-03-01": 300_000, RIVAL_VERSION: 200_000}  # of T1, by version
T2_FINE, T1_POINTS, RESTRICTED_DAYS, ADDED_POINTS, ADDED_FINE = 700_000, 4, 7, 2, 100_000
CAP_FEN, CAP_DAYS = 900_000, 30
# An appeal against a decision of these stops it while it is open.
STOPPED_BY_APPEALS = (RIVAL, TICKETS)
FAILED_AT_LEAST, RATE_SEVERITY, TICKET_SEVERITY = 2, 2, 3

BENCHMARK, FEW_BUYERS = 0.02, 5
SEVERITY = {"T0": 0, "T1": 1, "T2": 2, "T3": 3}

_RATES = [(CCR, version) for version in VERSIONS] + [(RIVAL, RIVAL_VERSION)]
_COPIED = (
    *("policy_versions", "policy_sources", "policy_appeals", "ladder_conditions", "ladder_measures"),
    "small_n_guards",
)


def lower_bound(num: int, den: int) -> float:
    """Wilson's lower bound, by its usual formula."""
    z, share = 1.959963984540054, num / den
    middle = share + z * z / (2 * den)
    return (middle - z * math.sqrt(share * (1 - share) / den + z * z / (4 * den * den))) / (1 + z * z / den)


def tier_of(num: int, den: int, occurrences: int) -> str | None:
    """The tier that so many negative orders, each of another buyer, meet."""
    low = lower_bound(num, den) / BENCHMARK if num else 0.0
    if num < FEW_BUYERS:
        return None
    if low >= 3.0 and occurrences >= 3:
        return "T3"
    if low >= 1.3:
        return "T2" if low >= 2.0 else "T1"
    return "T0" if num / den / BENCHMARK >= 1.3 else None


def walked_rules() -> dict[str, pa.Table]:
    """The shipped rules, the ladder in two versions and as another policy's, all in one exclusive group;
    a cap, a first-time exemption, and escalation of either kind."""
    shipped = rules_without_exemptions()
    rows: dict[str, list[Row]] = {}
    for name in _COPIED:
        found = shipped[name].to_pylist()
        first = [row for row in found if (row["policy_id"], row["version"]) == _RATES[0]]
        others = [row for row in found if row["policy_id"] != CCR]
        rows[name] = others + [row | _of(*rate) for row in first for rate in _RATES]
    rows["policy_versions"] = [
        row | {"exclusive_group": "conduct" if row["policy_id"] in (CCR, RIVAL, TICKETS) else None}
        for row in rows["policy_versions"]
    ]
    rows["policy_appeals"] = [
        row | {"suspends_execution": row["policy_id"] in STOPPED_BY_APPEALS} for row in rows["policy_appeals"]
    ]
    of_tickets = [row for row in rows["ladder_measures"] if row["policy_id"] == TICKETS]
    rows["ladder_measures"] = of_tickets + [row for rate in _RATES for row in _ladder(rate)]
    cap = {"measure_code": "fine", "within_days": CAP_DAYS, "max_fen": CAP_FEN, "max_points": None}
    exemption = _of(TICKETS, TICKET_VERSION) | {"within_days": None}
    return rules_with(
        **rows,
        policy_caps=[_of(*rate) | cap for rate in _RATES if rate[0] == CCR],
        policy_exemptions=[exemption | {"exemption": name} for name in ("first_time", "study")],
        policy_escalations=[
            row for version in (*_RATES, (TICKETS, TICKET_VERSION)) for row in _steps(version)
        ],
    )


def _ladder(rate: tuple[str, str]) -> list[Row]:
    measures = [
        ("T3", 1, "deposit_deduct_all", "{}"),
        ("T3", 2, "shop_clearance", "{}"),
        ("T2", 1, "fine", f'{{"amount_fen":{T2_FINE}}}'),
        ("T1", 1, "violation_points", f'{{"points":{T1_POINTS}}}'),
        ("T1", 2, "fine", f'{{"amount_fen":{FINES[rate[1]]}}}'),
        ("T1", 3, "withdrawal_restrict", f'{{"days":{RESTRICTED_DAYS}}}'),
        ("T0", 1, "warning", "{}"),
    ]
    names = ("tier", "measure_no", "measure_code", "params_json")
    return [_of(*rate) | dict(zip(names, measure, strict=True)) for measure in measures]


def _steps(version: tuple[str, str]) -> list[Row]:
    """What is added from a severity on, and from so many failed appeals on."""
    by_severity: Row = {"at_least": RATE_SEVERITY, "measure_code": "violation_points"}
    by_severity["params_json"] = f'{{"points":{ADDED_POINTS}}}'
    if version[0] == TICKETS:
        by_severity = {"at_least": TICKET_SEVERITY, "measure_code": "withdrawal_restrict"}
        by_severity["params_json"] = f'{{"days":{RESTRICTED_DAYS}}}'
    by_appeals: Row = {"at_least": FAILED_AT_LEAST, "measure_code": "fine"}
    by_appeals |= {"params_json": f'{{"amount_fen":{ADDED_FINE}}}', "human_review": version[0] == RIVAL}
    return [
        _of(*version) | {"step_no": number, "input": asked, "measure_no": 1} | step
        for number, (asked, step) in enumerate(
            [("severity", by_severity), ("failed_appeals_90d", by_appeals)], start=1
        )
    ]


def _of(policy_id: str, version: str) -> Row:
    return {"policy_id": policy_id, "version": version}
