"""The taxonomy knows every issue of the domain in its dimension."""

import pytest

from orchestration.classification.taxonomy import Taxonomy, taxonomy


@pytest.mark.parametrize(
    ("code", "dimension", "needs_theme"),
    [
        ("quality_defect", "product", False),
        ("misleading_listing", "product", False),
        ("damaged_on_arrival", "logistics", False),
        ("late_ship", "logistics", False),
        ("courier_service", "logistics", False),
        ("packaging_poor", "logistics", False),
        ("no_reply", "service", False),
        ("live_display_mismatch", "content", True),
        ("content_promise_mismatch", "content", True),
    ],
)
def test_an_issue_stands_in_its_dimension(code: str, dimension: str, needs_theme: bool) -> None:
    issue = taxonomy().issue(code)
    assert (issue.dimension, issue.needs_content_theme) == (dimension, needs_theme)


def test_an_unknown_issue_is_named() -> None:
    with pytest.raises(KeyError, match="bad_luck"):
        taxonomy().issue("bad_luck")


def test_a_code_used_twice_is_refused() -> None:
    issue = taxonomy().issue("late_ship")
    with pytest.raises(ValueError, match="late_ship"):
        Taxonomy(issues=(issue, issue), guards=(), manners=())
