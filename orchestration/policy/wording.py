"""A policy version in words: every key it says, line by line, and what two versions say differently."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from orchestration.policy.loading import PolicyVersion

_NAMES = ("tier", "rule", "measure", "code", "shop_type")
_INPUTS = ("severity", "failed_appeals_90d")  # what a step of escalation goes by
_GENERAL = "policy"
_UNTOLD = ("schema", "policy_id", "version", "supersedes")


class Line(NamedTuple):
    """One thing a version says, under its section, with the sources it cites for it."""

    section: str
    what: str
    says: str
    codes: tuple[str, ...]  # of a list, its items
    part: str  # what cites the sources: the section, a tier, a rule
    cites: tuple[str, ...]


class Difference(NamedTuple):
    """One thing that two versions say differently."""

    section: str
    what: str
    says: str

    def __str__(self) -> str:
        return f"{self.what}: {self.says}"


def lines_of(version: PolicyVersion) -> list[Line]:
    """Everything a version says but its name and its declared sources, section by section."""
    document = version.document.model_dump(mode="json", by_alias=True, exclude_none=True)
    lines: list[Line] = []
    for key, value in document.items():
        if key in (*_UNTOLD, "sources"):
            continue
        if key == "straddle":
            dates = version.document.dates
            lines.append(Line("dates", key, _worded(key, value), (), "", dates.sources))
        elif isinstance(value, dict | list):
            lines.extend(_below(_Citing(key), (), value))
        else:
            lines.append(Line(_GENERAL, _plain(key), _worded(key, value), (), "", ()))
    return sorted(lines, key=lambda line: (line.section != _GENERAL, line.section != "dates"))


def differences(before: PolicyVersion, after: PolicyVersion) -> list[Difference]:
    """What the second version says otherwise than the first, in the order in which it is written."""
    old = {(line.section, line.what): line for line in lines_of(before)}
    new = {(line.section, line.what): line for line in lines_of(after)}
    found: list[Difference] = []
    for place in dict.fromkeys([*old, *new]):
        was, now = old.get(place), new.get(place)
        section, what = place
        if was is None and now is not None:
            found.append(Difference(section, what, f"is new: {now.says}"))
        elif now is None and was is not None:
            found.append(Difference(section, what, f"is gone; it was {was.says}"))
        elif was is not None and now is not None:
            found.extend(Difference(section, what, says) for says in _changed(was, now))
    found.extend(_cited(old.values(), new.values()))
    found.extend(_declared(before, after))
    sections = list(dict.fromkeys(difference.section for difference in found))
    return sorted(found, key=lambda difference: sections.index(difference.section))


def _changed(was: Line, now: Line) -> Iterator[str]:
    if was.codes or now.codes:
        yield from _of_lists(was.codes, now.codes, "also", "no longer")
    elif was.says != now.says:
        yield f"{was.says} becomes {now.says}"


def _cited(before: Iterable[Line], after: Iterable[Line]) -> Iterator[Difference]:
    old = {(line.section, line.part): line.cites for line in before}
    new = {(line.section, line.part): line.cites for line in after}
    for (section, part), cites in new.items():
        says = _of_lists(old.get((section, part), cites), cites, "also", "no longer")
        yield from (Difference(section, f"{part} cites".strip(), each) for each in says)


def _of_lists(was: tuple[str, ...], now: tuple[str, ...], more: str, less: str) -> Iterator[str]:
    for word, some, others in ((more, now, was), (less, was, now)):
        only = [code for code in some if code not in others]
        if only:
            yield f"{word} {', '.join(only)}"


def _declared(before: PolicyVersion, after: PolicyVersion) -> Iterator[Difference]:
    old = {source.id: source for source in before.document.sources}
    new = {source.id: source for source in after.document.sources}
    for key in dict.fromkeys([*old, *new]):
        if key not in old:
            yield Difference("sources", key, f"is new ({new[key].grade}): {new[key].says}")
        elif key not in new:
            yield Difference("sources", key, "is gone")
        elif old[key] != new[key]:
            yield Difference("sources", key, f"says now ({new[key].grade}): {new[key].says}")


class _Citing(NamedTuple):
    """Where one is in the document, and what is cited there."""

    section: str
    part: str = ""
    sources: tuple[str, ...] = ()

    def line(self, what: str, says: str, codes: tuple[str, ...] = ()) -> Line:
        return Line(self.section, what, says, codes, self.part, self.sources)


def _below(here: _Citing, path: tuple[str, ...], value: Any) -> Iterator[Line]:
    if isinstance(value, list):
        yield from _of_a_list(here, path, value)
        return
    what = " ".join(path)
    if not isinstance(value, dict):
        yield here.line(what, _worded(path[-1], value))
        return
    if "sources" in value:
        here = here._replace(part=what, sources=tuple(value["sources"]))
    whole = _in_one_line(value)
    if whole is not None:
        yield here.line(what, whole)
        return
    for key, below in value.items():
        if key != "sources":
            yield from _below(here, (*path, _plain(key)), below)


def _in_one_line(value: dict[str, Any]) -> str | None:
    if set(value) == {"at_least"}:
        return f"at least {value['at_least']:g}"
    if set(value) == {"at_least", "ratio_to_benchmark"}:
        ratio = f"{value['ratio_to_benchmark']:g} times the benchmark"
        return f"at least {value['at_least']:g} that the rate is over {ratio}"
    if set(value) == {"den_lt", "num_le", "score"}:
        return f"{value['score']} below {value['den_lt']} orders with at most {value['num_le']} negatives"
    if "enabled" in value:
        counts = f"counts as {value['count_as']}" if "count_as" in value else "counts"
        return counts if value["enabled"] else "does not count"
    return None


def _of_a_list(here: _Citing, path: tuple[str, ...], value: list[Any]) -> Iterator[Line]:
    if value and all(isinstance(item, list) for item in value):
        for ratio, score in value:
            yield here.line(f"at {ratio:g} times the benchmark", f"{score:g}")
    elif value and all(isinstance(item, dict) for item in value):
        for item in value:
            yield from _of_an_item(here, path, item)
        names = [item.get("tier", item.get("rule")) for item in value]
        if None not in names:
            yield here.line("asked in this order", ", ".join(names))
    else:
        codes = tuple(map(str, value))
        yield here.line(" ".join(path), ", ".join(codes) or "none", codes)


def _of_an_item(here: _Citing, path: tuple[str, ...], item: dict[str, Any]) -> Iterator[Line]:
    named_by = next((name for name in _NAMES if name in item), None)
    if named_by == "code" and "subjects" in item:
        yield here.line(" ".join((*path, item["code"])), _reason(item))
        return
    if named_by == "code":
        words = [_worded(key, value) for key, value in item.items() if key != "code"]
        yield here.line(" ".join((*path, item["code"])), ", ".join(words) or "yes")
        return
    step = next((name for name in _INPUTS if name in item), None)
    if named_by is None and step is not None:
        rest = {key: value for key, value in item.items() if key != step}
        yield from _below(here, (f"from {_plain(step)} {item[step]}",), rest)
        return
    name = "other shops" if named_by is None else str(item[named_by])
    if named_by in ("tier", "rule"):
        name = f"{named_by} {name}"
    rest = {key: value for key, value in item.items() if key != named_by}
    yield from _below(here, (*path, name), rest)


def _reason(item: dict[str, Any]) -> str:
    """A reason for an appeal: what it says, against what, where, for what and with what."""
    said = [f"{item['en']} ({item['zh']})", f"against {', '.join(item['subjects'])}"]
    for key, word in (("channels", "by"), ("issues", "for"), ("evidence", "with")):
        if item[key]:
            said.append(f"{word} {', '.join(item[key])}")
    if item["needs_statement"]:
        said.append("needs a statement")
    return "; ".join(said)


def _plain(key: str) -> str:
    return key.removesuffix("_fen").replace("_", " ")


def _worded(key: str, value: Any) -> str:
    key = key.replace(" ", "_")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and (key.endswith("fen") or key in ("max", "min", "low_price")):
        return f"{value / 100:,.2f} yuan".replace(".00 yuan", " yuan")
    if key == "pct_of_paid":
        return f"{value * 100:g} %"
    if key in ("days", "points"):
        return f"{value} {key}"
    return f"{value:g}" if isinstance(value, float) else str(value)
