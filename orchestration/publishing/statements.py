"""Statements of reasons to read: a page and a text in Chinese and in English, and the document itself."""

import json
import re
import shutil
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

import jinja2

from orchestration.publishing.advice import advice
from orchestration.publishing.manifest import MANIFEST, Manifest, PublishedList, describe
from orchestration.publishing.statement_view import LANGS, Lang, Titles, view

Row = dict[str, Any]
Format = Literal["md", "html", "json"]
FORMATS: tuple[Format, ...] = get_args(Format)

FOLDER = "statements"
_READING: dict[str, Any] = {
    "loader": jinja2.PackageLoader("orchestration.publishing", "templates"),
    "undefined": jinja2.StrictUndefined,
    "trim_blocks": True,
    "lstrip_blocks": True,
}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]#|~!])")


def rendered(statement: Row, form: Format, lang: Lang, titles: Titles) -> str:
    """One statement in one form; the same statement gives the same text.

    JSON holds both languages and the advice. Consumers' words are escaped, whatever they are.
    """
    if form == "json":
        told = {
            issue: {"zh": list(advice()[issue].zh), "en": list(advice()[issue].en)}
            for issue in statement["decision"]["issue_codes"]
            if issue in advice()
        }
        content = statement | {"advice": told}
        return json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False, indent=2) + "\n"
    return _printed(view(statement, lang, titles), form)


def _printed(shown: Row, form: Format) -> str:
    template = _templates(form).get_template(f"statement.{form}.jinja")
    return template.render(shown).strip() + "\n"


def publish_statements(
    published: Path,
    day: date,
    statements: Iterable[Row],
    titles: Titles,
    *,
    versions: Mapping[str, str] | None = None,
) -> Manifest:
    """Write the statements of a day's decisions to `statements/business_day=D/`, the manifest last.

    Of each decision: `<id>.zh.html`, `.en.html`, `.zh.md`, `.en.md` and `<id>.json`. What the folder
    held before and the day no longer has is removed.
    """
    folder = published / FOLDER / f"business_day={day.isoformat()}"
    staging = published / FOLDER / f".staged-{day.isoformat()}"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    found = sorted(statements, key=lambda each: each["decision"]["decision_id"])
    files = []
    for statement in found:
        for name, text in _texts(statement, titles):
            path = staging / name
            path.write_text(text, encoding="utf-8", newline="\n")
            files.append(describe(path, 1))
    bases = {
        (each["basis"]["policy_id"], each["basis"]["version"], each["basis"]["sha256"]) for each in found
    }
    manifest = Manifest(
        day, tuple(sorted(files)), (_in_figures(found),), tuple(sorted(bases)), dict(versions or {})
    )
    (staging / MANIFEST).write_text(manifest.to_json(), encoding="utf-8", newline="\n")
    shutil.rmtree(folder, ignore_errors=True)
    staging.replace(folder)
    return manifest


def _texts(statement: Row, titles: Titles) -> Iterable[tuple[str, str]]:
    name = statement["decision"]["decision_id"]
    for lang in LANGS:
        shown = view(statement, lang, titles)
        yield f"{name}.{lang}.html", _printed(shown, "html")
        yield f"{name}.{lang}.md", _printed(shown, "md")
    yield f"{name}.json", rendered(statement, "json", "zh", titles)


def _in_figures(statements: list[Row]) -> PublishedList:
    tiers = [each["basis"]["tier"] for each in statements]
    return PublishedList(
        FOLDER,
        len(statements),
        sum(each["decision"]["amount_fen"] for each in statements),
        {tier: tiers.count(tier) for tier in sorted(set(tiers))},
    )


@cache
def _templates(form: Format) -> jinja2.Environment:
    if form == "html":
        return jinja2.Environment(autoescape=True, **_READING)
    return jinja2.Environment(autoescape=False, finalize=_markdown, **_READING)  # noqa: S701 - escaped as Markdown


def _markdown(value: Any) -> str:
    """A value as Markdown shows it and never reads it: one line, no markup, no HTML."""
    return _escaped(str(value))


@lru_cache(maxsize=4096)  # labels and the words of a rule are the same in each statement
def _escaped(value: str) -> str:
    text = " ".join(value.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKDOWN.sub(r"\\\1", text)
