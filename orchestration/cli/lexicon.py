"""`ccr lexicon`: checks the phrases of a lexicon and lists them."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.terminal import err, stop

lexicon = typer.Typer(help="Checks and lists the phrases that the classifier knows.", no_args_is_help=True)


@lexicon.command()
def check(
    folder: Annotated[Path | None, typer.Argument(help="Folder of YAML files. [the one that ships]")] = None,
) -> None:
    """Refuse phrases that stand twice, can never be found, or tell two things; each by file and line."""
    from orchestration.classification.lexicon_files import LEXICON_FOLDER, check_lexicon
    from orchestration.classification.phrases import LexiconError

    folder = folder or LEXICON_FOLDER
    if not folder.is_dir() or not any(folder.glob("*.yaml")):
        stop(f"{folder}: holds no .yaml file; a lexicon is a folder of them; check the name")
    try:
        found = check_lexicon(folder)
    except LexiconError as error:
        stop(str(error))
    for finding in found:
        typer.echo(str(finding))
    if found:
        stop(f"{folder}: {len(found)} phrases break a rule")
    err.print(f"{folder}: every phrase is sound", highlight=False, markup=False, soft_wrap=True)


@lexicon.command("list")
def list_phrases(
    issue: Annotated[str | None, typer.Option("--issue", help="Only phrases of this issue code.")] = None,
) -> None:
    """Print the phrases as text, one a line: code or role, severity, phrase, reason."""
    from orchestration.classification.lexicon_files import shipped_lexicon
    from orchestration.classification.taxonomy import taxonomy

    codes = taxonomy().issue_codes
    if issue is not None and issue not in codes:
        stop(f"issue {issue!r} is unknown; the codes are {', '.join(sorted(codes))}; use one of them")
    kept = shipped_lexicon()
    for entry in (*kept.consumer, *kept.agent, *kept.reason):
        if issue in (None, entry.code):
            typer.echo(f"{entry.code or entry.role}\t{entry.severity}\t{entry.phrase}\t{entry.reason}")
