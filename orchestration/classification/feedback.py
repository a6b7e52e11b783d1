"""Feedback of any channel in one table, and the answer to each row in another.

The columns are mapped as columns: no row becomes an object on its way through here.
"""

# pyarrow makes its compute functions when it is imported; no checker sees them
# pyright: reportAttributeAccessIssue=false

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.classification.classifier import Classified, Classifier
from orchestration.classification.feedback_rows import brief
from orchestration.classification.schemas import CHANNELS, EVENTS_SCHEMA, MESSAGES_SCHEMA

ROLES = ("consumer", "agent", "bot", "system")

# A row holds `text` or `messages`; after-sale requests and complaints may hold a reason alone.
FEEDBACK_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("channel", pa.string()),
        ("text", pa.string()),
        (
            "messages",
            pa.list_(
                pa.struct(
                    [
                        ("role", pa.string()),
                        ("text", pa.string()),
                        ("sent_at", pa.timestamp("us", tz="UTC")),
                    ]
                )
            ),
        ),
        ("rating", pa.int64()),
        ("reason_text", pa.string()),
    ]
)
SPAN_TYPE = pa.struct(
    [("field", pa.string()), ("start", pa.int32()), ("end", pa.int32()), ("text", pa.string())]
)
ISSUE_TYPE = pa.struct(
    [
        ("code", pa.string()),
        ("dimension", pa.string()),
        ("severity", pa.int16()),
        ("spans", pa.list_(SPAN_TYPE)),
    ]
)
# `error` is null where the row was answered; where it is not, all but `id` is null.
ANSWER_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("decision", pa.string()),
        ("probability", pa.float64()),
        ("severity", pa.int16()),
        ("dissatisfied", pa.bool_()),
        ("issues", pa.list_(ISSUE_TYPE)),
        ("guard", pa.string()),
        ("classifier_version", pa.string()),
        ("lexicon_version", pa.string()),
        ("error", pa.string()),
    ]
)

Integers = npt.NDArray[np.int64]


def classify_feedback(table: pa.Table, classifier: Classifier) -> pa.Table:
    """One row of ANSWER_SCHEMA for each row of FEEDBACK_SCHEMA, in the same order.

    A row that breaks a rule is answered by its `error`; equal ids are answered each for itself.
    Columns that are not there count as null.
    """
    given = _with_channels(_complete(table))
    errors = _errors(given)
    places = np.flatnonzero(pc.is_null(errors).to_numpy(zero_copy_only=False))
    whole = len(places) == given.num_rows
    readable = given if whole else given.take(pa.array(places))
    events = _events(readable)
    found = classifier.classify(events, _messages(readable, events["feedback_key"]))
    answers = _answers(found, len(places))
    if not whole:
        spread = np.full(given.num_rows, -1)
        spread[places] = np.arange(len(places))
        answers = answers.take(pa.array(spread, mask=spread < 0))
    columns = {"id": given["id"], **dict(zip(answers.column_names, answers.columns, strict=True))}
    return pa.table({**columns, "error": errors}, schema=ANSWER_SCHEMA)


def _complete(table: pa.Table) -> pa.Table:
    there = set(table.column_names)
    columns = [
        table[field.name].cast(field.type) if field.name in there else pa.nulls(len(table), field.type)
        for field in FEEDBACK_SCHEMA
    ]
    # One chunk a column: the mapping below is by position.
    return pa.Table.from_arrays(columns, schema=FEEDBACK_SCHEMA).combine_chunks()


def _with_channels(table: pa.Table) -> pa.Table:
    """Who names no channel means a review, or a chat where there are messages."""
    if table["channel"].null_count == 0:
        return table
    usual = pc.if_else(pc.is_valid(table["messages"]), "im_session", "review")
    place = table.column_names.index("channel")
    return table.set_column(place, "channel", pc.coalesce(table["channel"], usual))


def _errors(table: pa.Table) -> pa.Array:
    """What is wrong with each row, null where nothing is; of several things the first."""
    errors: list[str | None] = [None] * table.num_rows
    if table.num_rows == 0:
        return pa.array(errors, pa.string())
    for wrong, said in _rules(table):
        if wrong.null_count == len(wrong) or not pc.any(wrong).as_py():
            continue
        for place in np.flatnonzero(pc.fill_null(wrong, fill_value=False).to_numpy(zero_copy_only=False)):
            row = int(place)
            if errors[row] is None:
                channel, rating = table["channel"][row].as_py(), table["rating"][row].as_py()
                errors[row] = said.format(channel=brief(channel), rating=rating)
    for row, error in _role_errors(table):
        errors[row] = errors[row] or error
    return pa.array(errors, pa.string())


def _rules(table: pa.Table) -> Iterator[tuple[pa.ChunkedArray, str]]:
    """Where each rule is broken, and how that is said."""
    identity, channel, rating = table["id"], table["channel"], table["rating"]
    has_text, has_messages = pc.is_valid(table["text"]), pc.is_valid(table["messages"])
    yield (
        pc.equal(pc.fill_null(pc.binary_length(identity), 0), 0),
        "id: is missing; the answer is found again by it; give a text that is not empty",
    )
    yield (
        pc.invert(pc.is_in(channel, value_set=pa.array(CHANNELS))),
        f"channel: {{channel}} is unknown; the channels are {', '.join(CHANNELS)}; use one of them",
    )
    yield (
        pc.and_(has_text, has_messages),
        "messages: stand beside a text; a row is one text or one chat; remove one of the two",
    )
    is_chat = pc.equal(channel, "im_session")
    yield (
        pc.and_(pc.and_(is_chat, pc.invert(has_messages)), has_text),
        "messages: are missing; an im_session is read from its turns; "
        "give messages, or leave the channel out",
    )
    yield (
        pc.and_(pc.invert(is_chat), has_messages),
        "messages: stand in a {channel}; only an im_session has turns; give text, or leave the channel out",
    )
    has_reason = pc.and_(
        pc.is_valid(table["reason_text"]), pc.is_in(channel, value_set=pa.array(["after_sale", "complaint"]))
    )
    yield (
        pc.invert(pc.or_(pc.or_(has_text, has_messages), has_reason)),
        "text: is missing, and so are messages; a row has one of them; "
        'give text, which may be "" where only stars were given',
    )
    yield (
        pc.or_(pc.less(rating, 1), pc.greater(rating, 5)),
        "rating: {rating} is no number of stars; stars are 1 to 5; correct it or leave it out",
    )


def _role_errors(table: pa.Table) -> Iterator[tuple[int, str]]:
    """The first message of each chat whose speaker is not known."""
    if table["messages"].null_count == table.num_rows:
        return
    chats, turns, numbers = _turns(table)
    roles = turns.field("role")
    known = pc.fill_null(pc.is_in(roles, value_set=pa.array(ROLES)), fill_value=False)
    seen: set[int] = set()
    for place in np.flatnonzero(~known.to_numpy(zero_copy_only=False)).tolist():
        row = int(chats[place])
        if row not in seen:
            seen.add(row)
            role = roles[place].as_py()
            wrong = "is missing" if role is None else f"{brief(role)} is unknown"
            said = f"{wrong}; the roles are {', '.join(ROLES)}; say who speaks"
            yield row, f"messages[{int(numbers[place])}].role: {said}"


def _turns(table: pa.Table) -> tuple[Integers, pa.StructArray, Integers]:
    """All messages laid end to end: the row each belongs to, the message, its number in the row."""
    lists = table["messages"].combine_chunks()
    chats = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    numbers = np.arange(len(chats)) - np.searchsorted(chats, chats)
    return chats, pc.list_flatten(lists), numbers


def _events(table: pa.Table) -> pa.Table:
    """The rows as the classifier wants them; the key is the row's number, so that order is kept."""
    rows = table.num_rows
    numbers = pc.cast(pa.array(np.arange(rows)), pa.string())
    is_chat = pc.equal(table["channel"], "im_session")
    rating = pc.cast(table["rating"], pa.int16())
    no_rating = pa.scalar(None, pa.int16())
    columns = {
        "feedback_key": pc.utf8_lpad(numbers, width=10, padding="0"),
        "channel": table["channel"],
        "text": table["text"],
        "reason_text": table["reason_text"],
        "rating_overall": pc.if_else(is_chat, no_rating, rating),
        "rating_service": pc.if_else(is_chat, rating, no_rating),
        "rated_scope": pc.if_else(is_chat, "human", pa.scalar(None, pa.string())),
    }
    return pa.table(
        [columns.get(field.name, pa.nulls(rows, field.type)) for field in EVENTS_SCHEMA],
        schema=EVENTS_SCHEMA,
    )


def _messages(table: pa.Table, keys: pa.ChunkedArray) -> pa.Table:
    """Every message with its row's key; its id is its number, as evidence cites it."""
    if table["messages"].null_count == table.num_rows:
        return MESSAGES_SCHEMA.empty_table()
    chats, turns, numbers = _turns(table)
    columns = {
        "feedback_key": keys.take(pa.array(chats)),
        "message_id": pc.cast(pa.array(numbers), pa.string()),
        "seq": pa.array(numbers.astype(np.int32)),
        "role": turns.field("role"),
        "sent_at": turns.field("sent_at"),
        "text": turns.field("text"),
    }
    return pa.table([columns[field.name] for field in MESSAGES_SCHEMA], schema=MESSAGES_SCHEMA)


def _answers(found: Classified, rows: int) -> pa.Table:
    """What was found, gathered into one row per feedback, without id and error."""
    tags, spans = found.tags.combine_chunks(), found.spans.combine_chunks()
    of_row = _numbers(tags["feedback_key"])
    first = np.flatnonzero(np.diff(of_row, prepend=-1))
    if len(first) != rows:
        raise ValueError(f"{rows} rows were asked about and {len(first)} answered: each has a tag")
    severity = tags["severity"].to_numpy(zero_copy_only=False)
    head = tags.take(pa.array(first))
    return pa.table(
        {
            "decision": head["decision"],
            "probability": head["probability"],
            "severity": pa.array(np.maximum.reduceat(severity, first) if rows else severity, pa.int16()),
            "dissatisfied": head["is_dissatisfied"],
            "issues": _issues(tags, of_row, spans, rows),
            "guard": head["guard_code"],
            "classifier_version": head["classifier_version"],
            "lexicon_version": head["lexicon_version"],
        }
    )


def _issues(tags: pa.Table, of_row: Integers, spans: pa.Table, rows: int) -> pa.ListArray:
    named = pc.is_valid(tags["issue_code"]).to_numpy(zero_copy_only=False)
    chosen = np.flatnonzero(named)
    issues = tags.take(pa.array(chosen))
    # Tags and spans come sorted: one number tells a tag, and spans find theirs by it.
    most = int(pc.max(tags["tag_no"]).as_py() or 0) + 1
    tag = of_row[chosen] * most + issues["tag_no"].to_numpy()
    span_tag = _numbers(spans["feedback_key"]) * most + spans["tag_no"].to_numpy()
    kept = np.isin(span_tag, tag)
    cited = spans.filter(pa.array(kept))
    counts = np.bincount(np.searchsorted(tag, span_tag[kept]), minlength=len(tag))
    columns = [_field(cited), cited["span_start"], cited["span_end"], cited["span_text"]]
    evidence = _nested(counts, columns, SPAN_TYPE)
    parts = [issues["issue_code"], issues["dimension"], issues["severity"], evidence]
    return _nested(np.bincount(of_row[chosen], minlength=rows), parts, ISSUE_TYPE)


def _nested(counts: Integers, columns: list[pa.ChunkedArray | pa.Array], kind: pa.StructType) -> pa.ListArray:
    """Lists of so many items each, from the columns of all items laid end to end."""
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    plain = [column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column for column in columns]
    items = pa.StructArray.from_arrays(plain, fields=list(kind))
    return pa.ListArray.from_arrays(pa.array(offsets), items)


def _field(spans: pa.Table) -> pa.ChunkedArray:
    """Where the evidence stands, in the words of the row that was given."""
    field, kind = spans["field"], spans["kind"]
    waited = pc.replace_substring(field, pattern="message:", replacement="wait_seconds:")
    field = pc.if_else(pc.equal(kind, "wait_seconds"), waited, field)
    return pc.if_else(pc.equal(kind, "rating"), "rating", field)


def _numbers(keys: pa.ChunkedArray) -> Integers:
    return pc.cast(keys, pa.int64()).to_numpy()
