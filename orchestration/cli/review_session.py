"""A review in the terminal: shows one feedback, takes one key, writes the answer down at once."""

import re
from collections.abc import Callable, Mapping, Sequence

import typer
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from orchestration.reviewing.book import Book
from orchestration.reviewing.decision import (
    Asked,
    Choice,
    Codes,
    Decision,
    DecisionRefusedError,
    Signature,
    decided,
    taken_back,
)

KEYS = "[n]egative  n[o]t negative  [g]uarded  [s]kip  [u]ndo last  [q]uit"
_WORDS = "bold reverse red"
# What a consumer writes may move the cursor or turn the direction of a line; a sign stands in its place.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Session:
    """One sitting of one person."""

    def __init__(self, console: Console, codes: Codes, book: Book, sign: Callable[[], Signature]) -> None:
        self._console = console
        self._codes = codes
        self._book = book
        self._sign = sign
        self._done: list[tuple[int, Decision]] = []

    def run(self, asked: Sequence[Asked]) -> None:
        """Asks until everything is answered or the person quits; end of input quits too."""
        place = 0
        try:
            while place < len(asked):
                place = self._step(asked, place)
        except (EOFError, KeyboardInterrupt, typer.Abort):
            self._console.print()
        skipped = len(asked) - len({number for number, _ in self._done})
        self._console.print(f"{len(self._done)} decided, {skipped} left open", highlight=False)

    def _step(self, asked: Sequence[Asked], place: int) -> int:
        item = asked[place]
        self._show(item, place + 1, len(asked))
        while True:
            self._console.print(Text(KEYS, style="dim"))
            match typer.getchar().lower():
                case "n":
                    taken = self._take(item, place, self._negative(item))
                case "o":
                    taken = self._take(item, place, Choice("not_negative"))
                case "g":
                    taken = self._take(item, place, self._guarded(item))
                case "s":
                    return place + 1
                case "u":
                    back = self._undo()
                    if back is not None:
                        return back
                    taken = False
                case "q" | "\x03" | "\x04":
                    raise EOFError
                case _:
                    taken = False
            if taken:
                return place + 1

    def _take(self, item: Asked, place: int, choice: Choice | None) -> bool:
        if choice is None:
            return False
        try:
            (written,) = self._book.append([decided(item, choice, self._codes, self._sign())])
        except DecisionRefusedError as error:
            self._console.print(f"[red]not taken:[/red] {error}", highlight=False)
            return False
        self._done.append((place, written))
        self._console.print(
            f"[green]{written.decision}[/green] {written.issue_code or ''} {written.guard_code or ''} "
            f"(decision {written.decision_no}, known from {written.decided_day})",
            highlight=False,
        )
        return True

    def _undo(self) -> int | None:
        if not self._done:
            self._console.print("nothing was decided in this sitting")
            return None
        place, last = self._done.pop()
        earlier = [
            decision
            for decision in self._book.decisions()[last.feedback_key]
            if decision.decision_no < last.decision_no
        ]
        self._book.append([taken_back(last, earlier[-1] if earlier else None, self._sign())])
        self._console.print(f"taken back: {last.decision} of {last.feedback_key}", highlight=False)
        return place

    def _negative(self, item: Asked) -> Choice | None:
        issue = self._chosen("issue", {code: issue.title for code, issue in self._codes.issues.items()},
                             item.issues[0] if item.issues else "other_negative")  # fmt: skip
        if issue is None:
            return None
        words = "" if item.words else self._line("words that say so, copied from the text (empty: all of it)")
        needs_note = not item.words and not item.fields
        return Choice("negative", issue, words=words, note=self._line("note") if needs_note else "")

    def _guarded(self, item: Asked) -> Choice | None:
        guard = self._chosen("guard", self._codes.guards, None)
        return None if guard is None else Choice("guarded", item.issues[0] if item.issues else "", guard)

    def _chosen(self, what: str, titles: Mapping[str, str], default: str | None) -> str | None:
        """A code by its number or name; empty takes the default, or goes back where there is none."""
        names = list(titles)
        table = Table.grid(padding=(0, 2))
        for number, name in enumerate(names, start=1):
            mark = "→" if name == default else ""
            table.add_row(str(number), mark, name, titles[name])
        self._console.print(table)
        answer = self._line(f"{what} by number or code" + (f" (empty: {default})" if default else ""))
        if not answer:
            return default
        if answer.isdigit() and 1 <= int(answer) <= len(names):
            return names[int(answer) - 1]
        if answer in names:
            return answer
        self._console.print(f"[red]no {what} {answer!r}[/red]", highlight=False)
        return None

    def _line(self, prompt: str) -> str:
        return self._console.input(Text(f"{prompt}: ")).strip()

    def _show(self, item: Asked, number: int, total: int) -> None:
        text = Text(_UNSEEN.sub("\N{REPLACEMENT CHARACTER}", item.text) or "(no words)")
        for words in item.words:
            text.stylize(_WORDS, words.start, words.end)
        facts = [
            item.platform,
            f"shop {item.shop}" if item.shop else "shop unknown",
            f"order {item.order}" if item.order else "order not known yet",
            item.channel,
            str(item.known_day),
            f"{item.rating} stars" if item.rating else "no stars",
            f"probability {item.probability:.2f}",
        ]
        self._console.print(
            Panel(
                text,
                title=Text(f"{number} of {total}  {item.feedback_key}"),
                subtitle=Text("suggested: " + (", ".join(item.issues) or "none")),
                title_align="left",
                subtitle_align="left",
            )
        )
        self._console.print(Text("  ".join(facts)))
