"""The inspectors at the doors: raw, scores and candidates, each sound and plausible."""

from orchestration.wiring.checks import checks_on

INSPECTED = {
    "orders": "raw",
    "reviews": "raw",
    "after_sales": "raw",
    "complaints": "raw",
    "im_messages": "raw",
    "fct_ccr": "ccr",
    "fct_penalty_candidates": "penalties",
}

CHECKS = [check for table, schema in INSPECTED.items() for check in checks_on(table, schema)]
