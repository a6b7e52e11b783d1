"""Records, issues, sessions, the work-list and decisions as tables for a terminal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from orchestration.classification.taxonomy import taxonomy
from orchestration.records.view import TAB_WORDS

if TYPE_CHECKING:
    from orchestration.records.asking import Asked
    from orchestration.records.sessions import Sessions
    from orchestration.records.view import Records

Row = dict[str, Any]
_WORDS = 4


def print_records(view: "Records", rows: Sequence[Row], limit: int, console: Console) -> None:
    """The figures, the four tabs with their counts, and the orders."""
    figures, asked = view.figures, view.asked
    _heading(console, asked)
    _line(
        console,
        f"{figures['num']} negative of {figures['den']} effective orders, {_percent(figures['rate'])}; "
        "listed are these, and orders that an appeal or a ticket keeps in the list",
    )
    _line(
        console,
        " · ".join(
            f"{TAB_WORDS[row['tab']][0]} {row['tab']} {row['orders']}"
            + (f" ({row['counted_orders']} count)" if row["counted_orders"] != row["orders"] else "")
            for row in view.tabs
        ),
    )
    table = _table("order", "day", "issues", "the words", "policy and rule", "appeal", "decision", "money")
    for row in rows[:limit]:
        table.add_row(
            _order(row), str(row["order_day"]), _issues(row["issue_codes"], row["dimensions"]),
            _words(row["words"]), _policy(row), _appeal(row), _decision(row), _money(row),
        )  # fmt: skip
    _shown(table, rows, limit, console)


def issue_rows(view: "Records") -> list[Row]:
    """The issues with their titles."""
    titles = {issue.code: issue for issue in taxonomy().issues}
    return [
        {
            **row,
            "title_zh": titles[row["issue_code"]].title_zh if row["issue_code"] in titles else None,
            "title_en": titles[row["issue_code"]].title_en if row["issue_code"] in titles else None,
        }
        for row in view.issues()
    ]


def print_issues(view: "Records", rows: Sequence[Row], console: Console) -> None:
    """How many orders each issue has."""
    _heading(console, view.asked)
    table = _table("issue", "名称", "title", "dimension", "orders", "can be appealed", "in decisions")
    for row in rows:
        table.add_row(
            row["issue_code"], row["title_zh"] or "–", row["title_en"] or "–", ", ".join(row["dimensions"]),
            str(row["orders"]), str(row["appealable_orders"]), str(row["orders_in_decisions"]),
        )  # fmt: skip
    console.print(table)
    _line(
        console,
        f"{view.figures['num']} orders; one with two issues is in both lines. "
        f"`ccr issues {view.asked.subject} ISSUE` lists the orders",
    )


def print_sessions(
    view: "Sessions", rows: Sequence[Row], measured: str, limit: int, console: Console
) -> None:
    """Both rates, and the sessions of one numerator."""
    _heading(console, view.asked)
    what = {"rated": "rated 1 to 3 stars, of those rated for a person", "classified": "read as dissatisfied"}
    for figure in view.figures:
        policy = f"{figure['policy_id']} {figure['policy_version']}" if figure["policy_id"] else "no policy"
        _line(
            console,
            f"{what[figure['measured']]}: {figure['num']} of {figure['den']}, {_percent(figure['rate'])} "
            f"({_percent(figure['ci_low'])} – {_percent(figure['ci_high'])}), {figure['status']}, {policy}",
        )
    table = _table("session", "day", "stars", "dissatisfied", "the words", "answered after", "report")
    for row in rows[:limit]:
        table.add_row(
            row["session_key"], str(row["started_on"]), str(row["rating"] or "–"),
            {True: "yes", False: "no", None: "–"}[row["is_dissatisfied"]],
            _words(row["words"] or row["consumer_words"]), _waits(row),
            escape(f"{row['report']}: {row['report_reason']}"),
        )  # fmt: skip
    table.title = f"Sessions {measured}"
    _shown(table, rows, limit, console)


def print_worklist(view: "Records", rows: Sequence[Row], limit: int, console: Console) -> None:
    """What can be appealed and what it would bring."""
    _heading(console, view.asked)
    table = _table(
        "order", "day", "issues", "the words", "deadline", "rate without it", "decision", "money back"
    )
    for row in rows[:limit]:
        changed = f" → {row['tier_without'] or 'none'}" if row["would_change_tier"] else ""
        table.add_row(
            _order(row), str(row["order_day"]), _issues(row["issue_codes"], row["dimensions"]),
            _words(row["words"]), _deadline(row),
            f"{_percent(row['rate_now'])} → {_percent(row['rate_without'])}",
            _decision(row) + changed, _yuan(row["money_back_fen"]),
        )  # fmt: skip
    _shown(table, rows, limit, console)


def print_decisions(asked: "Asked", rows: Sequence[Row], which: str, limit: int, console: Console) -> None:
    """Decisions with their status and the balance of their money."""
    _line(
        console, f"[bold]{escape(asked.subject)}[/bold], {which} list as known by the end of {asked.known_on}"
    )
    table = _table(
        "day", "decision", "about", "tier and rule", "counted", "measures", "status", "money", "appeal"
    )
    for row in rows[:limit]:
        money = [
            f"{name} {_yuan(row[f'{name}_fen'])}"
            for name in ("outstanding", "frozen", "paid", "returned")
            if row[f"{name}_fen"]
        ]
        status = row["status"] + (f" ({row['shadowed_by']})" if row["shadowed_by"] else "")
        table.add_row(
            str(row["business_day"]), row["decision_id"][:12],
            "shop" if row["subject_type"] == "shop" else escape(row["subject_key"]),
            f"{row['tier']} {row['rule_id']}\n{row['policy_id']} {row['policy_version']}",
            f"{row['num']} of {row['den']}" if row["num"] is not None else "1 order",
            escape("\n".join([*row["measures"], *row["terms"]])), f"{status}\nsince {row['status_since']}",
            "\n".join(money) or "–", _appeal_of_decision(row),
        )  # fmt: skip
    _shown(table, rows, limit, console)


def _heading(console: Console, asked: "Asked") -> None:
    shops = f", {len(asked.shops)} shops" if len(asked.shops) > 1 else ""
    _line(
        console,
        f"[bold]{escape(asked.subject)}[/bold]{shops}, {asked.first} to {asked.last} ({asked.days} days), "
        f"as known by the end of {asked.known_on}",
    )


def _table(*columns: str) -> Table:
    table = Table(show_lines=True)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _shown(table: Table, rows: Sequence[Row], limit: int, console: Console) -> None:
    console.print(table)
    if len(rows) > limit:
        _line(console, f"the first {limit} are shown; --limit shows more, --to FILE writes all")


def _line(console: Console, text: str) -> None:
    console.print(text, highlight=False, soft_wrap=True)


def _order(row: Row) -> str:
    return escape(row["order_key"]) + ("" if row["is_counted"] else "\n(counts no more)")


def _issues(codes: Sequence[str] | None, dimensions: Sequence[str] | None) -> str:
    return "\n".join(codes or ()) + f"\n({', '.join(dimensions or ())})"


def _words(words: Sequence[str] | None) -> str:
    found = list(words or ())
    return escape(" · ".join(found[:_WORDS])) + (" · …" if len(found) > _WORDS else "") or "–"


def _policy(row: Row) -> str:
    return "\n".join(filter(None, [row["policy_id"], row["policy_version"], row["rule_id"]])) or "–"


def _appeal(row: Row) -> str:
    said = f"{TAB_WORDS[row['tab']][0]} {row['appeal_state']}"
    if row["tab"] == "appealable":
        return f"{said}\n{_deadline(row)}"
    if row["answer_due_on"]:
        return f"{said}\nanswer due {row['answer_due_on']}"
    return said + (f"\n{escape(row['appeal_reason'])}" if row["appeal_reason"] else "")


def _deadline(row: Row) -> str:
    if row["appeal_deadline"] is None:
        return "no deadline"
    return f"{row['appeal_deadline']}, {row['days_left']} days left"


def _decision(row: Row) -> str:
    if row["decision_id"] is None:
        return "–"
    return f"{row['decision_tier']} {row['decision_status']}\n{row['decision_id'][:12]}"


def _appeal_of_decision(row: Row) -> str:
    if row["appeal_state"]:
        return str(row["appeal_state"])
    if row["appealable"] is False:
        return "not appealable"
    return f"{row['appeal_deadline'] or 'no deadline'}" + (
        f", {row['days_left']} days left" if row["days_left"] is not None else ""
    )


def _money(row: Row) -> str:
    if row["amount_fen"] is None:
        return f"paid {_yuan(row['pay_amount_fen'])}"
    back = f", {_yuan(row['returned_fen'])} given back" if row["returned_fen"] else ""
    return f"paid {_yuan(row['pay_amount_fen'])}\nticket {_yuan(row['amount_fen'])}{back}"


def _waits(row: Row) -> str:
    if not row["turns"]:
        return "no question"
    return (
        f"{row['mean_response_s']:.0f} s on average, {row['slowest_response_s']} s at most, "
        f"{row['unanswered_turns']} of {row['turns']} unanswered"
    )


def _yuan(fen: int | None) -> str:
    return "–" if fen is None else f"¥{fen // 100:,}.{fen % 100:02d}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.2f} %"
