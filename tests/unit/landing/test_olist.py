"""The Olist importer, on a folder of a few orders with every oddity of the real one."""

import json
from datetime import date
from pathlib import Path

import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from orchestration.landing import land_snapshot, land_source_day
from orchestration.landing.contract import SNAPSHOTS
from orchestration.landing.platforms.olist import DAILY, OlistError, OlistImport, import_olist
from orchestration.landing.platforms.olist_queries import ORIGINAL_NAMES
from tests.unit.landing.olist_folder import (
    BARE,
    LEFT,
    LOST,
    OPEN,
    PLAIN,
    RIGHT,
    SPLIT,
    TABLES,
    table,
    write_olist_folder,
)
from tests.unit.landing.parcels import KEY, Row


@pytest.fixture
def olist(tmp_path: Path) -> Path:
    folder = tmp_path / "olist"
    write_olist_folder(folder)
    return folder


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    return tmp_path / "landing"


@pytest.fixture
def imported(olist: Path, landing: Path) -> OlistImport:
    return import_olist(olist, landing)


def rows(landing: Path, name: str) -> list[Row]:
    return [
        json.loads(line) for line in (landing / "olist" / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]


def versions(landing: Path, order_id: str) -> list[tuple[str, Row]]:
    """The delivered versions of an order with their delivery days."""
    return [
        (path.stem, row)
        for path in sorted((landing / "olist/orders").iterdir())
        for row in map(json.loads, path.read_text("utf-8").splitlines())
        if row["order_id"] == order_id
    ]


def reviews(landing: Path) -> dict[str, tuple[str, Row]]:
    return {
        row["review_id"]: (path.stem, row)
        for path in sorted((landing / "olist/reviews").iterdir())
        for row in map(json.loads, path.read_text("utf-8").splitlines())
    }


def test_the_counts_say_what_was_met(imported: OlistImport) -> None:
    assert imported == OlistImport(
        first_day=date(2017, 10, 2),
        last_day=date(2017, 10, 20),
        orders=5,
        shop_orders=6,
        order_versions=3 + 2 * 2 + 1 + 1 + 1,
        orders_of_several_sellers=1,
        orders_without_lines=1,
        orders_received_without_approval=0,
        order_lines=6,
        reviews=5,
        shop_reviews=6,
        review_ids_on_several_orders=1,
        orders_with_several_reviews=1,
        reviews_of_unknown_orders=0,
        shops=4,
        products=2,
        categories=3,
    )
    assert "       1  orders without lines" in str(imported).splitlines()


def test_an_order_is_delivered_on_each_day_it_changed_with_what_was_known(
    imported: OlistImport, landing: Path
) -> None:
    (first_day, placed), (second_day, shipped), (third_day, received) = versions(landing, PLAIN)
    # 10:56 in Brazil is 21:56 in Shanghai; 21:25 is the next morning there.
    assert (first_day, second_day, third_day) == ("2017-10-02", "2017-10-05", "2017-10-07")
    assert placed == {
        "order_id": PLAIN,
        "shop_id": LEFT,
        "buyer_id": "u1",
        "status": "paid",
        "created_at": "2017-10-02T13:56:33Z",
        "paid_at": "2017-10-02T14:07:15Z",
        "shipped_at": None,
        "signed_at": None,
        "pay_amount_fen": 2999 + 872 + 10 + 20,
        "order_kind": "normal",
        "promised_ship_by": "2017-10-05T14:07:15Z",
        "updated_at": "2017-10-02T14:07:15Z",
    }
    assert (shipped["status"], shipped["shipped_at"]) == ("shipped", "2017-10-04T22:55:00Z")
    assert shipped["signed_at"] is None
    assert (received["status"], received["signed_at"]) == ("finished", "2017-10-07T00:25:13Z")


def test_an_order_of_two_sellers_is_two_shop_orders(imported: OlistImport, landing: Path) -> None:
    left, right = (versions(landing, f"{SPLIT}-{seller[:8]}") for seller in (LEFT, RIGHT))
    assert [row["shop_id"] for _, row in left + right] == [LEFT, LEFT, RIGHT, RIGHT]
    assert (left[0][1]["pay_amount_fen"], right[0][1]["pay_amount_fen"]) == (1000, 2100)
    assert versions(landing, SPLIT) == []


def test_a_parcel_handed_over_before_approval_was_known_unpaid(imported: OlistImport, landing: Path) -> None:
    (day, before), (next_day, after) = versions(landing, f"{SPLIT}-{LEFT[:8]}")
    assert (day, next_day) == ("2017-10-04", "2017-10-05")
    assert (before["status"], before["paid_at"]) == ("shipped", None)
    assert (after["status"], after["paid_at"]) == ("shipped", "2017-10-05T03:00:00Z")


def test_an_order_without_lines_has_no_seller_and_what_was_paid(imported: OlistImport, landing: Path) -> None:
    ((_, row),) = versions(landing, BARE)
    assert (row["shop_id"], row["pay_amount_fen"], row["status"]) == ("no_seller", 2000, "closed")
    assert "no_seller" in {shop["shop_id"] for shop in rows(landing, "shops")}


@pytest.mark.parametrize(("order_id", "status"), [(LOST, "cancelled"), (OPEN, "created")])
def test_a_final_status_is_told_with_the_last_thing_known(
    imported: OlistImport, landing: Path, order_id: str, status: str
) -> None:
    assert versions(landing, order_id)[-1][1]["status"] == status


def test_daylight_saving_is_minded(imported: OlistImport, landing: Path) -> None:
    assert versions(landing, OPEN)[0][1]["created_at"] == "2017-10-20T11:00:00Z"


def test_lines_come_with_the_first_version_of_their_order(imported: OlistImport, landing: Path) -> None:
    assert rows(landing, "order_lines/2017-10-02") == [
        {"order_id": PLAIN, "line_id": "1", "product_id": "p1", "quantity": 1, "pay_amount_fen": 3871,
         "is_gift": False},
        {"order_id": PLAIN, "line_id": "2", "product_id": "p1", "quantity": 1, "pay_amount_fen": 30,
         "is_gift": False},
        {"order_id": LOST, "line_id": "1", "product_id": "p2", "quantity": 1, "pay_amount_fen": 500,
         "is_gift": False},
    ]  # fmt: skip
    assert {row["order_id"] for row in rows(landing, "order_lines/2017-10-04")} == {
        f"{SPLIT}-{LEFT[:8]}",
        f"{SPLIT}-{RIGHT[:8]}",
    }


def test_a_review_is_delivered_on_the_day_it_was_answered(imported: OlistImport, landing: Path) -> None:
    day, row = reviews(landing)[f"r1-{PLAIN[:8]}"]
    assert day == "2017-10-09"  # 22:00 on the eighth in Brazil
    assert row == {
        "review_id": f"r1-{PLAIN[:8]}",
        "order_id": PLAIN,
        "shop_id": LEFT,
        "buyer_id": "u1",
        "rating_overall": 4,
        "text": 'Bom\nRecomendo, "muito"\nbom',
        "created_at": "2017-10-07T03:00:00Z",
        "updated_at": "2017-10-09T01:00:00Z",
    }


def test_review_ids_are_made_unique_and_linked_to_each_shop_order(
    imported: OlistImport, landing: Path
) -> None:
    linked = {key: (row["order_id"], row["shop_id"]) for key, (_, row) in reviews(landing).items()}
    left, right = LEFT[:8], RIGHT[:8]
    assert linked == {
        f"r1-{PLAIN[:8]}": (PLAIN, LEFT),
        f"r1-{LOST[:8]}": (LOST, RIGHT),
        f"r2-{left}": (f"{SPLIT}-{left}", LEFT),
        f"r2-{right}": (f"{SPLIT}-{right}", RIGHT),
        "r3": (PLAIN, LEFT),
        "r4": (BARE, "no_seller"),
    }


def test_every_day_of_the_span_has_its_files_empty_or_not(imported: OlistImport, landing: Path) -> None:
    for source in DAILY:
        files = sorted((landing / "olist" / source).iterdir())
        assert (len(files), files[0].stem, files[-1].stem) == (19, "2017-10-02", "2017-10-20")
    assert (landing / "olist/orders/2017-10-15.jsonl").read_bytes() == b""


def test_snapshots_name_shops_products_and_categories(imported: OlistImport, landing: Path) -> None:
    assert rows(landing, "shops")[0] == {
        "shop_id": LEFT,
        "name": "seller 11111111",
        "main_category_id": "beleza_saude",
    }
    assert {row["product_id"]: row["category_id"] for row in rows(landing, "products")} == {
        "p1": "beleza_saude",
        "p2": "unknown",
    }
    assert [row["category_id"] for row in rows(landing, "categories")] == [
        "beleza_saude",
        "brinquedos",
        "unknown",
    ]


def test_all_that_is_written_lands_without_a_misfit(
    imported: OlistImport, landing: Path, tmp_path: Path
) -> None:
    days = {date.fromisoformat(path.stem) for path in (landing / "olist/orders").iterdir()}
    landed = [
        delivery
        for source in DAILY
        for day in sorted(days)
        for delivery in land_source_day(landing, tmp_path / "lake", source, day, KEY)
    ]
    landed += [found for name in SNAPSHOTS for found in land_snapshot(landing, tmp_path / "lake", name)]
    assert {delivery.status for delivery in landed} == {"present", "empty"}
    assert sum(delivery.quarantined_count for delivery in landed) == 0
    assert sum(delivery.row_count for delivery in landed) == 10 + 6 + 6 + 4 + 2 + 3


def test_the_original_csv_files_give_the_same_landing_files(
    imported: OlistImport, landing: Path, tmp_path: Path
) -> None:
    originals = tmp_path / "originals"
    originals.mkdir()
    for name in TABLES:
        pa_csv.write_csv(table(name), originals / ORIGINAL_NAMES[name])
    assert import_olist(originals, tmp_path / "other") == imported
    for path in sorted((landing / "olist").rglob("*.jsonl")):
        other = tmp_path / "other" / path.relative_to(landing)
        assert other.read_bytes() == path.read_bytes(), path.name


def test_a_translation_names_the_categories(olist: Path, landing: Path) -> None:
    translation = "product_category_name,product_category_name_english\nbeleza_saude,health_beauty\n"
    (olist / "product_category_name_translation.csv").write_text(translation, "utf-8")
    import_olist(olist, landing)
    assert [row["name"] for row in rows(landing, "categories")] == ["health_beauty", "brinquedos", "unknown"]


def test_importing_again_changes_nothing(imported: OlistImport, olist: Path, landing: Path) -> None:
    before = {path: path.read_bytes() for path in landing.rglob("*.jsonl")}
    assert import_olist(olist, landing) == imported
    assert {path: path.read_bytes() for path in landing.rglob("*.jsonl")} == before


def test_progress_is_told_day_by_day(olist: Path, landing: Path) -> None:
    told: list[tuple[int, int]] = []
    import_olist(olist, landing, lambda done, total: told.append((done, total)))
    assert (told[0], told[-1], len(told)) == ((1, 19), (19, 19), 19)


def test_a_folder_that_lacks_a_table_is_refused(olist: Path, landing: Path) -> None:
    (olist / "order_items.parquet").unlink()
    with pytest.raises(OlistError, match=r"neither order_items.parquet nor olist_order_items_dataset.csv"):
        import_olist(olist, landing)


def test_a_table_that_lacks_a_column_is_refused(olist: Path, landing: Path) -> None:
    pq.write_table(table("orders").drop_columns("order_status"), olist / "orders.parquet")
    with pytest.raises(OlistError, match="orders has no column order_status"):
        import_olist(olist, landing)


def test_a_file_that_is_no_table_is_refused(olist: Path, landing: Path) -> None:
    (olist / "orders.parquet").write_bytes(b"<html>")
    with pytest.raises(OlistError, match="orders cannot be read"):
        import_olist(olist, landing)


@pytest.mark.parametrize("stranger", ["olist/orders/2020-01-01.jsonl", "olist/complaints/2017-10-02.jsonl"])
def test_a_landing_folder_that_holds_another_olist_is_left_alone(
    olist: Path, landing: Path, stranger: str
) -> None:
    (landing / stranger).parent.mkdir(parents=True)
    (landing / stranger).write_bytes(b"")
    with pytest.raises(OlistError, match="which this import does not write"):
        import_olist(olist, landing)
    assert [path for path in landing.rglob("*") if path.is_file()] == [landing / stranger]
