"""`ccr statement`: why a decision was made and what can be done about it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from orchestration.cli.explain import replaying
from orchestration.cli.terminal import As, Home, err, stop

if TYPE_CHECKING:
    from orchestration.publishing.statements import Format

_FORMS: "dict[str, Format]" = {".md": "md", ".html": "html", ".json": "json"}


def statement(
    decision_id: Annotated[
        str, typer.Argument(metavar="DECISION", help="A decision's id, or how it begins.")
    ],
    *,
    form: Annotated[
        Literal["md", "html", "json"] | None,
        typer.Option("--format", help="Left out, as the file of --to ends, else md."),
    ] = None,
    lang: Annotated[Literal["zh", "en"], typer.Option(help="JSON holds both.")] = "zh",
    to: Annotated[Path | None, typer.Option("--to", metavar="FILE", help="Write it there.")] = None,
    as_whom: As = "",
    home: Home = None,
) -> None:
    """Show the statement of reasons of a decision: numbers, method, rule, orders and words, days, appeal."""
    from orchestration.penalties.statement import StatementError
    from orchestration.publishing.statements import rendered
    from orchestration.replaying.ledger import decision_named
    from orchestration.wiring.statements import issue_titles, statement_of

    with replaying(home, as_whom) as opened:
        connection = opened.connection
        try:
            found = statement_of(connection, decision_named(connection, decision_id, opened.scope.shops))
        except StatementError as error:
            stop(str(error))
    chosen = form or (_FORMS.get(to.suffix) if to else None) or "md"
    text = rendered(found, chosen, lang, issue_titles())
    if to is None:
        typer.echo(text, nl=False)
        return
    try:
        to.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        stop(f"{to} cannot be written: {error.strerror}; name a file in a folder that is there")
    err.print(f"{to}: {found['decision']['decision_id']}", highlight=False, soft_wrap=True)
