"""The rule book: each policy, the tables that SQL can join to, and which versions judged which day."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import dagster as dg

from orchestration.policy.content import policy_sha256, table_sha256
from orchestration.policy.files import policy_files
from orchestration.policy.library import PolicyLibrary
from orchestration.policy.tables import POLICY_TABLES, policy_tables, write_policy_tables
from orchestration.wiring.house import House
from orchestration.wiring.partitions import BUSINESS_DAY, ONE_RUN_PER_RANGE, days_of
from orchestration.wiring.versions_used import remember_versions

OWNERS = ["team:feedback-governance"]


def policies_in(folders: Sequence[Path]) -> dg.AssetsDefinition:
    """The step that reads the policies of some folders: names are seen now, words when it runs."""
    names = sorted(
        {file.parent.name for file in policy_files(folders, []) if file.parent.name.isidentifier()}
    )
    specs = [
        dg.AssetSpec(
            ["policy", name],
            description=f"The documents of the policy {name}. Its data version is made of their content and "
            "of the days on which each holds, so that reading them again is no change.",
            group_name="policies",
            owners=OWNERS,
            kinds={"yaml"},
            skippable=True,  # a policy may be taken away while its name is still known here
        )
        for name in names
    ] + [
        dg.AssetSpec(
            ["policies", name],
            # the hash of each document is among the versions, so what is new there is new for the others
            deps=_documents(names) if name == "policy_versions" else [["policies", "policy_versions"]],
            description=f"{name.replace('_', ' ').capitalize()} of every policy version, "
            "one row as the document says it.",
            group_name="policies",
            owners=OWNERS,
            kinds={"yaml", "parquet"},
        )
        for name in POLICY_TABLES
    ]

    @dg.multi_asset(name="read_policies", specs=specs)
    def policies(house: House) -> Iterator[dg.MaterializeResult]:
        """Validates every policy document and flattens them. One broken document stops the run."""
        settings = house.settings()
        library = PolicyLibrary.load(settings.policy_folders)
        yield from _read(library, names)
        counts = write_policy_tables(library, settings.lake)
        for name, table in policy_tables(library).items():
            yield dg.MaterializeResult(
                asset_key=["policies", name],
                metadata={"dagster/row_count": counts[name]},
                data_version=dg.DataVersion(table_sha256(table)),
            )

    return policies


def _documents(names: Sequence[str]) -> list[list[str]]:
    return [["policy", name] for name in names]


def _read(library: PolicyLibrary, names: Sequence[str]) -> Iterator[dg.MaterializeResult]:
    """What was read of each policy known by name; one that came since has its rows in the tables."""
    for name in sorted({version.policy_id for version in library.versions} & set(names)):
        yield dg.MaterializeResult(
            asset_key=["policy", name],
            metadata={
                version.version: f"from {version.document.dates.effective_from} "
                f"to before {version.effective_to or 'no end'}; SHA-256 {version.sha256}"
                for version in library.of(name)
            },
            data_version=dg.DataVersion(policy_sha256(library, name)),
        )


@dg.asset(
    key=["policies", "versions_used"],
    deps=[["intermediate", "int_policies_in_force"], ["intermediate", "int_platform_days"]],
    group_name="policies",
    owners=OWNERS,
    kinds={"parquet"},
    partitions_def=BUSINESS_DAY,
    backfill_policy=ONE_RUN_PER_RANGE,
)
def versions_used(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:
    """One row per platform and metric (or kind of ticket): the version the day was last judged by.

    A day is stale when the rule book of now names another one. Kept whatever the checks say of the
    scores, since it says what they were made with and not whether they are sound.
    """
    settings = house.settings()
    days = house.to_bring_up_to_date(days_of(context))
    with house.warehouse() as connection:
        rows = remember_versions(connection, settings.lake, days)
    return dg.MaterializeResult(metadata={"dagster/row_count": rows, "days": str(days)})
