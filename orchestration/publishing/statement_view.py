"""A statement as a page shows it: one language, numbers as they are read, nothing left to work out."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from orchestration.publishing.advice import advice
from orchestration.publishing.measure_words import in_words, yuan

LABELS_FILE = Path(__file__).with_name("statement_labels.yaml")

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = ("zh", "en")
Row = dict[str, Any]
# By issue code, its name in Chinese and in English.
Titles = Mapping[str, tuple[str, str]]

_RATIOS = ("ratio_to_benchmark_low", "ratio_to_benchmark")


@cache
def _labels() -> dict[str, dict[str, dict[str, str]]]:
    return yaml.safe_load(LABELS_FILE.read_text(encoding="utf-8"))


def view(statement: Row, lang: Lang, titles: Titles) -> Row:
    """Everything that a template prints of one statement."""
    decision, numbers = statement["decision"], statement["numbers"]
    is_ticket = decision["subject_type"] == "order"
    shadow = decision["mode"] == "shadow"
    return {
        "lang": lang,
        "html_lang": "zh-CN" if lang == "zh" else "en",
        "label": {name: said[lang] for name, said in _labels()["labels"].items()},
        "is_ticket": is_ticket,
        "is_shadow": shadow,
        "decision": decision,
        "basis": statement["basis"] | {"sources": _sources(statement, lang)},
        "force": statement["force"] | {"why": _in(lang, statement["force"]["why"])},
        "calculation": statement["calculation"][lang],
        "method": [step | {"says": step["says"][lang]} for step in statement["method"]],
        "figures": None if is_ticket else _figures(numbers, statement["held"]),
        "chart": None if is_ticket else chart(numbers, statement["thresholds"], statement["held"]),
        "conditions": [_condition(each, lang) for each in statement["thresholds"]],
        "measures": [_measure(row, lang) for row in statement["measures"]],
        "amount": yuan(decision["amount_fen"]),
        "orders": statement["orders"]
        | {"rows": [_order(row, lang, titles) for row in statement["orders"]["rows"]]},
        "deadlines": statement["deadlines"]
        | {"says": [said[lang] for said in statement["deadlines"]["says"]]},
        "appeal": {
            "ways": [said[lang] for said in statement["appeal"]["ways"]],
            "reasons": [_reason(row, lang) for row in statement["appeal"]["reasons"]],
        },
        "advice": [
            {"issue": _title(issue, lang, titles), "lines": getattr(advice()[issue], lang)}
            for issue in decision["issue_codes"]
            if issue in advice()
        ],
    }


def chart(numbers: Row, thresholds: list[Row], held: Row | None) -> Row | None:
    """Where the rate, its interval, the benchmark and the thresholds lie, from 0 to 100."""
    if not numbers["benchmark_rate"]:
        return None
    marks = [
        {"at": each["at_least"] * numbers["benchmark_rate"], "ratio": f"{each['at_least']:g}"}
        for each in thresholds
        if each["measure"] in _RATIOS
    ]
    most = 1.12 * max(numbers["ci_high"], numbers["benchmark_rate"], *(mark["at"] for mark in marks))

    def place(value: float) -> float:
        return round(100 * value / most, 2)

    return {
        "low": place(numbers["ci_low"]),
        "high": place(numbers["ci_high"]),
        "width": round(place(numbers["ci_high"]) - place(numbers["ci_low"]), 2),
        "rate": place(numbers["rate"]),
        "benchmark": place(numbers["benchmark_rate"]),
        "held": None if held is None else place(held["rate"]),
        "marks": [mark | {"at": place(mark["at"]), "rate": percent(mark["at"])} for mark in marks],
    }


def percent(value: float | None) -> str:
    """A share with two decimals of a per cent."""
    return "–" if value is None else f"{100 * value:.2f}%"


def _figures(numbers: Row, held: Row | None) -> Row:
    ratio = numbers["ratio_low"] if held is None else held["ratio_low"]
    return {
        "rate": percent(numbers["rate"]),
        "num": numbers["num"],
        "den": numbers["den"],
        "low": percent(numbers["ci_low"]),
        "high": percent(numbers["ci_high"]),
        "benchmark": percent(numbers["benchmark_rate"]),
        "ratio": "–" if ratio is None else f"{ratio:.2f}×",
    }


def _condition(row: Row, lang: Lang) -> Row:
    is_share = row["measure"] == "rate"
    shown = percent if is_share else _number
    return {
        "name": _word("conditions", row["measure"], lang),
        "asked": f"≥ {shown(row['at_least'])}",
        "found": shown(row["value"]),
    }


def _measure(row: Row, lang: Lang) -> Row:
    said = in_words(row, row["params"])
    stated = row["stated_fen"]
    return {
        "says": said[LANGS.index(lang)],
        "stated": None if stated is None else yuan(stated),
        "taken": None if row["amount_fen"] is None else yuan(row["amount_fen"]),
        "changed": _in(lang, row["changed"]),
        "added": "escalated_by" in row["params"],
    }


def _order(row: Row, lang: Lang, titles: Titles) -> Row:
    field, _, rest = row["span_field"].partition(":")
    return {
        "order_key": row["order_key"],
        "feedback_key": row["feedback_key"],
        "channel": _word("channels", row["channel"], lang),
        "issue": _title(row["issue_code"], lang, titles),
        "field": " ".join(filter(None, (_word("fields", field, lang), rest))),
        "text": row["span_text"],
        "consumed_by": row["consumed_by"],
    }


def _reason(row: Row, lang: Lang) -> Row:
    subjects = [_word("subjects", subject, lang) for subject in row["subjects"]]
    return {
        "code": row["code"],
        "says": row["says"][lang],
        "against": ("、" if lang == "zh" else ", ").join(subjects),
        "evidence": _in(lang, row["evidence"]),
        "needs_statement": row["needs_statement"],
    }


def _sources(statement: Row, lang: Lang) -> list[Row]:
    return [
        source | {"grade": _word("grades", source["grade"], lang)} for source in statement["basis"]["sources"]
    ]


def _title(issue: str | None, lang: Lang, titles: Titles) -> str:
    code = issue or ""
    return titles[code][LANGS.index(lang)] if code in titles else code


def _word(kind: str, code: str, lang: Lang) -> str:
    return _labels()[kind].get(code, {}).get(lang, code)


def _in(lang: Lang, said: Row | None) -> str | None:
    return None if said is None else said[lang]


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")
