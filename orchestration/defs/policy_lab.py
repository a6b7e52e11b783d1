"""The policy lab: a version tried on past days, asked for by run configuration and never at night."""

import base64
import tempfile
from datetime import date
from pathlib import Path

import dagster as dg

from orchestration.defs.simulating import simulate
from orchestration.lab.comparing import compared
from orchestration.lab.report import Report, write_report
from orchestration.policy.trial import Trial
from orchestration.settings import Settings
from orchestration.wiring.house import House
from orchestration.wiring.partitions import Days


class SimulationConfig(dg.Config):
    """What to try, on which days, and against what."""

    policy: str  # a document: <policy_id>/<version>.yaml
    first_day: str  # the first business day, 2026-09-01
    last_day: str
    against: str | None = None  # a version of the same policy, or a document; left out: what was in force


@dg.asset(
    key=["lab", "policy_simulation"],
    deps=[
        ["ccr", "dim_shops"],
        ["intermediate", "int_platform_days"],
        ["penalties", "fct_candidate_orders"],
    ],
    group_name="lab",
    owners=["team:feedback-governance"],
    kinds={"duckdb", "parquet", "matplotlib"},
)
def policy_simulation(
    context: dg.AssetExecutionContext, house: House, config: SimulationConfig
) -> dg.MaterializeResult:
    """A version of a rate policy over past days, beside another or beside those then in force.

    Who would move tier, what is at stake, how many of the punished are likely innocent. Judged by the
    models and the posting of every day, in a scratch copy: ledger, marts and lake are not touched.
    """
    from orchestration.lab.pictures import of_comparison

    settings = house.settings()
    days = Days(date.fromisoformat(config.first_day), date.fromisoformat(config.last_day))
    report = report_of(settings, Path(config.policy), config.against, days)
    for note in report.notes():
        context.log.info(note)
    pictures = of_comparison(report.comparison, report.title)
    folder = settings.home / "lab" / f"{report.policy_id}_{report.version}_{days.first}_{days.last}"
    write_report(report, pictures, folder)
    shown = {name: base64.b64encode(picture).decode() for name, picture in pictures.items()}
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": report.comparison.evaluations.num_rows,
            "moved": report.comparison.moved.num_rows,
            "against": report.against,
            "days": str(days),
            "folder": dg.MetadataValue.path(str(folder)),
            **{
                name: dg.MetadataValue.md(f"![{name}](data:image/png;base64,{picture})")
                for name, picture in shown.items()
            },
        }
    )


def report_of(settings: Settings, policy: Path, against: str | None, days: Days) -> Report:
    """The trial of a document; `against` is a document too, or a version of the same policy by its name."""
    folders = settings.policy_folders
    trial = Trial.of_file(folders, policy)
    other = None
    if against is not None:
        is_document = Path(against).suffix in {".yaml", ".yml"}
        other = (
            Trial.of_file(folders, Path(against))
            if is_document
            else Trial.of_version(folders, trial.version.policy_id, against)
        )
        trial.refuse_other_than(other)
    with tempfile.TemporaryDirectory(prefix="policy_lab.") as scratch:
        found = simulate(settings, trial, other, days, Path(scratch))
    version = trial.version
    return Report(
        policy_id=version.policy_id,
        version=version.version,
        sha256=version.sha256,
        mode=version.document.mode,
        written_from=version.document.dates.effective_from,
        first=days.first,
        last=days.last,
        against=found.against_name,
        comparison=compared(found.tried, found.against),
    )
