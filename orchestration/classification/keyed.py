"""Tables in the order of their feedback's keys, and the turns of chats gathered by them."""

# pyarrow makes its compute functions when it is imported; no checker sees them
# pyright: reportAttributeAccessIssue=false

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_TURNS = ("feedback_key", "seq", "message_id")


def by_key(events: pa.Table) -> pa.Table:
    """The events sorted by key; those of one key keep their order."""
    keys = events["feedback_key"]
    return events if is_sorted(keys) else events.take(pc.sort_indices(keys))


def in_turn(messages: pa.Table) -> pa.Table:
    """The messages chat by chat, in the order in which they were written."""
    return messages.sort_by([(name, "ascending") for name in _TURNS])


def is_sorted(keys: pa.ChunkedArray, *, strictly: bool = False) -> bool:
    """Whether no key is before its predecessor, or strictly: whether each is after it."""
    compare = pc.less if strictly else pc.less_equal
    return len(keys) < 2 or pc.all(compare(keys[:-1], keys[1:]), skip_nulls=False).as_py() is True


def turns_of_chats(keys: pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
    """Of messages `in_turn`: the keys of their chats, and where the turns of each begin and the last end."""
    plain = keys.combine_chunks()
    if len(plain) == 0:
        return plain, pa.array([0], pa.int32())
    is_next = pc.fill_null(pc.not_equal(plain[1:], plain[:-1]), fill_value=True)
    first = np.flatnonzero(np.concatenate(([True], is_next.to_numpy(zero_copy_only=False))))
    return plain.take(pa.array(first)), pa.array(np.append(first, len(plain)).astype(np.int32))
