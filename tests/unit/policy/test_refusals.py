"""Every broken document is refused with its file, line, rule and remedy."""

from pathlib import Path

import pytest

from orchestration.policy.library import PolicyLibrary
from orchestration.policy.loading import PolicyRefusedError
from orchestration.settings import SHIPPED_POLICIES
from tests.unit.policy.books import DOUYIN, PINDUODUO, REFERENCE, Book, line_of

# file, what stands there, what is written instead, the broken rule, a text on the line at fault,
# and what the person reads
BROKEN = {
    "an_unknown_key": (
        DOUYIN, "effective_to: null", "efective_to: null",
        "unknown_key", "efective_to: null", "Did you mean 'effective_to'?",
    ),
    "an_unknown_key_at_the_top": (
        DOUYIN, "mode: enforce", "mode: enforce\nmood: good",
        "unknown_key", "mood: good", "unknown key 'mood'",
    ),
    "an_unknown_exclusion_code": (
        DOUYIN, "    - sample_order", "    - sample_orders",
        "unknown_code", "- sample_orders", "Did you mean 'sample_order'?",
    ),
    "an_unknown_issue_code": (
        PINDUODUO, "issues: [wrong_item]", "issues: [wrong_items]",
        "unknown_code", "issues: [wrong_items]", "unknown code 'wrong_items'",
    ),
    "an_unknown_measure": (
        DOUYIN, "      - product_delist: {days: 30}", "      - product_delisted: {days: 30}",
        "unknown_code", "- product_delisted", "Did you mean 'product_delist'?",
    ),
    "an_unknown_parameter_of_a_measure": (
        DOUYIN, "      - product_delist: {days: 30}", "      - product_delist: {days: 30, points: 1}",
        "unknown_key", "- product_delist: {days: 30, points", "It takes: days.",
    ),
    "an_unknown_mode": (
        DOUYIN, "mode: enforce", "mode: enforced",
        "unknown_code", "mode: enforced", "Did you mean 'enforce'?",
    ),
    "an_unknown_kind": (
        DOUYIN, "kind: rate", "kind: ratio",
        "unknown_code", "kind: ratio", "Use one of rate, per_order_ticket.",
    ),
    "an_unknown_schema": (
        DOUYIN, "schema: ccr-policy/1", "schema: ccr-policy/2",
        "not_supported", "schema: ccr-policy/2", "ccr-policy/1",
    ),
    "an_unknown_condition": (
        DOUYIN, "      occurrences_90d: {at_least: 3}", "      occurrences_60d: {at_least: 3}",
        "unknown_key", "occurrences_60d", "Did you mean 'occurrences_90d'?",
    ),
    "a_negative_fine": (
        DOUYIN, "amount_fen: 700000", "amount_fen: -700000",
        "negative_amount", "amount_fen: -700000", "amount_fen is -700000",
    ),
    "a_negative_compensation": (
        PINDUODUO, "min_fen: 500", "min_fen: -500",
        "negative_amount", "min_fen: -500", "min_fen is -500",
    ),
    "a_negative_number_of_days": (
        DOUYIN, "{days: 7}", "{days: -7}", "negative_amount", "{days: -7}", "days is -7",
    ),
    "a_fine_of_nothing": (
        DOUYIN, "amount_fen: 700000", "amount_fen: 0",
        "out_of_range", "amount_fen: 0", "measure 'fine' takes nothing",
    ),
    "a_fine_without_an_amount": (
        DOUYIN, "fine: {amount_fen: 700000}", "fine: {}",
        "value_missing", "fine: {}", "does not say its 'amount_fen'",
    ),
    "an_amount_in_yuan": (
        DOUYIN, "amount_fen: 700000", "amount_fen: 7000.00",
        "bad_value", "amount_fen: 7000.00", "amount_fen is 7000.0",
    ),
    "bounds_turned_around": (
        PINDUODUO, "min_fen: 500", "min_fen: 5000", "out_of_range", "min_fen: 5000", "at most 3000",
    ),
    "a_mild_tier_above_a_severe_one": (
        DOUYIN, "    severity: 3\n", "    severity: 1\n",
        "tier_out_of_order", "severity: 2", "tier 'T2' (severity 2) stands below 'T3' (severity 1)",
    ),
    "a_tier_with_the_threshold_of_the_one_above": (
        DOUYIN, "ratio_to_benchmark_low: {at_least: 1.3}", "ratio_to_benchmark_low: {at_least: 2.0}",
        "tier_unreachable", "- tier: T1", "tier 'T1' can never be reached after 'T2'",
    ),
    "a_point_above_a_lower_bound": (
        DOUYIN, "ratio_to_benchmark_low: {at_least: 2.0}", "ratio_to_benchmark: {at_least: 1.2}",
        "tier_unreachable", "- tier: T1", "tier 'T1' can never be reached after 'T2'",
    ),
    "a_rate_above_one": (
        DOUYIN, "ratio_to_benchmark_low: {at_least: 2.0}", "rate: {at_least: 6.0}",
        "tier_unreachable", "rate: {at_least: 6.0}", "write 6 % as 0.06",
    ),
    "a_tier_without_a_condition": (
        DOUYIN, "    when:\n      ratio_to_benchmark_low: {at_least: 2.0}\n", "    when: {}\n",
        "tier_without_condition", "when: {}", "would take every shop",
    ),
    "a_rate_that_nobody_counts": (
        DOUYIN, "  window_days: 30\n", "  window_days: 30\n  rate: best\n",
        "unknown_code", "rate: best", "plain",
    ),
    "a_tier_named_twice": (
        DOUYIN, "  - tier: T1", "  - tier: T2", "named_twice", "  - tier: T2  ", "tier 'T2' is named twice",
    ),
    "a_shop_cleared_by_a_machine": (
        DOUYIN, "    human_review: required\n", "",
        "human_review_missing", "deposit_deduct_all", "without a person's confirmation",
    ),
    "a_ticket_rule_forestalled": (
        PINDUODUO, "issues: [missing_item]", "issues: [missing_item, counterfeit]",
        "tier_unreachable", "issues: [missing_item, counterfeit]", "'PDD-MISSING-ITEM' can never",
    ),
    "a_mild_ticket_rule_above_a_severe_one": (
        PINDUODUO, "    severity: 3\n", "    severity: 1\n",
        "tier_out_of_order", "severity: 3", "rule 'PDD-FALSE-VOUCHER' (severity 3)",
    ),
    "a_guard_that_never_speaks": (
        DOUYIN, "{shop_type: flagship, den_lt: 300", "{den_lt: 300",
        "guard_unreachable", "{den_lt: 500", "guard 2 never speaks",
    ),
    "enforcement_before_effect": (
        DOUYIN, "enforced_from: 2026-07-14", "enforced_from: 2026-07-13",
        "enforced_before_effective", "enforced_from: 2026-07-13", "no rule punishes before it holds",
    ),
    "an_end_before_the_beginning": (
        DOUYIN, "effective_to: null", "effective_to: 2026-07-14",
        "dates_out_of_order", "effective_to: 2026-07-14", "does not come after",
    ),
    "a_day_that_is_none": (
        DOUYIN, "effective_from: 2026-07-14", "effective_from: 2026-02-30",
        "not_a_day", "effective_from: 2026-02-30", "'2026-02-30' is not a day",
    ),
    "a_day_as_a_number": (
        DOUYIN, "effective_from: 2026-07-14", "effective_from: 20260714",
        "not_a_day", "effective_from: 20260714", "20260714 is not a day",
    ),
    "a_tier_without_sources": (
        DOUYIN, "    sources: [S4, S5, S6, OURS-LADDER]\n", "",
        "source_missing", "  - tier: T2", "this rule names no source",
    ),
    "a_rule_with_an_empty_list_of_sources": (
        PINDUODUO, "sources: [S75, S59, S60, S64, C19, OURS-AMOUNT, OURS-RANK]", "sources: []",
        "source_missing", "sources: []", "this rule names no source",
    ),
    "a_source_never_declared": (
        DOUYIN, "sources: [S4, S5, S6, OURS-LADDER]", "sources: [S4, S99]",
        "source_missing", "sources: [S4, S99]", "source 'S99' is cited and never declared",
    ),
    "a_source_that_cannot_be_looked_up": (
        DOUYIN, "{id: S3, grade: press, where: en.shxuanming.net/industry/5758.html,",
        "{id: S3, grade: press,", "source_missing", "{id: S3, grade: press,", "says nowhere",
    ),
    "a_window_that_is_not_scored": (
        DOUYIN, "window_days: 30", "window_days: 14", "not_supported", "window_days: 14", "7 or 30",
    ),
    "a_parameter_that_nothing_reads": (
        DOUYIN, "instant_refund_minutes: 30", "instant_refund_minutes: 60",
        "not_supported", "instant_refund_minutes: 60", "another one needs the models changed first",
    ),
    "a_channel_left_out": (
        DOUYIN, "channels: [review, after_sale, complaint, im_session]", "channels: [review]",
        "not_supported", "channels: [review]", "counted all together",
    ),
    "a_key_written_twice": (
        DOUYIN, "mode: enforce", "mode: enforce\nmode: shadow",
        "duplicate_key", "mode: shadow", "'mode' is written twice",
    ),
    "an_anchor": (
        DOUYIN, "sources: [S27, S28, OURS-LADDER]", "sources: &cited [S27, S28, OURS-LADDER]",
        "no_anchors", "&cited", "Write the value out",
    ),
    "broken_yaml": (
        DOUYIN, "mode: enforce", "mode: [enforce", "not_yaml", "straddle:", "in what begins on line 9",
    ),
    "a_tag_that_makes_an_object": (
        DOUYIN, "mode: enforce", "mode: !!python/name:os.system x",
        "not_yaml", "!!python", "YAML cannot be read here",
    ),
    "a_missing_part": (
        DOUYIN, "  every: week\n", "", "value_missing", "evaluation:", "'every' is missing",
    ),
    "a_version_in_the_wrong_file": (
        DOUYIN, "version: 2026-07-14", "version: 2026-07-15",
        "wrong_place", "version: 2026-07-15", "the file lies at '2026-07-14'",
    ),
    "a_policy_in_the_wrong_folder": (
        REFERENCE, "policy_id: reference_ccr", "policy_id: other_ccr",
        "wrong_place", "policy_id: other_ccr", "the file lies at 'reference_ccr'",
    ),
    "two_policies_for_one_rate": (
        REFERENCE, 'platform: "*"', "platform: douyin",
        "policies_overlap", "rule_family", "both judge ccr_rate of platform 'douyin'",
    ),
    "a_predecessor_that_is_none": (
        DOUYIN, "mode: enforce", "mode: enforce\nsupersedes: 2026-01-01",
        "supersedes_unknown", "supersedes: 2026-01-01", "comes after nothing",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_document_is_refused_where_it_is_broken(book: Book, name: str) -> None:
    file, old, new, rule, sign, says = BROKEN[name]
    path = book.edit(file, old, new)
    if sign.endswith("  "):  # the second line with that text
        text = path.read_text(encoding="utf-8").splitlines()
        line = [number for number, each in enumerate(text, start=1) if sign.strip() in each][1]
    elif name == "two_policies_for_one_rate":
        path = book.folder / DOUYIN  # the later of the two
        line = line_of(path, sign)
    else:
        line = line_of(path, sign)
    faults = book.faults()
    assert [(fault.file, fault.line, fault.rule) for fault in faults] == [(str(path), line, rule)]
    assert says in str(faults[0])
    assert faults[0].remedy.endswith((".", "?"))


def test_the_shipped_book_is_whole(book: Book) -> None:
    assert len(book.load().versions) == 10
    assert len(PolicyLibrary.load([SHIPPED_POLICIES]).versions) == 11


def test_all_faults_of_all_files_are_told_at_once(book: Book) -> None:
    book.edit(DOUYIN, "mode: enforce", "mode: enforced")
    book.edit(DOUYIN, "  min_orders: 30", "  min_orders: -30")
    book.edit(PINDUODUO, "severity: 3", "severity: 4")
    assert sorted(fault.rule for fault in book.faults()) == [
        "negative_amount",
        "out_of_range",
        "unknown_code",
    ]


def test_bytes_that_are_no_text_are_refused_at_their_line(book: Book) -> None:
    path = book.folder / DOUYIN
    path.write_bytes(path.read_bytes().replace(b"kind: rate", b"kind: \xff\xfe"))
    assert [(fault.rule, fault.line) for fault in book.faults()] == [("not_yaml", 5)]


@pytest.mark.parametrize("content", ["", "- a\n- b\n", "a: b: c", "[" * 5000, "a: \x00"])
def test_what_is_no_mapping_is_refused(book: Book, content: str) -> None:
    (book.folder / DOUYIN).write_text(content, encoding="utf-8")
    assert [fault.rule for fault in book.faults()] == ["not_yaml"]


def test_yes_and_on_and_010_are_the_words_they_are(book: Book) -> None:
    book.edit(DOUYIN, "  min_orders: 30 ", "  min_orders: 010 ")
    book.edit(PINDUODUO, "appealable: true", "appealable: yes")
    assert [(fault.rule, "'010'" in fault.says or "'yes'" in fault.says) for fault in book.faults()] == [
        ("bad_value", True),
        ("bad_value", True),
    ]


def test_a_gap_between_versions_is_refused(book: Book) -> None:
    book.edit(DOUYIN, "effective_to: null", "effective_to: 2026-09-01")
    path = book.next_version(DOUYIN, "2026-09-08")
    (fault,) = book.faults()
    assert (fault.file, fault.line, fault.rule) == (
        str(path),
        line_of(path, "effective_from"),
        "versions_leave_a_gap",
    )
    assert "from 2026-09-01 to 2026-09-08" in fault.says


def test_two_versions_on_one_day_are_refused(book: Book) -> None:
    book.edit(DOUYIN, "effective_to: null", "effective_to: 2026-09-09")
    path = book.next_version(DOUYIN, "2026-09-08")
    (fault,) = book.faults()
    assert (fault.file, fault.rule) == (str(path), "versions_overlap")


def test_a_version_after_an_open_one_must_say_that_it_supersedes_it(book: Book) -> None:
    book.next_version(DOUYIN, "2026-09-08")
    (fault,) = book.faults()
    assert fault.rule == "versions_overlap"
    assert "Write `supersedes: 2026-07-14` here" in fault.remedy


def test_a_version_read_from_two_folders_is_refused(book: Book, tmp_path: Path) -> None:
    again = Book(tmp_path / "again")
    with pytest.raises(PolicyRefusedError, match="duplicate_version"):
        PolicyLibrary.load([book.folder, again.folder])


@pytest.mark.parametrize("name", ["douyin_ccr/2026-09-08.yml", "stray.yaml"])
def test_a_file_that_would_not_be_read_is_refused(book: Book, name: str) -> None:
    (book.folder / name).write_text("schema: ccr-policy/1\n", encoding="utf-8")
    assert [fault.rule for fault in book.faults()] == ["wrong_place"]


def test_a_folder_that_is_missing_or_empty_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyRefusedError, match="no_such_folder"):
        PolicyLibrary.load([tmp_path / "nowhere"])
    with pytest.raises(PolicyRefusedError, match="empty_folder"):
        PolicyLibrary.load([tmp_path])
