"""What the page on performance says is what was measured."""

import json
from itertools import pairwise

from tests.bench.page import CPU_GROWTH, LEAST, PAGE, RESULTS, TARGETS, missed, page


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


def test_the_classifier_is_held_against_its_targets() -> None:
    figures, text = json.loads((RESULTS / "classification.json").read_text(encoding="utf-8")), page()
    for name, (what, bar) in LEAST.items():
        reached = figures[name]
        row = f"| {what} | {bar:,} | {reached:,}"
        assert (f"{row} |" in text) == (reached >= bar)
        assert (f"{row}, {reached / bar:.2f} of the target |" in text) == (reached < bar)


def test_growth_is_shown_from_each_size_to_the_next() -> None:
    sizes = sorted(
        (json.loads(file.read_text(encoding="utf-8")) for file in RESULTS.glob("pipeline_*.json")),
        key=lambda figures: figures["orders"],
    )
    assert len(sizes) >= 2
    text = page()
    for smaller, larger in pairwise(sizes):
        orders = larger["orders"] / smaller["orders"]
        grown = larger["runs"][2]["cpu_s"] / smaller["runs"][2]["cpu_s"]
        steps = f"{smaller['orders']:,} to {larger['orders']:,}"
        assert f"| {steps} | {orders:g} | {grown:.1f} | {CPU_GROWTH * orders:g} |" in text
