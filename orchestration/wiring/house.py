"""The paths of the house as a Dagster resource, and the doors to lake and warehouse."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import dagster as dg
import duckdb
from dagster import InitResourceContext

from orchestration.settings import Engine, Settings
from orchestration.wiring.lake_tables import LAKE_TABLES
from orchestration.wiring.landed import last_processed_day
from orchestration.wiring.lock import held
from orchestration.wiring.partitions import Days
from orchestration.wiring.warehouse import opened, show_lake
from orchestration.wiring.windows import windows


class House(dg.ConfigurableResource):
    """Where this run reads and writes, for one run at a time.

    Secrets are not in it: run configuration is stored.
    """

    home: str
    landing: str

    @contextmanager
    def yield_for_execution(self, context: InitResourceContext) -> Iterator["House"]:
        """The house is this run's alone from its first step to its last."""
        say = context.log.info if context.log else print
        with held(
            Path(self.home) / "run.lock", context.run.run_id if context.run else "", context.instance, say
        ):
            yield self

    def settings(self) -> Settings:
        """The settings of the environment, with the folders of this run."""
        return replace(Settings.from_environment(), home=Path(self.home), landing=Path(self.landing))

    @contextmanager
    def warehouse(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection that sees the lake as it is now."""
        settings = self.settings()
        with opened(settings.warehouse) as connection:
            show_lake(connection, settings.lake, LAKE_TABLES)
            yield connection

    def to_bring_up_to_date(self, days: Days) -> Days:
        """The days asked for, and every processed day after them.

        What is learnt about a day changes what later days say, never earlier ones.
        """
        return days.through(last_processed_day(self.settings().lake))

    def windows(self, days: Days) -> list[Days]:
        """The days in windows that are computed one after another, by how many orders were delivered."""
        with self.warehouse() as connection:
            delivered = connection.execute(
                "select business_day, count(*) from raw.orders "
                "where business_day between ? and ? group by business_day",
                [days.first, days.last],
            ).fetchall()
        return windows(days, dict(delivered), Engine.from_environment().rows_per_window)

    def show_lake_to_dbt(self) -> None:
        """dbt reads the lake through views, which must know of every file that is there by now."""
        with self.warehouse():
            pass
