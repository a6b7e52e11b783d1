"""A replay in a terminal: the path from facts to outcome, one step below the other."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from orchestration.replaying.answers import Answer

_FIRST = 10
_WORDS = 4
_FACTS = (
    *("shop_key", "order_day", "status", "order_kind", "created_at", "paid_at", "shipped_at", "signed_at"),
    *("closed_at", "refunded_at", "pay_amount_fen", "list_amount_fen", "line_count", "has_content_theme"),
)
_FIGURES = (
    ("orders, real", "{num_real} negative of {den_real}"),
    ("orders, effective", "{num_effective} negative of {den_effective}"),
    ("by dimension", "product {num_product}, content {num_content}, service {num_service}, "
     "logistics {num_logistics}"),
    ("rate", "{rate}"),
    ("95 % interval (Wilson)", "{ci_low} – {ci_high}"),
    ("benchmark", "{benchmark_rate} = {benchmark_num} of {benchmark_den}, "
     "{benchmark_subjects} peers, level {benchmark_level}"),
    ("rate over benchmark", "{ratio_to_benchmark}, lower end {ratio_to_benchmark_low}"),
    ("shrunk rate", "{rate_eb}, over benchmark {ratio_eb_to_benchmark}"),
    ("P(rate > threshold)", "{prob_above_threshold}, threshold {threshold}"),
    ("funnel q", "{funnel_q}"),
    ("score", "{score} ({score_status})"),
    ("status", "{status}"),
)  # fmt: skip


def print_answer(answer: "Answer", console: Console) -> None:
    """The whole path, the outcome, and every stored figure that is another."""
    path = answer.path
    key = path.get("order_key") or path["shop_key"]
    _line(console, f"[bold]{path['what']} {_said(key)}[/bold], as known by the end of {path['known_on']}")
    for policy in path["policies"]:
        _print_policy(policy, console)
    if path["what"] == "order":
        _print_order(path, console)
    else:
        _print_shop(path, console)
    _print_outcome(path, console)
    _print_comparison(answer, console)


def _print_policy(policy: dict[str, Any], console: Console) -> None:
    name = _said(f"{policy['policy_id']} {policy['version']}")
    if policy["would_be"]:
        _line(
            console,
            f"[bold yellow]WOULD HAVE BEEN[/bold yellow] by {name} ({_said(policy['mode'])}): "
            "judged by this version alone; nothing of this is written anywhere",
        )
    else:
        _line(console, f"policy {name}, mode {_said(policy['mode'])}: {_said(policy['title'])}")


def _print_order(path: dict[str, Any], console: Console) -> None:
    facts = path["order"]
    _line(console, "; ".join(f"{name} {_said(facts[name])}" for name in _FACTS))
    table = Table("exclusion asked", "answer", "what it looked at", title="Exclusions", title_justify="left")
    for each in path["exclusions"]:
        answer = "no" if not each["holds"] else ("yes" if each["excludes"] else "yes, not in this version")
        table.add_row(each["code"], answer, _said(each["because"]))
    console.print(table)
    effective = "effective" if path["is_effective"] else "not effective"
    negative = "a negative order" if path["is_negative"] else "no negative order"
    _line(console, f"The order is {effective} and {negative}.")
    for feedback in path["feedback"]:
        _print_feedback(feedback, console)
    if not path["feedback"]:
        _line(console, "No feedback was linked to it by then.")
    _print_ticket(path["ticket"], console)


def _print_feedback(feedback: dict[str, Any], console: Console) -> None:
    link = feedback["link"]
    _line(
        console,
        f"[bold]{feedback['channel']} {_said(feedback['feedback_key'])}[/bold] of "
        f"{feedback['occurred_at']}, arrived {feedback['arrived_on']}, rating {_said(feedback['rating'])}; "
        f"linked {link['method']}, confidence {link['confidence']:g}, since {link['known_on']}",
    )
    if feedback["text"]:
        _line(console, f"  said: {_said(feedback['text'])}")
    for tag in feedback["tags"]:
        words = ", ".join(f"{_said(span['span_text'])} ({span['field']})" for span in tag["spans"])
        guard = f", guard {tag['guard_code']}" if tag["guard_code"] else ""
        _line(
            console,
            f"  classifier: {tag['decision']} {_said(tag['issue_code'])} ({_said(tag['dimension'])}), "
            f"probability {_said(tag['probability'])}{guard}{': ' if words else ''}{words}",
        )
    person = feedback["decided_by_a_person"]
    if person:
        _line(
            console,
            f"  a person ({_said(person['decided_by'])}, {person['business_day']}): {person['decision']} "
            f"{_said(person['issue_code'])}: {_said(person['evidence_text'] or person['note'])}",
        )
    for exclusion in feedback["exclusions"]:
        counts = "keeps it out" if exclusion["excludes"] else "not in the policy's list"
        _line(console, f"  evaluation exclusion {exclusion['code']}: {counts}")
    for verdict in feedback["counts_as"]:
        codes = ", ".join(verdict["issue_codes"] or verdict["guarded_issue_codes"])
        why = "counts" if verdict["is_valid"] else _why_not(verdict)
        _line(console, f"  {verdict['dimension']} ({codes}): {why}")


def _why_not(verdict: dict[str, Any]) -> str:
    if not verdict["is_negative"]:
        return "cleared by a guard"
    return f"does not count: {', '.join(verdict['exclusion_codes'])}"


def _print_ticket(ticket: dict[str, Any] | None, console: Console) -> None:
    if ticket is None:
        return
    table = Table(
        "rule", "issue", "feedback", "proof asked", "met", title="Ticket rules", title_justify="left"
    )
    for row in ticket["asked"]:
        proof = ", ".join(f"{name} {'yes' if there else 'no'}" for name, there in row["proof"].items())
        table.add_row(row["rule_id"], row["issue_code"], _said(row["feedback_key"]), proof, _yes(row["met"]))
    console.print(table)
    if ticket["candidate"]:
        candidate = ticket["candidate"]
        _line(
            console,
            f"Rule {candidate['rule_id']}: paid {candidate['pay_amount_fen']} fen, "
            f"compensation {candidate['amount_fen']} fen.",
        )


def _print_shop(path: dict[str, Any], console: Console) -> None:
    window = path["window"]
    _line(console, f"Orders paid from {window['first']} to {window['last']} ({window['days']} days).")
    table = Table("figure", "value", title="Figures", title_justify="left")
    figures = {name: _said(value) for name, value in path["figures"].items()}
    for name, pattern in _FIGURES:
        table.add_row(name, pattern.format_map(figures))
    console.print(table)
    listed = path["negative_orders"]
    orders = Table("order", "paid on", "issues", "the words", "feedback", title_justify="left",
                   title=f"Negative orders: {len(listed)}, the first {min(len(listed), _FIRST)}")  # fmt: skip
    for each in listed[:_FIRST]:
        orders.add_row(
            _said(each["order_key"]), str(each["order_day"]), ", ".join(each["issue_codes"]),
            _said(" · ".join(each["words"][:_WORDS])),
            _said(", ".join(each["feedback_keys"])),
        )  # fmt: skip
    console.print(orders)
    _print_peers(path["benchmark_peers"], console)
    for judging in path["judgings"]:
        _print_judging(judging, window["days"], figures, console)
    taken = path["taken"]
    _line(
        console,
        f"Taken: {_said(taken['policy_id'])} {_said(taken['version'])}: {_said(taken['why'])}. "
        f"Occurrence: {_yes(path['is_occurrence'])}.",
    )


def _print_judging(
    judging: dict[str, Any], window_days: int, figures: dict[str, str], console: Console
) -> None:
    eligibility, guard = judging["eligibility"], judging["eligibility"]["guard_score"]
    _line(
        console,
        f"[bold]Judged by {_said(judging['policy_id'])} {_said(judging['version'])}[/bold], in force on "
        f"{judging['days']} of the window's {window_days} days"
        f"{', the last among them' if judging['is_of_last_day'] else ''}; mode then {judging['mode']}.",
    )
    _line(
        console,
        f"Before the ladder: orders {figures['den_effective']}, at least {_said(eligibility['min_orders'])}; "
        f"buyers behind the negatives {figures['distinct_buyers']}, at least "
        f"{_said(eligibility['min_distinct_buyers'])}; guard of small numbers "
        f"{'does not hold' if guard is None else f'holds, score {guard}'}; probability of a rate above "
        f"{_said(eligibility['threshold_ratio'])} × benchmark at least "
        f"{_said(eligibility['prob_above_threshold'])}.",
    )
    _line(
        console,
        f"Held back by: {_said(judging['held_back_by'])}. An occurrence by itself: "
        f"{_yes(judging['is_occurrence'])}. Cooldown: {_said(eligibility['cooldown_days'])} days.",
    )
    _print_tiers(judging["tiers"], console)
    _line(console, f"Outcome by this version: {_said(judging['outcome'])}.")


def _print_peers(peers: Sequence[dict[str, Any]] | None, console: Console) -> None:
    if peers is None:
        _line(console, "Peers: not shown within a scope; their pooled rate is the benchmark.")
        return
    listed = ", ".join(f"{_said(each['shop_key'])} {each['num']} of {each['den']}" for each in peers[:_FIRST])
    _line(console, f"Peers: {len(peers)}, the first {min(len(peers), _FIRST)}: {listed or '–'}.")


def _print_tiers(tiers: Sequence[dict[str, Any]], console: Console) -> None:
    table = Table("tier", "rule", "condition", "value", "at least", "condition met", "tier met",
                  title="Ladder", title_justify="left")  # fmt: skip
    for tier in tiers:
        for number, asked in enumerate(tier["conditions"]):
            table.add_row(
                tier["tier"] if number == 0 else "", tier["rule_id"] if number == 0 else "",
                asked["measure"], _said(asked["value"]), _said(asked["at_least"]), _yes(asked["met"]),
                _yes(tier["met"]) if number == 0 else "",
            )  # fmt: skip
    console.print(table)


def _print_outcome(path: dict[str, Any], console: Console) -> None:
    outcome, candidate, decision = path["outcome"], path["outcome"]["candidate"], path.get("decision")
    tier = f" {candidate['tier']} {candidate['rule_id']} ({candidate['mode']})" if candidate else ""
    _line(console, f"[bold]Outcome: {outcome['is']}{tier}[/bold]. {_said(outcome['why'])}")
    if decision:
        measures = ", ".join(_measure(each) for each in decision["measures"])
        _line(
            console,
            f"Decision {decision['decision_id']} of {decision['business_day']}: {decision['tier']} "
            f"{decision['rule_id']}, {decision['mode']}; {measures}",
        )


def _measure(row: dict[str, Any]) -> str:
    parts = [row["measure_code"]]
    parts += [f"{row[name]} {unit}" for name, unit in _UNITS if row[name] is not None]
    return " ".join(parts)


_UNITS = (("amount_fen", "fen"), ("points", "points"), ("days", "days"))


def _print_comparison(answer: "Answer", console: Console) -> None:
    if answer.compared:
        _line(console, f"Not compared with what is stored: {_said(answer.compared)}.")
        return
    if not answer.differences:
        _line(console, "[green]Every stored figure is the same to the last bit.[/green]")
        return
    table = Table("table", "figure", "stored", "replayed", title_justify="left",
                  title="DIFFERENT from what is stored")  # fmt: skip
    for each in answer.differences:
        table.add_row(_said(each.table), each.figure, _said(each.stored), _said(each.replayed))
    console.print(table, style="red")


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


def _said(value: Any) -> str:
    """A value in full; a text with nothing in it that a terminal would obey."""
    if value is None:
        return "–"
    shown = "".join(letter if letter.isprintable() else "\ufffd" for letter in str(value))
    return escape(shown)


def _line(console: Console, text: str) -> None:
    console.print(text, highlight=False, soft_wrap=True)
