"""The rule book as tables that SQL can join to."""

from collections.abc import Iterator

import dagster as dg

from orchestration.policy.library import PolicyLibrary
from orchestration.policy.tables import POLICY_TABLES, write_policy_tables
from orchestration.wiring.house import House


@dg.multi_asset(
    name="read_policies",
    specs=[
        dg.AssetSpec(
            ["policies", name],
            description=f"{name.replace('_', ' ').capitalize()} of every policy version, "
            "one row as the document says it.",
            group_name="policies",
            owners=["team:feedback-governance"],
            kinds={"yaml", "parquet"},
        )
        for name in POLICY_TABLES
    ],
)
def policies(house: House) -> Iterator[dg.MaterializeResult]:
    """Validates every policy document and flattens them. One broken document stops the run."""
    settings = house.settings()
    library = PolicyLibrary.load(settings.policy_folders)
    counts = write_policy_tables(library, settings.lake)
    for name in POLICY_TABLES:
        yield dg.MaterializeResult(asset_key=["policies", name], metadata={"dagster/row_count": counts[name]})
