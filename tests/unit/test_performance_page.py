"""What the page on performance says is what was measured."""

import json

from tests.bench.page import PAGE, RESULTS, TARGETS, missed, page


def test_the_page_is_made_from_the_figures() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python -m tests.bench.page`"


def test_every_target_is_measured() -> None:
    measured = sorted(RESULTS.glob("pipeline_*.json"))
    assert measured
    for file in measured:
        assert set(missed(json.loads(file.read_text(encoding="utf-8")))) == set(TARGETS)


def test_a_target_that_is_missed_is_said_to_be() -> None:
    text = page()
    for file in RESULTS.glob("pipeline_*.json"):
        for name, reached in missed(json.loads(file.read_text(encoding="utf-8"))).items():
            what, bar = TARGETS[name]
            row = f"| {what} | {bar:g} | {reached:.2f}"
            assert f"{row}, {reached / bar:.1f} times the target |" in text or (
                reached <= bar and f"{row} |" in text
            )
