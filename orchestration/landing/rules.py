"""The rules every value and row must keep, as SQL made from the contract.

A text `t_<column>` is as delivered; a value `<column>` is what it was read as. Rules come in the
order in which they are judged: the first one broken is the reason for quarantine.
"""

from collections.abc import Iterator

from orchestration.landing import privacy, times
from orchestration.landing.columns import Column, Kind, Source
from orchestration.landing.reading import Fault, quoted

REASONS: dict[str, str] = {
    "not_an_object": "The line is JSON but not an object.",
    "duplicate_name": "A JSON object names a column twice: which value holds is unknown.",
    "null_byte": "The value holds a null byte.",
    "invalid_text": "The value holds half of a surrogate pair: an emoji cut in two.",
    "control_character": "The value holds a bare control character, which JSON forbids.",
    "wrong_type": "A text column holds a JSON object, list, boolean or fraction.",
    "spreadsheet_number": "An id like 1.23E+17: a spreadsheet has rounded it.",
    "missing_value": "A required value is absent, null or empty.",
    "unknown_value": "The value is not in the column's vocabulary.",
    "not_an_integer": "A whole number was expected ('12', or '12.0' with zeros only).",
    "not_a_flag": "true, false, 1 or 0 was expected, in any case.",
    "not_a_time": "No ISO 8601 time with a time of day, no epoch seconds or milliseconds.",
    "time_out_of_range": "The time lies outside the years 2000 to 2099.",
    "time_in_future": "The time lies more than a day after the delivery day.",
    "out_of_range": "The number does not fit: a rating is 1 to 5, a count below 2,147,483,648.",
    "negative_amount": "An amount or a count is below zero.",
    "paid_before_created": "The order was paid before it was placed.",
    "ended_before_started": "The chat ended before it began.",
    "ended_before_it_began": "The period ended before it began.",
}

_INTEGER = r"-?\d+(\.0+)?"
# A spreadsheet shows long numbers so, and saves what it shows.
_SPREADSHEET = r"\d(\.\d+)?[Ee]\+\d+"
_BACKWARDS = {
    "paid_at": "paid_before_created",
    "ended_at": "ended_before_started",
    "period_ends_at": "ended_before_it_began",
}


def times_of(source: Source) -> str:
    """SQL for the list of all times of a row: read in one expression, planned once, not by column."""
    columns = _time_columns(source)
    texts = ", ".join(f"t_{column.name}" for column in columns)
    day_alone = any(column.day_alone for column in columns)
    return f"list_transform([{texts}]::VARCHAR[], lambda t: {times.time_of('t', day_alone=day_alone)})"


def value_of(source: Source, column: Column) -> str:
    """SQL for the typed value of a column, NULL where the text states none."""
    text = f"t_{column.name}"
    if column.kind is Kind.BUYER:
        return privacy.hashed(text)
    if column.kind is Kind.TIME:
        return f"_times[{_time_columns(source).index(column) + 1}]"
    if column.kind is Kind.FLAG:
        return (
            f"CASE WHEN lower({text}) IN ('true', '1', '1.0') THEN true "
            f"WHEN lower({text}) IN ('false', '0', '0.0') THEN false END"
        )
    if column.kind in {Kind.FEN, Kind.COUNT, Kind.RATING}:
        whole = f"TRY_CAST(split_part({text}, '.', 1) AS {column.kind.sql_type})"
        return f"CASE WHEN regexp_full_match({text}, '{_INTEGER}') THEN {whole} END"
    return text


def faults_of(source: Source) -> Iterator[Fault]:
    """Every rule of the source. `$ahead_us` is the first moment too late, NULL for a snapshot."""
    for column in source.columns:
        for reason, condition in _value_rules(column):
            yield Fault(column.name, reason, condition)
    for column in source.columns:
        if column.not_before:
            earlier = f'"{column.name}" < "{column.not_before}"'
            yield Fault(column.name, _BACKWARDS[column.name], earlier)


def _time_columns(source: Source) -> list[Column]:
    return [column for column in source.columns if column.kind is Kind.TIME]


def _value_rules(column: Column) -> Iterator[tuple[str, str]]:
    text, value = f"t_{column.name}", f'"{column.name}"'
    unread = f"{text} IS NOT NULL AND {value} IS NULL"
    if column.required:
        yield "missing_value", f"{text} IS NULL"
    if column.kind.is_text:
        yield "null_byte", f"contains({text}, chr(0))"
    if column.kind in {Kind.ID, Kind.BUYER}:
        spoilt = f"regexp_full_match({text}, '{_SPREADSHEET}')"
        yield "spreadsheet_number", f"CASE WHEN contains({text}, '+') THEN {spoilt} ELSE false END"
    if column.kind is Kind.CODE:
        known = ", ".join(quoted(word) for word in column.vocabulary)
        yield "unknown_value", f"{text} NOT IN ({known})"
    elif column.kind is Kind.FLAG:
        yield "not_a_flag", unread
    elif column.kind is Kind.TIME:
        yield from _time_rules(column, value, unread)
    elif column.kind in {Kind.FEN, Kind.COUNT, Kind.RATING}:
        yield "not_an_integer", f"NOT regexp_full_match({text}, '{_INTEGER}')"
        yield "out_of_range", unread
        if column.kind is Kind.RATING:
            yield "out_of_range", f"{value} NOT BETWEEN 1 AND 5"
        else:
            yield "negative_amount", f"{value} < 0"


def _time_rules(column: Column, value: str, unread: str) -> Iterator[tuple[str, str]]:
    yield "not_a_time", unread
    yield "time_out_of_range", f"NOT ({times.in_range(value)})"
    if not column.may_be_ahead:
        yield "time_in_future", f"epoch_us({value}) >= $ahead_us"
