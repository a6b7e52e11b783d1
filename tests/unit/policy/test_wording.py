"""What changed between two versions is told key by key, in words."""

import pytest

from orchestration.policy.wording import differences, lines_of
from tests.unit.policy.books import DOUYIN, PINDUODUO, Book

CHANGES = {
    "a_number": ("  min_orders: 30 ", "  min_orders: 50 ", ["eligibility | min orders: 30 becomes 50"]),
    "an_amount": (
        "fine: {amount_fen: 200000}", "fine: {amount_fen: 300000}",
        ["ladder | tier T1 measures fine: 2,000 yuan becomes 3,000 yuan"],
    ),
    "a_threshold": (
        "ratio_to_benchmark_low: {at_least: 2.0}", "ratio_to_benchmark_low: {at_least: 2.5}",
        ["ladder | tier T2 when ratio to benchmark low: at least 2 becomes at least 2.5"],
    ),
    "codes": (
        "    - sample_order\n", "", ["exclusions | orders: no longer sample_order"],
    ),
    "a_knot": (
        "[1.3, 60]", "[1.4, 60]",
        [
            "score | at 1.3 times the benchmark: is gone; it was 60",
            "score | at 1.4 times the benchmark: is new: 60",
        ],
    ),
    "a_guard": (
        "    - {den_lt: 500, num_le: 3, score: 80}", "    - {den_lt: 400, num_le: 3, score: 80}",
        [
            "eligibility | small n other shops: 80 below 500 orders with at most 3 negatives becomes "
            "80 below 400 orders with at most 3 negatives"
        ],
    ),
    "a_certainty": (
        "  prob_above_threshold: {at_least: 0.95, ratio_to_benchmark: 1.3}\n", "",
        [
            "eligibility | prob above threshold: is gone; it was at least 0.95 that the rate is over "
            "1.3 times the benchmark"
        ],
    ),
    "a_citation": ("sources: [S15, C1, OURS-MATURITY]", "sources: [S15, OURS-MATURITY]",
                   ["metric | cites: no longer C1"]),
    "what_a_source_says": (
        "says: A fine of 2000 yuan has been imposed for CCR.", "says: A fine of 2000 yuan.",
        ["sources | S3: says now (press): A fine of 2000 yuan."],
    ),
    "a_reason_for_an_appeal": (
        "subjects: [feedback], channels: [after_sale],", "subjects: [order],",
        [
            "appeals | reasons quality_return_against_facts: A return for quality, against the facts "
            "(消费者选择品质退货与事实不符); against feedback; by after_sale; with photo; "
            "needs a statement becomes A return for quality, against the facts "
            "(消费者选择品质退货与事实不符); against order; with photo; needs a statement"
        ],
    ),
    "a_group": (
        "rule_family: ccr\n", "rule_family: ccr\nexclusive_group: conduct\n",
        ["policy | exclusive group: is new: conduct"],
    ),
    "a_default_written_out": ("  rate: plain\n", "", []),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_told_in_words(book: Book, name: str) -> None:
    old, new, told = CHANGES[name]
    if name == "a_default_written_out":
        book.edit(DOUYIN, "  maturity_days: 7\n", "  maturity_days: 7\n  rate: plain\n")
    (before,) = book.load().of("douyin_ccr")
    book.edit(DOUYIN, old, new)
    (after,) = book.load().of("douyin_ccr")
    assert [f"{each.section} | {each}" for each in differences(before, after)] == told


def test_a_tier_taken_out_is_told_with_the_order_of_the_rest(book: Book) -> None:
    (before,) = book.load().of("douyin_ccr")
    text = (book.folder / DOUYIN).read_text(encoding="utf-8")
    tier = text[text.index("  - tier: T3\n") : text.index("  - tier: T2\n")]
    book.edit(DOUYIN, tier, "")
    (after,) = book.load().of("douyin_ccr")
    told = [str(each) for each in differences(before, after)]
    assert "asked in this order: T3, T2, T1, T0 becomes T2, T1, T0" in told
    assert "tier T3 when occurrences 90d: is gone; it was at least 3" in told
    assert all("T3" in each for each in told)


def test_steps_and_the_first_time_are_told_by_what_they_go_by(book: Book) -> None:
    (before,) = book.load().of("pinduoduo_negative_experience")
    book.edit(PINDUODUO, "{severity: 3, measures: [", "{severity: 2, measures: [")
    book.edit(PINDUODUO, "[{order_close: {}}]", "[{order_close: {}}, {deposit_deduct: {amount_fen: 50000}}]")
    book.edit(PINDUODUO, "study]\n", "study]\n  first_time_within_days: 90\n")
    (after,) = book.load().of("pinduoduo_negative_experience")
    assert [f"{each.section} | {each}" for each in differences(before, after)] == [
        "escalation | from severity 3 measures order_close: is gone; it was yes",
        "escalation | from severity 3 human review: is gone; it was none",
        "escalation | from severity 2 measures order_close: is new: yes",
        "escalation | from severity 2 measures deposit_deduct: is new: 500 yuan",
        "escalation | from severity 2 human review: is new: none",
        "exemptions | first time within days: is new: 90",
    ]


def test_each_line_cites_what_stands_nearest_to_it(book: Book) -> None:
    cited = {line.what: line.cites for line in lines_of(book.load().of(PINDUODUO.parent.name)[0])}
    assert cited["rule PDD-NO-REPLY compensation min"] == (
        "S51", "S55", "S59", "S60", "S67", "C19", "OURS-AMOUNT", "OURS-RANK",
    )  # fmt: skip
    assert cited["until"] == ("S54",)
    assert cited["low price"] == ("OURS-PARAMS",)
    assert cited["mode"] == ()
