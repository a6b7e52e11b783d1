"""The pages: whole, the same twice, and silent towards their makers."""

import re
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from expectations.data_docs import build
from expectations.metrics import TABLES, metrics
from tests.expectations.market import TODAY, YESTERDAY


@pytest.fixture(scope="module")
def frames(sound_market: duckdb.DuckDBPyConnection) -> dict[str, pd.DataFrame]:
    """Two days of metrics, on the second of which an order has no buyer."""
    measured = {table: metrics(sound_market, table, YESTERDAY, TODAY) for table in TABLES}
    measured["orders"]["null_buyer_id_count"] = [0, 1]
    return measured


@pytest.fixture(scope="module")
def site(frames: dict[str, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built pages."""
    return build(frames, tmp_path_factory.mktemp("docs")).parent


def pages(site: Path) -> dict[str, bytes]:
    return {page.relative_to(site).as_posix(): page.read_bytes() for page in site.rglob("*.html")}


def test_every_suite_has_a_page_of_rules_and_a_page_of_results(site: Path) -> None:
    run = "2026-09-09..2026-09-10/20260910T000000.000000Z"
    suites = [f"{table}_is_{grade}" for table in TABLES for grade in ("sound", "plausible")]
    assert sorted(pages(site)) == sorted(
        [
            "index.html",
            *(f"expectations/{suite}.html" for suite in suites),
            *(f"validations/{suite}/{run}/metrics-{suite}.html" for suite in suites),
        ]
    )


def test_the_results_show_the_sentence_and_the_broken_day(site: Path) -> None:
    [page] = (site / "validations" / "orders_is_sound").rglob("*.html")
    text = page.read_text(encoding="utf-8")
    assert "Every row has its buyer_id (D.10-9)." in text
    assert "1 unexpected values found" in text
    assert "2026-09-10" in text


def test_the_index_lists_the_results_without_a_script(site: Path) -> None:
    index = (site / "index.html").read_text(encoding="utf-8")
    listed = dict(re.findall(r'<li><a href="[^"]+">(\w+)</a>: (\w+)</li>', index))
    assert listed.pop("orders_is_sound") == "broken"
    assert set(listed.values()) == {"holds"}
    for target in re.findall(r'<li><a href="([^"]+)">', index):
        assert (site / target).is_file()


def test_the_same_metrics_give_the_same_pages(
    site: Path, frames: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    assert pages(build(frames, tmp_path).parent) == pages(site)


def test_no_page_reports_to_the_makers_of_great_expectations(site: Path) -> None:
    logo = re.compile(r'src="([^"]*logo-long[^"]*)"')
    for name, page in pages(site).items():
        for source in logo.findall(page.decode("utf-8")):
            assert (site / name).parent.joinpath(source).resolve().is_file()
        assert b"dataContextId" not in page


def test_a_new_site_leaves_nothing_of_the_old_one(frames: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    build({table: frames[table] for table in ("orders", "reviews")}, tmp_path)
    index = build({"orders": frames["orders"]}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
    assert not [name for name in pages(index.parent) if "reviews" in name]


def test_a_failed_build_leaves_the_old_site_standing(frames: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    index = build({"orders": frames["orders"]}, tmp_path)
    with pytest.raises(ValueError, match="No business day of reviews"):
        build({"reviews": frames["reviews"].head(0)}, tmp_path)
    assert index.is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
