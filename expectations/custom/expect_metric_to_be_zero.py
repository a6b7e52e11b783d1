"""A count of breaches that must be zero."""

from great_expectations.core.types import Comparable
from great_expectations.expectations.core import ExpectColumnValuesToBeBetween


class ExpectMetricToBeZero(ExpectColumnValuesToBeBetween):
    """Holds where a rule was never broken; the description is the rule."""

    min_value: Comparable | None = 0
    max_value: Comparable | None = 0
