"""The intake models are described, tested and layered; their dbt tests fail on a broken table."""

from typing import Any

import pytest

from tests.support.raw_rows import INTAKE, deliver
from tests.support.restless_deliveries import FIRST, LAST, restless_deliveries
from tests.support.warehouse import DbtFailedError, DbtProject, Warehouse

ROOMS = ("staging", "trade", "feedback")


@pytest.fixture(scope="module")
def built(dbt_project: DbtProject, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("intake"), dbt_project)
    deliver(warehouse, **restless_deliveries())
    warehouse.insert("raw.shops", [{"shop_id": "s0", "name": "a"}, {"shop_id": "s0", "name": "b"}])
    warehouse.insert(
        "raw.deliveries",
        [{"platform": "douyin", "source": "orders", "status": "present", "business_day": FIRST}],
    )
    warehouse.run(FIRST, LAST, select=INTAKE)
    return warehouse


def models(project: DbtProject) -> dict[str, Any]:
    """The models of the intake half by name."""
    return {
        node.name: node
        for node in project.manifest.nodes.values()
        if node.resource_type == "model" and node.fqn[-2] in ROOMS
    }


def test_every_model_is_described(dbt_project: DbtProject) -> None:
    assert [name for name, node in models(dbt_project).items() if not node.description] == []


def test_every_column_of_an_intermediate_table_is_described(
    built: Warehouse, dbt_project: DbtProject
) -> None:
    for table in built.tables("intermediate"):
        columns = built.query(f"describe intermediate.{table}")
        described = models(dbt_project)[table].columns
        assert [row["column_name"] for row in columns] == list(described), table
        assert all(column.description for column in described.values()), table


def test_every_table_has_a_test_of_its_grain(dbt_project: DbtProject) -> None:
    tested = {
        node.attached_node
        for node in dbt_project.manifest.nodes.values()
        if node.resource_type == "test" and "unique_grain" in node.name
    }
    untested = [
        name
        for name, node in models(dbt_project).items()
        if node.config.materialized != "ephemeral" and node.unique_id not in tested
    ]
    assert untested == []


def test_only_staging_reads_what_was_delivered(dbt_project: DbtProject) -> None:
    for name, node in models(dbt_project).items():
        kinds = {parent.split(".")[0] for parent in node.depends_on.nodes}
        assert kinds == ({"source"} if node.fqn[-2] == "staging" else {"model"}), name


def test_trade_has_never_heard_of_feedback(dbt_project: DbtProject) -> None:
    rooms = {node.unique_id: node.fqn[-2] for node in models(dbt_project).values()}
    for name, node in models(dbt_project).items():
        if node.fqn[-2] == "trade":
            assert {rooms[parent] for parent in node.depends_on.nodes} <= {"staging", "trade"}, name


def test_sources_are_the_assets_of_the_lake(dbt_project: DbtProject) -> None:
    for source in dbt_project.manifest.sources.values():
        if source.source_name == "raw":
            assert source.config.meta["dagster"]["asset_key"] == ["raw", source.name]
            assert source.description


def test_a_sound_warehouse_passes_every_test(built: Warehouse) -> None:
    built.test(FIRST, LAST, select=INTAKE)


def test_of_a_shop_listed_twice_one_row_is_kept(built: Warehouse) -> None:
    assert len(built.rows("staging.stg_shops")) == 1


@pytest.mark.parametrize(
    ("broken_by", "test"),
    [
        (
            "insert into intermediate.int_order_days from intermediate.int_order_days limit 1",
            "unique_grain_int_order_days_order_key__business_day",
        ),
        (
            "delete from intermediate.int_orders_judged where business_day = date '2026-09-03'",
            "every_delivered_order_is_judged_that_day",
        ),
        (
            "delete from intermediate.int_feedback_events where channel = 'after_sale'",
            "every_delivered_feedback_is_an_event",
        ),
        (
            f"update intermediate.int_feedback_links set business_day = date '{FIRST}'",
            "a_link_is_known_once_its_feedback_and_its_order_are",
        ),
        (
            "update intermediate.int_feedback_links set order_key = 'douyin:invented'",
            "a_link_is_known_once_its_feedback_and_its_order_are",
        ),
        (
            "delete from intermediate.int_session_messages where seq = 0",
            "a_session_has_as_many_messages_as_it_says",
        ),
        (
            "update intermediate.int_session_messages set text = '打13812345678'",
            "no_phone_number_or_mail_address_is_left_in_a_text",
        ),
        (
            "update intermediate.int_feedback_events set reason_text = '发到a@mail.cn'",
            "no_phone_number_or_mail_address_is_left_in_a_text",
        ),
    ],
)
def test_a_broken_table_fails_its_test(built: Warehouse, broken_by: str, test: str) -> None:
    built.test(FIRST, LAST, select=test)
    with built.connect() as connection:
        connection.execute(broken_by)
    with pytest.raises(DbtFailedError, match=test):
        built.test(FIRST, LAST, select=test)
    built.run(FIRST, LAST, select=INTAKE)
