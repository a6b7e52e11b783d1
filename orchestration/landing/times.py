"""Reads a time in SQL: ISO 8601 with an offset, local time of Shanghai, or epoch digits.

A number of seconds and a number of milliseconds of this century cannot be confused: the two
ranges below do not meet. What is in neither is no time.
"""

FIRST_SECOND = 946_684_800
"""2000-01-01T00:00:00Z: nothing here happened before."""
LAST_SECOND = 4_102_444_799
"""2099-12-31T23:59:59Z."""

SHANGHAI_HOURS = 8
"""Hours ahead of UTC, all year, since 1991."""

# Sub-microsecond digits are cut off: the lake keeps microseconds.
_CLOCK = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?"
_LOCAL = rf"\d{{4}}-\d\d-\d\d[T ]{_CLOCK}"
_OFFSET = rf"{_LOCAL}(Z|[+-](0\d|1[0-4])(:?[0-5]\d)?)"
_DATE = r"\d{4}-\d\d-\d\d"
# Nullable integers written by pandas end in '.0'.
_EPOCH = r"\d{1,15}(\.0+)?"


def time_of(text: str, *, day_alone: bool = False) -> str:
    """SQL for the TIMESTAMPTZ that the SQL expression `text` states, NULL where it states none.

    The session's time zone must be UTC. The range is not checked here: see `in_range`.
    """
    shanghai = f"- INTERVAL {SHANGHAI_HOURS} HOUR"
    number = f"TRY_CAST(split_part({text}, '.', 1) AS BIGINT)"
    date_branch = (
        f"WHEN regexp_full_match({text}, '{_DATE}') "
        f"THEN (TRY_CAST({text} AS TIMESTAMP) {shanghai})::TIMESTAMPTZ "
        if day_alone
        else ""
    )
    return (
        "CASE "
        f"WHEN {text} IS NULL THEN NULL "
        f"WHEN regexp_full_match({text}, '{_OFFSET}') THEN TRY_CAST({text} AS TIMESTAMPTZ) "
        f"WHEN regexp_full_match({text}, '{_LOCAL}') "
        f"THEN (TRY_CAST({text} AS TIMESTAMP) {shanghai})::TIMESTAMPTZ "
        f"{date_branch}"
        f"WHEN regexp_full_match({text}, '{_EPOCH}') THEN CASE "
        f"WHEN {number} BETWEEN {FIRST_SECOND} AND {LAST_SECOND} "
        f"THEN make_timestamp({number} * 1000000)::TIMESTAMPTZ "
        f"WHEN {number} BETWEEN {FIRST_SECOND}000 AND {LAST_SECOND}999 "
        f"THEN make_timestamp({number} * 1000)::TIMESTAMPTZ END "
        "END"
    )


def in_range(time: str) -> str:
    """SQL that is true for a time of the years 2000 to 2099."""
    return f"epoch_us({time}) BETWEEN {FIRST_SECOND}000000 AND {LAST_SECOND}999999"
