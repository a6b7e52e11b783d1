"""The one partition of the house, and the days that a run must bring up to date."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import dagster as dg

FIRST_BUSINESS_DAY = "2016-01-01"
BUSINESS_DAY = dg.DailyPartitionsDefinition(start_date=FIRST_BUSINESS_DAY, timezone="Asia/Shanghai")
ONE_RUN_PER_RANGE = dg.BackfillPolicy.single_run()


@dataclass(frozen=True)
class Days:
    """Business days from first to last, both included."""

    first: date
    last: date

    def __iter__(self) -> Iterator[date]:
        for offset in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=offset)

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first}..{self.last}"

    def through(self, last: date | None) -> "Days":
        """The same days, and every later one up to `last`."""
        return self if last is None or last <= self.last else Days(self.first, last)


def days_of(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext) -> Days:
    """The days that this run was asked for."""
    if isinstance(context, dg.AssetCheckExecutionContext):
        keys = context.op_execution_context.partition_key_range
    else:
        keys = context.partition_key_range
    return Days(date.fromisoformat(keys.start), date.fromisoformat(keys.end))
