"""One policy file read whole, or refused with file, line, rule and remedy."""

import difflib
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from orchestration.policy import parts, vocabulary
from orchestration.policy.coherence import discords
from orchestration.policy.document import Document, DocumentUnreadableError, read_document
from orchestration.policy.model import POLICY, RatePolicy, TicketPolicy

_KINDS = ("rate", "per_order_ticket")


class Fault(NamedTuple):
    """One thing wrong in one file."""

    file: str
    line: int
    rule: str
    says: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.says} [{self.rule}]. {self.remedy}"


class PolicyRefusedError(ValueError):
    """Policies that cannot be put in force; it lists every fault found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True)
class PolicyVersion:
    """One version as its file states it, with the hash of the file and its real last day."""

    document: RatePolicy | TicketPolicy
    sha256: str
    file: str
    lines: Document
    effective_to: date | None  # first day no longer in force; a successor may set it

    @property
    def policy_id(self) -> str:
        return self.document.policy_id

    @property
    def version(self) -> str:
        return self.document.version

    @property
    def judges(self) -> str:
        """What it judges: the id of its metric, or the tickets of orders."""
        return self.document.metric.id if isinstance(self.document, RatePolicy) else self.document.kind

    def holds_on(self, day: date) -> bool:
        """Whether the version is in force on that business day."""
        begun = self.document.dates.effective_from <= day
        return begun and (self.effective_to is None or day < self.effective_to)

    def fault(self, place: tuple[str | int, ...], rule: str, says: str, remedy: str) -> Fault:
        """A fault at a place in this version's file."""
        return Fault(self.file, self.lines.line_of(place), rule, says, remedy)


def read_policy(path: Path) -> PolicyVersion:
    """Read `<policy_id>/<version>.yaml`."""
    content = path.read_bytes()
    file = str(path)
    try:
        document = read_document(content)
    except DocumentUnreadableError as error:
        raise PolicyRefusedError([Fault(file, error.line, error.rule, error.says, error.remedy)]) from None
    try:
        policy = POLICY.validate_python(document.values)
    except ValidationError as error:
        details = _without_echoes(error.errors(include_url=False))
        raise PolicyRefusedError([_fault(file, document, detail) for detail in details]) from None
    version = PolicyVersion(
        policy, hashlib.sha256(content).hexdigest(), file, document, policy.dates.effective_to
    )
    faults = [
        version.fault(
            (key,),
            "wrong_place",
            f"{key} is '{written}', but the file lies at '{stands}'",
            "A policy lies at <policy_id>/<version>.yaml: move the file or correct the key.",
        )
        for key, written, stands in (
            ("policy_id", policy.policy_id, path.parent.name),
            ("version", policy.version, path.stem),
        )
        if written != stands
    ]
    faults.extend(version.fault(*discord) for discord in discords(policy))
    if faults:
        raise PolicyRefusedError(faults)
    return version


def _without_echoes(details: list[ErrorDetails]) -> list[ErrorDetails]:
    # A list whose only item is wrong is also called too short: the item is the fault.
    return [
        detail
        for detail in details
        if detail["type"] != "too_short"
        or not any(
            other["loc"][: len(detail["loc"])] == detail["loc"] and other is not detail for other in details
        )
    ]


def _fault(file: str, document: Document, detail: ErrorDetails) -> Fault:
    context = detail.get("ctx", {})
    place = _without_kind(detail["loc"])
    kind, value = detail["type"], detail.get("input")
    if kind.startswith("refused:"):
        rule, says, remedy = kind.removeprefix("refused:"), context["says"], context["remedy"]
        place = (*place, *context["at"])
    else:
        if kind.startswith("union_tag"):
            place = ("kind",)
        rule, says, remedy = _explained(kind, place, value, context, detail["msg"])
    return Fault(file, document.line_of(place), rule, says, remedy)


def _explained(
    kind: str, place: tuple[str | int, ...], value: Any, context: dict[str, Any], message: str
) -> tuple[str, str, str]:
    name = next((str(part) for part in reversed(place) if isinstance(part, str)), "the document")
    if name == "sources" and kind in ("missing", "too_short"):
        return "source_missing", "this rule names no source", "Add `sources: [...]`, or an `ours`."
    match kind:
        case "extra_forbidden":
            said = "unknown_key", f"unknown key '{name}'", _nearest(name, sorted(set(_keys())))
        case "union_tag_invalid" | "union_tag_not_found":
            said = "unknown_code", "`kind:` is missing or unknown", f"Use one of {_listed(_KINDS)}."
        case "missing":
            said = "value_missing", f"'{name}' is missing", f"Add `{name}:`."
        case "literal_error":
            said = _not_among(name, value, context["expected"])
        case "greater_than" | "greater_than_equal" if value < 0:
            said = "negative_amount", f"{name} is {value}", "Give a number of 0 or more."
        case (
            "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal" | "too_short" | "too_long"
        ):
            said = "out_of_range", f"{name} is {_cut(value)}: {_lower(message)}", "Correct it."
        case _:
            said = "bad_value", f"{name} is {_cut(value)}: {_lower(message)}", "Correct the value."
    return said


def _not_among(name: str, value: Any, expected: str) -> tuple[str, str, str]:
    allowed = expected.replace("'", "").replace(" or ", ", ").split(", ")
    if name in _FIXED:
        return (
            "not_supported",
            f"{name} is {value!r}, but every platform is judged here by {' or '.join(allowed)}",
            "Write that value; another one needs the models changed first.",
        )
    return "unknown_code", f"unknown code '{value}' for {name}", _nearest(str(value), allowed)


def _without_kind(place: tuple[str | int, ...]) -> tuple[str | int, ...]:
    # pydantic puts the chosen kind in front of every place inside a policy.
    return place[1:] if place and place[0] in _KINDS else place


def _nearest(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    if near:
        return f"Did you mean '{near[0]}'?"
    return "Remove it." if len(known) > 30 else f"Use one of {_listed(known)}."


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words)


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]


def _cut(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _fields(base: type[BaseModel]) -> Iterator[tuple[type[BaseModel], str]]:
    for part in base.__subclasses__():
        for name, field in part.model_fields.items():
            yield part, field.alias or name
        yield from _fields(part)


def _keys() -> Iterator[str]:
    yield from (name for _, name in _fields(parts.Part))
    yield from get_args(vocabulary.MeasureCode)


# Values of which the models know one only.
_FIXED = frozenset(
    {*parts.Params.model_fields, "level", "statistic", "min_shops", "fallback", "schema", "timezone"}
    | {"from", "until"}
)
