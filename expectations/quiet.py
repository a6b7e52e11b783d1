"""Great Expectations, held to its task: nothing drawn on the terminal."""

from typing import TypeVar

from great_expectations.data_context import AbstractDataContext
from great_expectations.data_context.types.base import ProgressBarsConfig

Context = TypeVar("Context", bound=AbstractDataContext)


def without_progress_bars(context: Context) -> Context:
    """The context itself, which no longer draws progress bars."""
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context
