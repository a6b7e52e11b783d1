"""Holds a table's metrics against its expectations. Knows GX; has never heard of Dagster."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from expectations.suites import Grade, expectations_on

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuiteValidationResult, ExpectationValidationResult
    from great_expectations.expectations.expectation import Expectation

_DAYS_SHOWN = 5


@dataclass(frozen=True)
class Verdict:
    """One expectation, and the business days on which it was broken."""

    expectation: str
    passed: bool
    broken_days: tuple[str, ...]
    observed: str


def judge(table: str, grade: Grade, frame: pd.DataFrame) -> list[Verdict]:
    """One verdict for each expectation of the grade, in the order of the suite."""
    expectations = expectations_on(table, grade)
    found = {
        result.expectation_config.description: result
        for result in validated(table, grade, frame).results
        if result.expectation_config is not None
    }
    return [_verdict(expectation, found[expectation.description], frame) for expectation in expectations]


# by suite, the figures it was last held against; a suite's check and its page ask for the same ones
_validated: "dict[str, tuple[pd.DataFrame, ExpectationSuiteValidationResult]]" = {}


def validated(table: str, grade: Grade, frame: pd.DataFrame) -> "ExpectationSuiteValidationResult":
    """What GX found. The same figures are not held against the same suite twice in a row."""
    name = f"{table}_is_{grade}"
    if name not in _validated or not _validated[name][0].equals(frame):
        expectations = expectations_on(table, grade)
        _require_measured(table, expectations, frame)
        _validated[name] = (frame.copy(), _validate(name, expectations, frame))
    return _validated[name][1]


def _require_measured(table: str, expectations: list["Expectation"], frame: pd.DataFrame) -> None:
    """Refuses a frame that GX would pass for want of anything to look at."""
    if frame.empty:
        raise ValueError(
            f"No business day of {table} to judge: none in the window was processed. "
            "Land the deliveries of the window first."
        )
    columns = [column_of(expectation) for expectation in expectations]
    missing = sorted({column for column in columns if column not in frame})
    if missing:
        raise ValueError(
            f"The metrics of {table} lack {missing}, which its suite judges: "
            f"add them to expectations/metrics/{table}.sql"
        )
    unknown = sorted({column for column in columns if column.endswith("_count") and frame[column].hasnans})
    if unknown:
        raise ValueError(
            f"The metrics of {table} have no number for {unknown} on some day, and unknown is "
            "not zero: measure with expectations.metrics.metrics"
        )


def column_of(expectation: "Expectation") -> str:
    """The metric that an expectation judges. Every expectation here judges one column."""
    return str(expectation.configuration.kwargs["column"])


def _validate(
    name: str, expectations: list["Expectation"], frame: pd.DataFrame
) -> "ExpectationSuiteValidationResult":
    import great_expectations as gx

    from expectations.quiet import without_progress_bars

    context = without_progress_bars(gx.get_context(mode="ephemeral"))
    batch = (
        context.data_sources.add_pandas("metrics")
        .add_dataframe_asset(name)
        .add_batch_definition_whole_dataframe("business_days")
        .get_batch(batch_parameters={"dataframe": frame})
    )
    suite = gx.ExpectationSuite(name=name, expectations=expectations)
    return batch.validate(
        suite,
        result_format={
            "result_format": "COMPLETE",
            "unexpected_index_column_names": ["business_day"],
        },
    )


def _verdict(
    expectation: "Expectation", result: "ExpectationValidationResult", frame: pd.DataFrame
) -> Verdict:
    if "element_count" not in result.result:
        raise RuntimeError(f"GX could not judge '{expectation.description}': {result.exception_info}")
    column = column_of(expectation)
    rows = result.result.get("unexpected_index_list") or []
    broken_days = tuple(sorted(str(row["business_day"]) for row in rows))
    return Verdict(
        expectation=str(expectation.description),
        passed=bool(result.success),
        broken_days=broken_days,
        observed=_broken(column, broken_days, frame) if broken_days else _span(column, frame),
    )


def _broken(column: str, days: tuple[str, ...], frame: pd.DataFrame) -> str:
    measured = frame.set_index("business_day")
    witness = f"{column.rsplit('_', 1)[0]}_witness"
    shown: list[str] = []
    for day in days[:_DAYS_SHOWN]:
        words = str(measured.at[day, witness]) if witness in measured else ""
        shown.append(f"{day}: {_number(measured.at[day, column])}" + (f" ({words})" if words else ""))
    unseen = len(days) - _DAYS_SHOWN
    return "; ".join(shown) + (f"; and {unseen} days more" if unseen > 0 else "")


def _span(column: str, frame: pd.DataFrame) -> str:
    known = frame[column].dropna()
    if known.empty:
        return "nothing to measure"
    low, high = _number(known.min()), _number(known.max())
    return low if low == high else f"{low} to {high}"


def _number(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
