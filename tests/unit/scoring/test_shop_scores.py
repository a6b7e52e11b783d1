"""A day's subjects as rows: what is passed on, what is computed, what stays unknown."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

from orchestration.scoring.shop_scores import SHOP_SCORES_SCHEMA, scored
from orchestration.scoring.statistics import Statistics

SUBJECTS = pa.schema(
    [
        ("platform", pa.string()),
        ("subject_type", pa.string()),
        ("subject_id", pa.string()),
        ("window_days", pa.int32()),
        ("category_key", pa.string()),
        ("family_key", pa.string()),
        ("num", pa.int64()),
        ("den", pa.int64()),
        ("benchmark_rate", pa.float64()),
        ("min_orders", pa.int32()),
        ("guard_score", pa.float64()),
        ("least_probability", pa.float64()),
        ("policy_id", pa.string()),
        ("policy_version", pa.string()),
    ]
)


def shop(name: str, num: int, den: int, **values: Any) -> dict[str, Any]:
    return {
        "platform": "p",
        "subject_type": "shop",
        "subject_id": name,
        "window_days": 30,
        "category_key": "c",
        "family_key": "f",
        "num": num,
        "den": den,
        "benchmark_rate": 0.03,
        "min_orders": 30,
        "policy_id": "a",
        "policy_version": "1",
        **values,
    }


PEERS = [shop(f"peer{n}", num, 200) for n, num in enumerate([2, 9, 4, 7, 6, 5, 10, 3])]


def rows(*shops: dict[str, Any], **statistics: Any) -> dict[str, dict[str, Any]]:
    found = scored(pa.Table.from_pylist([*shops, *PEERS], SUBJECTS), Statistics(**statistics))
    assert found.schema == SHOP_SCORES_SCHEMA
    return {row["subject_id"]: row for row in found.to_pylist()}


def test_a_shop_far_above_its_peers_is_flagged_and_scores_low() -> None:
    found = rows(shop("bad", 60, 300), shop("good", 2, 300))
    bad, good = found["bad"], found["good"]
    assert (bad["is_flagged"], good["is_flagged"]) == (True, False)
    assert bad["threshold"] == pytest.approx(0.039)
    assert bad["prob_above_threshold"] > 0.999
    assert good["prob_above_threshold"] < 0.05
    assert bad["ratio_eb_to_benchmark"] == pytest.approx(bad["rate_eb"] / 0.03)
    assert bad["jeffreys_low"] < 0.2 < bad["jeffreys_high"]
    assert bad["score"] < 10
    assert good["score"] > 80
    assert (bad["prior_level"], bad["prior_subjects"]) == ("category", 9)
    assert (bad["policy_id"], bad["policy_version"], bad["window_days"]) == ("a", "1", 30)


def test_a_shop_without_orders_is_unknown_and_never_0() -> None:
    row = rows(shop("none", 0, 0))["none"]
    assert row["score_status"] == "no_orders"
    unknown = ["rate_eb", "jeffreys_low", "jeffreys_high", "prob_above_threshold", "funnel_p", "funnel_q"]
    unknown += ["is_flagged", "ratio_eb_to_benchmark", "score"]
    assert [row[column] for column in unknown] == [None] * len(unknown)


def test_a_shop_with_too_few_orders_has_a_rate_and_no_score_and_is_no_test() -> None:
    row = rows(shop("few", 20, 29))["few"]
    assert row["score_status"] == "insufficient"
    assert row["rate_eb"] > 0.03
    assert (row["score"], row["funnel_p"], row["funnel_q"], row["is_flagged"]) == (None, None, None, None)
    q_values = [rows(*([shop("few", 20, 29)] * count))["peer1"]["funnel_q"] for count in (0, 3)]
    assert q_values[0] == q_values[1]


def test_a_guarded_shop_has_the_score_of_the_guard() -> None:
    row = rows(shop("small", 3, 299, guard_score=80.0))["small"]
    assert (row["score"], row["score_status"]) == (80.0, "guarded_small_n")


@pytest.mark.parametrize("benchmark", [None, 0.0])
def test_without_a_benchmark_there_is_no_threshold(benchmark: float | None) -> None:
    row = rows(shop("alone", 30, 300, benchmark_rate=benchmark))["alone"]
    assert row["score_status"] == "no_benchmark"
    unknown = (
        "threshold",
        "prob_above_threshold",
        "funnel_p",
        "is_flagged",
        "ratio_eb_to_benchmark",
        "score",
    )
    assert [row[column] for column in unknown] == [None] * len(unknown)
    assert row["rate_eb"] < 0.1


def test_without_peers_there_is_no_prior() -> None:
    table = scored(pa.Table.from_pylist([shop("alone", 30, 300)], SUBJECTS), Statistics())
    (row,) = table.to_pylist()
    assert (row["score_status"], row["prior_level"], row["prior_subjects"]) == ("no_prior", None, 0)
    assert (row["prior_alpha"], row["rate_eb"], row["prob_above_threshold"]) == (None, None, None)
    assert row["jeffreys_low"] == pytest.approx(0.069893, abs=1e-6)


def test_a_shop_of_no_category_is_held_against_the_platform() -> None:
    assert rows(shop("nowhere", 30, 300, category_key=None, family_key=None))["nowhere"]["prior_level"] == (
        "platform"
    )


def test_a_shop_is_held_against_peers_that_differ_as_these_do() -> None:
    row = rows(shop("bad", 25, 300))["bad"]
    strength = row["prior_alpha"] + row["prior_beta"]
    assert row["funnel_p"] == pytest.approx(
        stats.betabinom.sf(24, 300, 0.03 * strength, 0.97 * strength), rel=1e-6
    )


def test_the_parameters_are_those_given() -> None:
    def bad(**statistics: Any) -> dict[str, Any]:
        return rows(shop("bad", 25, 300), **statistics)["bad"]

    usual = bad()
    assert usual["score"] < 50
    assert usual["is_flagged"] is True
    assert bad(fdr_q=1e-9)["is_flagged"] is False
    assert bad(threshold_ratio=2.0)["threshold"] == pytest.approx(0.06)
    assert bad(interval_level=0.8)["jeffreys_low"] > usual["jeffreys_low"]
    assert bad(min_peers=20)["score_status"] == "no_prior"
    assert bad(min_orders_for_prior=201)["score_status"] == "no_prior"
    assert bad(knots=((0.0, 50.0), (9.0, 50.0)))["score"] == 50


def test_more_negatives_never_raise_the_score_or_lower_the_probability() -> None:
    found = [rows(shop("shop", num, 300))["shop"] for num in range(0, 301, 5)]
    assert np.all(np.diff([row["score"] for row in found]) <= 0)
    assert np.all(np.diff([row["prob_above_threshold"] for row in found]) >= 0)
    assert np.all(np.diff([row["funnel_p"] for row in found]) <= 1e-12)
    assert found[0]["score"] > 90
    assert found[-1]["score"] < 1


@pytest.mark.parametrize(("den", "least"), [(300, 0.95), (300, 0.5), (41, 0.999), (1, 0.05), (1, 0.95)])
def test_the_fewest_probable_negatives_are_where_the_probability_passes_what_is_asked(
    den: int, least: float
) -> None:
    found = [rows(shop("shop", num, den, least_probability=least))["shop"] for num in range(den + 1)]
    probable = [num for num, row in enumerate(found) if row["prob_above_threshold"] >= least]
    assert {row["num_probable"] for row in found} == {min(probable, default=None)}
    assert {bool(probable)} == {(den, least) != (1, 0.95)}


def test_nothing_is_probable_enough_where_nothing_is_asked_or_known() -> None:
    asked: dict[str, Any] = {"least_probability": 0.95}
    found = rows(
        shop("not asked", 60, 300),
        shop("none", 0, 0, **asked),
        shop("no benchmark", 60, 300, benchmark_rate=0.0, **asked),
    )
    assert [found[name]["num_probable"] for name in ("not asked", "none", "no benchmark")] == [None] * 3
    alone = scored(pa.Table.from_pylist([shop("no prior", 60, 300, **asked)], SUBJECTS), Statistics())
    assert alone["num_probable"].to_pylist() == [None]
    shops = [shop(f"asked {least}", 60, 300, least_probability=least) for least in (None, 0.6, 0.99)]
    few, sure = [rows(*shops)[f"asked {least}"]["num_probable"] for least in (0.6, 0.99)]
    assert 10 < few < sure < 60


def test_the_order_of_shops_does_not_matter() -> None:
    shops = [shop("bad", 60, 300), shop("good", 2, 300), *PEERS]
    straight = scored(pa.Table.from_pylist(shops, SUBJECTS), Statistics()).sort_by("subject_id")
    turned = scored(pa.Table.from_pylist(shops[::-1], SUBJECTS), Statistics()).sort_by("subject_id")
    assert straight.equals(turned)


def test_nobody_is_nobody() -> None:
    assert scored(SUBJECTS.empty_table(), Statistics()).num_rows == 0
