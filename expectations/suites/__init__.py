"""The rules of each table, as sentences: one module a table, `sound()` and `plausible()` in it."""

from importlib import import_module
from typing import TYPE_CHECKING, Literal

from expectations.metrics import TABLES

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

Grade = Literal["sound", "plausible"]
GRADES: tuple[Grade, ...] = ("sound", "plausible")


def expectations_on(table: str, grade: Grade) -> list["Expectation"]:
    """The expectations of one grade, in the order of the suite. Imports GX."""
    if table not in TABLES:
        raise ValueError(f"No suite is written for table '{table}': choose from {TABLES}")
    suite = import_module(f"expectations.suites.{table}")
    return suite.sound() if grade == "sound" else suite.plausible()
