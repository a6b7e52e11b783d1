"""The facts of one text, counted from its hits and its weights, and the log-odds they come to."""

import numpy as np
import numpy.typing as npt

from orchestration.classification.compiled.grams import Floats, Scorer
from orchestration.classification.compiled.hits import (
    DISSATISFACTION,
    GUARD,
    HIT_CODE,
    HIT_ROLE,
    HIT_SEVERITY,
    ISSUE,
    LATE,
    PRAISE,
    STATE,
    Hits,
)
from orchestration.classification.compiled.kernel import inlined, kernel
from orchestration.classification.compiled.states import ASSERTED, NEGATED

FACTS = (
    "margin",
    "heaviest_clause",
    "lightest_clause",
    "minor_issue",
    "issue",
    "serious_issue",
    "concrete_issue",
    "last_issue_after_contrast",
    "dissatisfaction",
    "praise",
    "praise_after_contrast",
    "negated_issue",
    "unmet_issue",
    "guard",
    "praise_only",
    "issue_only",
    "neither",
)


@kernel
def counted(hits: Hits, first: int, last: int, is_concrete: npt.NDArray[np.bool_], facts: Floats) -> None:
    """Writes the facts that are counts of hits first..last, each up to where more says no more."""
    minor = medium = grave = concrete = late = upset = 0
    praise = praise_late = negated = unmet = guards = 0
    for number in range(first, last):
        role, state = hits[number, HIT_ROLE], hits[number, STATE]
        if role == ISSUE:
            if state == ASSERTED:
                severity = hits[number, HIT_SEVERITY]
                minor += severity == 1
                medium += severity == 2
                grave += severity == 3
                concrete += is_concrete[hits[number, HIT_CODE]]
                late = hits[number, LATE]
            elif state == NEGATED:
                negated += 1
            else:
                unmet += 1
        elif role == PRAISE:
            praise += 1
            praise_late += hits[number, LATE]
        elif role == DISSATISFACTION:
            upset += state == ASSERTED
        elif role == GUARD:
            guards += 1
    issues = minor + medium + grave
    facts[3] = min(minor, 3)
    facts[4] = min(medium, 3)
    facts[5] = min(grave, 2)
    facts[6] = min(concrete, 2)
    facts[7] = late
    facts[8] = min(upset, 2)
    facts[9] = min(praise, 4)
    facts[10] = min(praise_late, 2)
    facts[11] = min(negated, 2)
    facts[12] = min(unmet, 2)
    facts[13] = min(guards, 2)
    facts[14] = praise > 0 and issues == 0
    facts[15] = issues > 0 and praise == 0
    facts[16] = issues == 0 and praise == 0


@inlined
def log_odds(facts: Floats, scorer: Scorer) -> float:
    """The facts weighed, added one by one in their order."""
    total = scorer.base
    for number in range(len(facts)):
        total += facts[number] * scorer.coefficients[number]
    return total
