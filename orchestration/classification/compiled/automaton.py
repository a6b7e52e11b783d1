"""A trie of phrases in one array, walked from each place of a text: the longest phrase wins.

Of phrases that overlap the one that starts first wins, so no links back are needed.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from orchestration.classification.compiled.kernel import kernel
from orchestration.classification.compiled.letters import LAST_OF_PLANE, Classes, Places

# Of a node while it is planted: where its children begin, and its parent.
CHILDREN, PARENT = range(2)
# Of a planted node, in one number: where its children begin, whether a phrase ends at it, its parent.
_CHILDREN = np.uint64(33)
_ENDS = np.uint64(1 << 32)
_PARENT = np.uint64((1 << 32) - 1)
# Of a node at which a phrase ends: its number and how it is taken.
PHRASE, PROFILE = range(2)
ROOT = 0
NONE = -1

_FIRST_CAPACITY = 1 << 16
# So many letters of all phrases are planted before the rest of any: most walks end among them, and
# together they fit into a cache that the whole does not fit into.
_BROAD = 3

Nodes = npt.NDArray[np.uint64]
Growth = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.int32]
Integers = npt.NDArray[np.int64]


class Automaton(NamedTuple):
    """The class of each code point (0: in no phrase), the nodes, and the phrases that end at them."""

    classes: Classes
    nodes: Nodes
    phrases: Growth


class _Work(NamedTuple):
    """Free slots as a chain, so that holes are found without a search; nodes that wait; children of one."""

    following: Integers
    preceding: Integers
    pending: Integers
    children: Integers


def automaton_of(phrases: Sequence[str], profiles: Numbers) -> Automaton:
    """The trie of the phrases; of equal phrases the first counts."""
    order = sorted(range(len(phrases)), key=phrases.__getitem__)
    joined = "".join([phrases[number] for number in order]).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(joined, dtype=np.uint32)
    if len(codes) and int(codes.max()) > LAST_OF_PLANE:
        raise ValueError(
            "a phrase holds a character beyond U+FFFF, which texts are not searched for: remove it"
        )
    # The commonest letters get the lowest classes: their children lie close together.
    letters, counts = np.unique(codes, return_counts=True)
    classes = np.zeros(LAST_OF_PLANE + 1, dtype=np.uint16)
    classes[letters[np.argsort(-counts, kind="stable")]] = np.arange(1, len(letters) + 1, dtype=np.uint16)
    ends = np.cumsum(np.asarray([len(phrases[number]) for number in order], dtype=np.int64))
    numbers = np.asarray(order, dtype=np.int32)
    capacity = _FIRST_CAPACITY
    while True:
        nodes = np.full((capacity, 2), NONE, dtype=np.int32)
        phrase_at = np.full((capacity, 2), NONE, dtype=np.int32)
        work = _Work(
            following=np.arange(1, capacity + 1),
            preceding=np.arange(-1, capacity - 1),
            pending=np.empty(((_BROAD + 1) * len(order) + 1, 4), dtype=np.int64),
            children=np.empty((len(letters) + 1, 3), dtype=np.int64),
        )
        used = _planted(classes[codes], ends, numbers, len(letters), work, nodes, phrase_at)
        if used > 0:
            break
        capacity *= 2
    phrase_at = phrase_at[:used].copy()
    ending = phrase_at[:, PHRASE] != NONE
    phrase_at[ending, PROFILE] = profiles[phrase_at[ending, PHRASE]]
    # A slot that no node took has NONE for a parent, and children where there is room to look for them.
    begin = np.maximum(nodes[:used, CHILDREN], 0).astype(np.uint64)
    parent = nodes[:used, PARENT].astype(np.uint32).astype(np.uint64)
    return Automaton(classes, (begin << _CHILDREN) | (ending * _ENDS) | parent, phrase_at)


@kernel
def _planted(
    letters: Classes, ends: Integers, numbers: Numbers, most: int, work: _Work, nodes: Growth, phrases: Growth
) -> int:
    """Fills `nodes` from sorted phrases; the number used, or 0 when there is no room.

    A node's child of class c stands at CHILDREN + c; slots are taken first come, first served.
    """
    capacity = len(nodes)
    first_slot = most + 1
    if capacity <= 2 * first_slot:
        return 0
    following, preceding, pending, children = work.following, work.preceding, work.pending, work.children
    nodes[ROOT, PARENT] = ROOT
    free, used, done, waiting = first_slot, first_slot, 0, 0
    if len(numbers):
        pending[0, 0], pending[0, 1], pending[0, 2], pending[0, 3] = ROOT, 0, len(numbers), 0
        waiting = 1
    while done < waiting:
        # Breadth first, then depth first, so that a chain of letters stands in neighbouring slots.
        if pending[done, 3] < _BROAD:
            node, low, high, depth = pending[done]
            done += 1
        else:
            waiting -= 1
            node, low, high, depth = pending[waiting]
        count = 0
        at = low
        while at < high:
            begin = ends[at - 1] if at else 0
            if begin + depth == ends[at]:
                if phrases[node, PHRASE] == NONE:
                    phrases[node, PHRASE] = numbers[at]
                at += 1
                continue
            letter = letters[begin + depth]
            until = at + 1
            while until < high and letters[ends[until - 1] + depth] == letter:
                until += 1
            children[count, 0], children[count, 1], children[count, 2] = letter, at, until
            count += 1
            at = until
        if count == 0:
            nodes[node, CHILDREN] = 0
            continue
        base = _free_base(nodes, following, free, children, count, first_slot)
        if base == NONE:
            return 0
        nodes[node, CHILDREN] = base
        for child in range(count):
            place = base + children[child, 0]
            nodes[place, PARENT] = node
            if place == free:
                free = int(following[place])
            else:
                following[preceding[place]] = following[place]
            preceding[following[place]] = preceding[place]
            used = max(used, place + 1)
            pending[waiting, 0], pending[waiting, 1] = place, children[child, 1]
            pending[waiting, 2], pending[waiting, 3] = children[child, 2], depth + 1
            waiting += 1
    # Walking may look one class beyond any node.
    return used + first_slot if used + first_slot <= capacity else 0


@kernel
def _free_base(
    nodes: Growth, following: Integers, free: int, children: Integers, count: int, first_slot: int
) -> int:
    """The first base at which every child finds its slot free, or NONE where the room ends."""
    slot = free
    while slot + first_slot < len(nodes):
        base = slot - children[0, 0]
        fits = True
        for child in range(1, count):
            place = base + children[child, 0]
            if place < first_slot or nodes[place, PARENT] != NONE:
                fits = False
                break
        if fits:
            return base
        slot = following[slot]
    return NONE


@kernel
def beginnings(nodes: Nodes, letters: Classes, count: int, begins: Places) -> int:
    """Writes the places at which a phrase of one letter, or two letters of a phrase, begin.

    No branch and no step waits for another: most places are ruled out while memory answers.
    """
    found = 0
    root = nodes[ROOT] >> _CHILDREN
    for place in range(1, count + 1):
        letter, next_letter = np.uint64(letters[place]), np.uint64(letters[place + 1])
        first = root + letter
        said = nodes[first]
        second = (said >> _CHILDREN) + next_letter
        is_known = (letter != 0) & ((said & _PARENT) == ROOT)
        goes_on = (next_letter != 0) & ((nodes[second] & _PARENT) == first)
        begins[found] = place
        found += is_known & (goes_on | ((said & _ENDS) != 0))
    return found


@kernel
def longest(nodes: Nodes, letters: Classes, place: int) -> tuple[int, int]:
    """The node of the longest phrase that begins at a place of a sheet, or NONE, and where it ends."""
    node, at, best, end = np.uint64(ROOT), np.uint32(place), NONE, place
    said = nodes[ROOT]
    letter = np.uint64(letters[at])
    while letter:
        following = (said >> _CHILDREN) + letter
        said = nodes[following]
        if (said & _PARENT) != node:
            break
        node = following
        at = np.uint32(at + 1)
        if said & _ENDS:
            best, end = int(np.int64(node)), int(np.int64(at))
        letter = np.uint64(letters[at])
    return best, end
