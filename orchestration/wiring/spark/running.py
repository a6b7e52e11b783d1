"""Takes a home that was run on DuckDB through the same models on Spark, and compares what both say."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.classification.classifier import Classifier
from orchestration.settings import Settings
from orchestration.wiring.lake_tables import LAKE_TABLES
from orchestration.wiring.partitions import Days
from orchestration.wiring.spark import session as spark
from orchestration.wiring.spark.classification import CLASSIFIED_ON_SPARK, classify
from orchestration.wiring.spark.comparison import Compared, compared
from orchestration.wiring.spark.lake import show_lake, show_table
from orchestration.wiring.spark.models import SparkModels
from orchestration.wiring.warehouse import opened
from orchestration.wiring.warehouse import show_lake as show_lake_to_warehouse

Say = Callable[[str], None]


class NotComparableError(RuntimeError):
    """The home has nothing that Spark could be compared with; says what to do."""


@dataclass
class Outcome:
    """The tables compared, and the seconds of each step and each model."""

    tables: list[Compared] = field(default_factory=list)
    step_seconds: dict[str, float] = field(default_factory=dict)
    model_seconds: dict[str, float] = field(default_factory=dict)

    @property
    def is_equal(self) -> bool:
        """Whether every table is the same on both engines."""
        return bool(self.tables) and all(table.is_equal for table in self.tables)


def run_on_spark(
    settings: Settings, windows: Sequence[Days], selections: tuple[str, str], say: Say, cores: int = 2
) -> Outcome:
    """Runs the windows one after another: models, the classifier, the models that read what it said.

    `selections` are dbt's for both parts. Only `<home>/spark` is written to.
    """
    spark.require()
    _require_tags_of_this_classifier(settings)
    outcome = Outcome()
    folder = settings.home / "spark"
    with _timed(outcome, "all of it", say):
        with spark.opened(folder, cores) as session:
            with _timed(outcome, "lake shown to Spark", say):
                show_lake(session, settings.lake, LAKE_TABLES)
            with _timed(outcome, "dbt project read", say):
                models = SparkModels(folder / "dbt")
            for days in windows:
                with _timed(outcome, f"{days}: models before the classifier", say):
                    outcome.model_seconds |= models.run(selections[0], days)
                with _timed(outcome, f"{days}: classifier", say):
                    classify(session, days, settings.model, folder / "lake")
                    for table in LAKE_TABLES:
                        if table.schema == "classified" and table.name in CLASSIFIED_ON_SPARK:
                            show_table(session, folder / "lake", table)
                with _timed(outcome, f"{days}: models after the classifier", say):
                    outcome.model_seconds |= models.run(selections[1], days)
            with _timed(outcome, "views written out", say):
                for schema, name in models.views():
                    session.table(f"{schema}.{name}").write.parquet(str(folder / "views" / schema / name))
        with _timed(outcome, "comparison", say):
            outcome.tables = _compare(settings, folder, models)
    return outcome


def _compare(settings: Settings, folder: Path, models: SparkModels) -> list[Compared]:
    with opened(settings.warehouse) as connection:
        show_lake_to_warehouse(connection, settings.lake, LAKE_TABLES)
        said = [
            compared(connection, "classified", name, folder / "lake" / "classified" / name)
            for name in CLASSIFIED_ON_SPARK
        ]
        built = [
            compared(connection, schema, name, folder / "warehouse" / f"{schema}.db" / name)
            for schema, name in models.stored()
        ]
        shown = [
            compared(connection, schema, name, folder / "views" / schema / name)
            for schema, name in models.views()
        ]
    return said + built + shown


def _require_tags_of_this_classifier(settings: Settings) -> None:
    if not settings.warehouse.exists():
        raise NotComparableError(f"{settings.home} has no warehouse yet; `ccr run` makes one")
    version = Classifier.load(settings.model).version
    with opened(settings.warehouse) as connection:
        show_lake_to_warehouse(connection, settings.lake, LAKE_TABLES)
        stored = connection.execute(
            "select distinct classifier_version from classified.feedback_tags order by all"
        ).fetchall()
    others = [said for (said,) in stored if said != version]
    if others:
        raise NotComparableError(
            f"{settings.home}: tags are of {', '.join(others)} and the classifier is {version}; both engines "
            "are compared by one classifier. Use `ccr retag --apply` and run the days again"
        )


@contextmanager
def _timed(outcome: Outcome, step: str, say: Say) -> Iterator[None]:
    started = time.monotonic()
    yield
    outcome.step_seconds[step] = time.monotonic() - started
    say(f"{step}: {outcome.step_seconds[step]:.0f} s")
