"""`ccr classify`: the classifier for files, and the model that a command reads with."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from orchestration.cli.terminal import Home, err, settings_of, stop

if TYPE_CHECKING:
    from orchestration.classification.classifier import Classifier
    from orchestration.classification.feedback_files import Summary

Model = Annotated[
    Path | None,
    typer.Option("--model", help="Folder of a trained model. [HOME/model, trained on first use]"),
]


def classify(
    source: Annotated[
        str, typer.Argument(metavar="IN", help="A .jsonl, .jsonl.gz or .parquet file, or - for stdin.")
    ],
    target: Annotated[
        str, typer.Option("--out", metavar="OUT", help="A file of the same kinds, or - for stdout.")
    ],
    model: Model = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 when a row could not be read.")
    ] = False,
    home: Home = None,
) -> None:
    """Classify reviews, requests, complaints and chats of a file: one answer for each row, in order.

    A row that cannot be read is answered by an error that says why; the rest goes on. The
    formats are in docs/classifying.md.
    """
    from orchestration.classification.feedback_files import FeedbackFileError, classify_file, refuse_files

    try:
        refuse_files(source, target)
        classifier = load_classifier(model, home)
        with Progress(
            SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(),
            console=err, transient=True, disable=not err.is_terminal,
        ) as progress:  # fmt: skip
            task = progress.add_task("reading")
            summary = classify_file(
                source,
                target,
                classifier,
                lambda so_far: progress.update(task, description=f"{so_far.rows:,} rows classified"),
            )
    except (FeedbackFileError, OSError) as error:
        stop(str(error))
    _print_summary(target, summary)
    if strict and summary.errors:
        raise typer.Exit(1)


def load_classifier(model: Path | None, home: Path | None) -> "Classifier":
    """The classifier of a model folder, or of the home's own model."""
    from orchestration.classification.classifier import Classifier
    from orchestration.classification.model_files import ModelMissingError

    try:
        return Classifier.load(model_folder(model, home))
    except ModelMissingError as error:
        stop(str(error))


def model_folder(model: Path | None, home: Path | None) -> Path:
    """The folder that was named, or the home's; the home's model is trained when it is missing or old."""
    from orchestration.classification.trained import ensure_trained, is_trained

    if model is not None:
        return model
    settings = settings_of(home, keeps_scope=True)
    if not is_trained(settings.model):
        err.print(
            f"training the model of {settings.home} first; it takes about a minute",
            highlight=False,
            soft_wrap=True,
        )
        settings.prepare_home()
        ensure_trained(settings.model)
    return settings.model


def _print_summary(target: str, summary: "Summary") -> None:
    decided = ", ".join(f"{count:,} {decision}" for decision, count in sorted(summary.decisions.items()))
    said = [f"{summary.rows:,} rows", decided, f"{summary.errors:,} errors"]
    err.print(
        f"{target}: {'; '.join(part for part in said if part)}", highlight=False, markup=False, soft_wrap=True
    )
    for number, error in summary.examples:
        err.print(f"  row {number}: {error}", highlight=False, markup=False, soft_wrap=True)
    if summary.errors > len(summary.examples):
        err.print(
            f"  and {summary.errors - len(summary.examples):,} more, each in its row",
            highlight=False,
            soft_wrap=True,
        )
