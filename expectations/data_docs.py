"""Renders what the inspectors expect and found as Great Expectations' own pages."""

import html
import re
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pandas as pd

from expectations.judge import validated
from expectations.metrics import TABLES
from expectations.suites import GRADES, Grade, expectations_on

if TYPE_CHECKING:
    from great_expectations.data_context import FileDataContext

_BEACON = re.compile(r"https://great-expectations-web-assets[^\"]*/logo-long\.png\?[^\"]*")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LOADED_AT = re.compile(r"\b\d{8}T\d{6}\.\d{6}Z(?=</span>)")


def build(frames: Mapping[str, pd.DataFrame], folder: Path) -> Path:
    """The path of the index page, `<folder>/site/index.html`.

    The same metrics give the same pages. The old site stands until the new one is whole.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="building-", dir=folder) as project:
        built = Path(project) / "site"
        verdicts = _render(frames, Path(project), built)
        _settle(built)
        _list_plainly(built / "index.html", verdicts)
        site = folder / "site"
        if site.exists():
            site.rename(Path(project) / "old_site")
        shutil.move(built, site)
    return site / "index.html"


def _render(frames: Mapping[str, pd.DataFrame], project: Path, site: Path) -> dict[str, bool]:
    import great_expectations as gx

    from expectations.quiet import without_progress_bars

    context = without_progress_bars(gx.get_context(mode="file", project_root_dir=project))
    context.update_data_docs_site(
        "local_site",
        {
            "class_name": "SiteBuilder",
            "store_backend": {
                "class_name": "TupleFilesystemStoreBackend",
                "base_directory": str(site),
            },
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        },
    )
    try:
        verdicts = {
            f"{table}_is_{grade}": _store(context, table, grade, frames[table])
            for table in TABLES
            if table in frames
            for grade in GRADES
        }
        context.build_data_docs()
    finally:
        gx.get_context(mode="ephemeral")  # GX keeps its last context, whose folder goes away now
    return verdicts


def _store(context: "FileDataContext", table: str, grade: Grade, frame: pd.DataFrame) -> bool:
    """Puts a suite and what was found where the pages are made from, as running it there would."""
    import great_expectations as gx
    from great_expectations.constants import DATAFRAME_REPLACEMENT_STR
    from great_expectations.core import ExpectationSuiteValidationResult
    from great_expectations.core.run_identifier import RunIdentifier
    from great_expectations.data_context.types.resource_identifiers import (
        ExpectationSuiteIdentifier,
        ValidationResultIdentifier,
    )

    found = validated(table, grade, frame)
    name = f"{table}_is_{grade}"
    context.suites.add(gx.ExpectationSuite(name=name, expectations=expectations_on(table, grade)))
    first, last = str(frame["business_day"].min()), str(frame["business_day"].max())
    run = RunIdentifier(
        run_name=first if first == last else f"{first}..{last}",
        run_time=datetime.fromisoformat(last).replace(tzinfo=UTC),
    )
    suite = ExpectationSuiteIdentifier(name=name)
    context.validation_results_store.store_validation_results(
        suite_validation_result=ExpectationSuiteValidationResult(
            success=found.success,
            results=found.results,
            suite_name=name,
            statistics=found.statistics,
            meta={
                **found.meta,
                "run_id": run,
                "validation_time": run.run_time,
                "batch_parameters": {"dataframe": DATAFRAME_REPLACEMENT_STR},
            },
            batch_id=found.batch_id,
        ),
        suite_validation_result_identifier=ValidationResultIdentifier(
            expectation_suite_identifier=suite, run_id=run, batch_identifier=found.batch_id
        ),
        expectation_suite_identifier=suite,
    )
    return bool(found.success)


def _settle(site: Path) -> None:
    """Takes out of the pages what differs from build to build, and the logo that calls home."""
    for page in sorted(site.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        logo = "../" * (len(page.relative_to(site).parts) - 1) + "static/images/logo-long.png"
        text = _BEACON.sub(logo, text)
        text = _LOADED_AT.sub("at validation", text)
        for number, uuid in enumerate(dict.fromkeys(_UUID.findall(text))):
            text = text.replace(uuid, str(number))
        page.write_text(text, encoding="utf-8")


def _list_plainly(index: Path, verdicts: Mapping[str, bool]) -> None:
    """Lists the results as links: GX's own table needs scripts from the network to be drawn."""
    site = index.parent
    lines = [
        f'<li><a href="{html.escape(page.relative_to(site).as_posix())}">{name}</a>: '
        f"{'holds' if verdicts[name] else 'broken'}</li>"
        for name in verdicts
        for page in sorted((site / "validations" / name).rglob("*.html"))
    ]
    listed = f'<section class="container-fluid"><h2>Results</h2><ul>{"".join(lines)}</ul></section>'
    text = index.read_text(encoding="utf-8")
    index.write_text(text.replace("<body>", f"<body>\n{listed}", 1), encoding="utf-8")
