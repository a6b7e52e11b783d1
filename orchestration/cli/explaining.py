"""`ccr explain-text`: one text with its words in colour, and what each of them told."""

import json
import re
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from orchestration.cli.classifying import Model, model_folder
from orchestration.cli.terminal import Home, out, stop

if TYPE_CHECKING:
    from orchestration.classification.explaining import Explanation

COLOURS = {
    "issue": "bold red",
    "dissatisfaction": "red",
    "negated": "green",
    "hypothetical": "yellow",
    "questioned": "yellow",
    "praise": "cyan",
    "acceptance": "cyan",
    "guard": "magenta",
}
_PLAIN = "dim"
# A terminal would obey them.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def explain_text(
    text: Annotated[str, typer.Argument(help="What a consumer wrote.")],
    *,
    channel: Annotated[
        str, typer.Option("--channel", help="review, after_sale, complaint or im_session.")
    ] = "review",
    rating: Annotated[int | None, typer.Option("--rating", help="Stars, 1 to 5.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    model: Model = None,
    home: Home = None,
) -> None:
    """Show how a text is decided: phrases and why they are listed, the guard, the heaviest clause."""
    from orchestration.classification.explaining import explain
    from orchestration.classification.model_files import ModelMissingError

    # an argument may hold bytes that are no letters
    text = text.encode("utf-8", "replace").decode()
    try:
        explanation = explain(model_folder(model, home), text, channel, rating)
    except (ModelMissingError, ValueError) as error:
        stop(str(error))
    if as_json:
        typer.echo(json.dumps(explanation.as_json(), ensure_ascii=False))
        return
    _print(explanation)


def _print(explanation: "Explanation") -> None:
    out.print(_coloured(explanation), soft_wrap=True)
    answer = explanation.answer
    out.print()
    out.print(_answer_line(answer), highlight=False, markup=False, soft_wrap=True)
    for issue in answer["issues"]:
        words = ", ".join(f"{_visible(span['text'])} ({span['field']})" for span in issue["spans"])
        said = f"  {issue['code']} ({issue['dimension']}, severity {issue['severity']}): {words}"
        out.print(said, highlight=False, markup=False, soft_wrap=True)
    start, end = explanation.heaviest
    if end > start:
        clause = f"heaviest clause: {_visible(explanation.text[start:end])}"
        out.print(clause, highlight=False, markup=False, soft_wrap=True)
    if explanation.found:
        out.print()
        out.print(_table(explanation))


def _answer_line(answer: dict[str, object]) -> str:
    said = [f"{answer['decision']}, probability {answer['probability']:.3f}"]
    if answer["guard"] is not None:
        said.append(f"guard {answer['guard']}")
    if answer["dissatisfied"] is not None:
        said.append("dissatisfied" if answer["dissatisfied"] else "not dissatisfied")
    return ", ".join(said)


def _visible(text: str) -> str:
    """The text letter by letter, with nothing that a terminal would obey."""
    return _CONTROL.sub("\ufffd", text)


def _coloured(explanation: "Explanation") -> Text:
    shown = Text(_visible(explanation.text))
    for found in explanation.found:
        shown.stylize(COLOURS.get(found.kind, _PLAIN), found.start, found.end)
    return shown


def _table(explanation: "Explanation") -> Table:
    """The phrases in the order of the text; rich knows how wide Chinese letters are."""
    table = Table("words", "counts as", "entry", "why it is listed", box=None, pad_edge=False)
    for found in explanation.found:
        style = COLOURS.get(found.kind, _PLAIN)
        table.add_row(
            Text(_visible(found.text), style), Text(found.kind, style), Text(found.entry), Text(found.reason)
        )
    return table
