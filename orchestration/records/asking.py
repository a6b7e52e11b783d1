"""Which shops and days are meant. A range longer than the rule allows is refused, never cut short."""

from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from orchestration.records.reading import RecordsError, rows
from orchestration.records.scope import Scope

DEFAULT_DAYS = 7
MOST_DAYS = 90


@dataclass(frozen=True)
class Asked:
    """Shops of one platform, order days first to last, as known by the end of the last processed day."""

    subject: str
    platform: str
    shops: tuple[str, ...]
    first: date
    last: date
    known_on: date

    @property
    def days(self) -> int:
        """How many days, both ends included."""
        return (self.last - self.first).days + 1

    def bound(self) -> dict[str, object]:
        """As the parameters of a statement."""
        return {
            "shops": list(self.shops),
            "first": self.first,
            "last": self.last,
            "known_on": self.known_on,
        }


def ask(
    connection: duckdb.DuckDBPyConnection,
    subject: str,
    scope: Scope,
    *,
    first: date | None = None,
    last: date | None = None,
    days: int | None = None,
    default_days: int = DEFAULT_DAYS,
) -> Asked:
    """The shop or merchant group of a key (or `group:<key>`), and the days.

    Without days it is the last `default_days` that end on the last processed day. Raises ScopeError
    where the scope does not hold it, RecordsError where there is no such shop or the range is refused.
    """
    key, shops = _subject(connection, subject, scope)
    platform = key.split(":")[0]
    processed = rows(connection, "processed", platform=platform)[0]
    known_on = processed["last_day"]
    if known_on is None:
        raise RecordsError(f"no business day of {platform} was processed yet; `ccr run` processes days")
    found = Asked(key, platform, shops, *_range(known_on, first, last, days, default_days), known_on)
    _refuse(found, processed["first_day"])
    return found


def _range(
    known_on: date, first: date | None, last: date | None, days: int | None, default_days: int
) -> tuple[date, date]:
    if days is not None and first is not None:
        raise RecordsError("--days and --from both say where the range begins: leave one of them out")
    if days is not None and days < 1:
        raise RecordsError(f"{days} is no number of days: ask for 1 to {MOST_DAYS}")
    end = last or known_on
    return first or end - timedelta(days=(days or default_days) - 1), end


def _refuse(asked: Asked, first_day: date) -> None:
    if asked.first > asked.last:
        raise RecordsError(f"the range begins on {asked.first}, after its end on {asked.last}: turn it round")
    if asked.last > asked.known_on:
        raise RecordsError(
            f"{asked.last} was not processed yet: {first_day} to {asked.known_on} were. "
            f"End the range by {asked.known_on}, or run the days first"
        )
    if asked.days > MOST_DAYS:
        raise RecordsError(
            f"{asked.first} to {asked.last} are {asked.days} days; records are shown for at most "
            f"{MOST_DAYS} days at once, and nothing is cut off silently. "
            f"Begin on {asked.last - timedelta(days=MOST_DAYS - 1)} or later, or ask for several ranges"
        )


def _subject(
    connection: duckdb.DuckDBPyConnection, subject: str, scope: Scope
) -> tuple[str, tuple[str, ...]]:
    kind, _, rest = subject.partition(":")
    kinds = (kind,) if kind in ("shop", "group") else ("shop", "group")
    asked = rest if kind in ("shop", "group") else subject
    for each in kinds:
        found = rows(connection, "scope", kind=each, key=asked)
        keys = sorted({row["key"] for row in found})
        # A key that several platforms have means the one the scope holds, where it holds just one.
        if asked not in keys and len(keys) > 1:
            keys = sorted({row["key"] for row in found if scope.of([row["shop_key"]])}) or keys
        if asked in keys or len(keys) == 1:
            key = asked if asked in keys else keys[0]
            shops = tuple(sorted({row["shop_key"] for row in found if row["key"] == key}))
            scope.admit(shops, f"{each} '{asked}'")
            return key, shops
        if keys:
            scope.admit([row["shop_key"] for row in found], f"{each} '{asked}'")
            raise RecordsError(f"{each} '{asked}' is there on several platforms: say {' or '.join(keys)}")
    # Whoever has a scope is not told which other shops exist.
    scope.admit([""], f"'{asked}'")
    near = rows(connection, "nearest", asked=asked)
    hint = ", ".join(row["key"] for row in near)
    raise RecordsError(
        f"no shop or merchant group '{asked}' is known; "
        + (f"the nearest are {hint}" if hint else "there is no shop at all yet")
    )
