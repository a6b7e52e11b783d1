"""Counts in how many texts, and how often, each role of a phrase and each asserted issue occurs."""

import numpy as np

from orchestration.classification.compiled.automaton import NONE
from orchestration.classification.compiled.grams import Integers
from orchestration.classification.compiled.hits import (
    HIT_CODE,
    HIT_ROLE,
    ISSUE,
    ROLES,
    STATE,
    Finder,
)
from orchestration.classification.compiled.kernel import inlined, kernel
from orchestration.classification.compiled.letters import Alphabet, Bytes
from orchestration.classification.compiled.readings import Page, searched
from orchestration.classification.compiled.states import ASSERTED

# The columns of counts: texts that hold the item, hits of it, and one more than the last text with one.
TEXTS, HITS, LAST = range(3)
COUNT_COLUMNS = 3
# The rows are the roles, and from here on the issues by their code.
FIRST_ISSUE = len(ROLES)


def new_counts(codes: int) -> Integers:
    """A table of zeros for all roles and so many codes."""
    return np.zeros((FIRST_ISSUE + codes, COUNT_COLUMNS), dtype=np.int64)


@kernel
def count_each(
    data: Bytes, offsets: Integers, alphabet: Alphabet, finder: Finder, page: Page, counts: Integers
) -> None:
    """Adds up the hits of all texts."""
    for text in range(len(offsets) - 1):
        _, found, _ = searched(data, offsets[text], offsets[text + 1], alphabet, finder, page)
        for number in range(found):
            role, code = page.hits[number, HIT_ROLE], page.hits[number, HIT_CODE]
            _count(counts, role, text)
            if role == ISSUE and page.hits[number, STATE] == ASSERTED and code != NONE:
                _count(counts, FIRST_ISSUE + code, text)


@inlined
def _count(counts: Integers, item: int, text: int) -> None:
    counts[item, HITS] += 1
    if counts[item, LAST] != text + 1:
        counts[item, LAST] = text + 1
        counts[item, TEXTS] += 1
