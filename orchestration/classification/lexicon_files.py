"""Reads the lexicon from the YAML files in `lexicon/` and refuses what breaks a rule."""

import hashlib
import itertools
import re
from collections.abc import Iterator
from functools import cache
from math import prod
from pathlib import Path
from typing import NamedTuple, TypeVar, cast

import yaml
from pydantic import BaseModel, ValidationError

from orchestration.classification.normal import TRADITIONAL_FILE, in_normal_letters
from orchestration.classification.phrases import (
    Combination,
    Entry,
    Lexicon,
    LexiconError,
    PhraseGroup,
    Speaker,
)

LEXICON_FOLDER = TRADITIONAL_FILE.parent
# More would be slow to load and shows that the pattern wants a topic instead.
MOST_CHOICES = 4_000

Model = TypeVar("Model", bound=BaseModel)

_CHOICE = re.compile(r"\(([^()]*)\)")


class _Written(NamedTuple):
    """An entry, where it is written, and whether it is listed as it stands, not combined."""

    entry: Entry
    file: str
    line: int
    listed: bool

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"


def load_lexicon(folder: Path = LEXICON_FOLDER) -> Lexicon:
    """The lexicon of a folder; a file that breaks a rule is refused with its name and line."""
    seen: dict[Speaker, dict[str, _Written]] = {"consumer": {}, "agent": {}, "reason": {}}
    combinations: list[Combination] = []
    parts: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        if path.name == TRADITIONAL_FILE.name:
            continue
        head = _head(path)
        combinations += [_parsed(path, node, Combination) for node in _sequence(head.get("combinations"))]
        speaker = _speaker(path, head)
        if not _sequence(head.get("groups")):
            raise LexiconError(f"{path.name}:1: has no list `groups`: write one")
        for node in _sequence(head["groups"]):
            group = _parsed(path, node, PhraseGroup)
            parts.append(f"{speaker} {group.model_dump_json()}")
            for written in _written(path, group, node):
                first = seen[speaker].setdefault(written.entry.phrase, written)
                if first is not written:
                    seen[speaker][written.entry.phrase] = _one_of(first, written)
    parts += [combination.model_dump_json() for combination in combinations]
    return Lexicon(
        *(tuple(sorted(written.entry for written in seen[who].values())) for who in seen),
        combinations=tuple(combinations),
        version=hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()[:12],
    )


@cache
def shipped_lexicon() -> Lexicon:
    """The lexicon that ships with the project, read once."""
    return load_lexicon()


def _head(path: Path) -> dict[str, yaml.Node]:
    """The top level of one file, with the places of its parts."""
    try:
        node = yaml.compose(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        raise LexiconError(f"{path.name}:{line}: not YAML: {problem.problem}") from problem
    if not isinstance(node, yaml.MappingNode):
        raise LexiconError(f"{path.name}:1: holds no mapping: write speaker and groups")
    return {key.value: value for key, value in node.value}


def _sequence(node: yaml.Node | None) -> list[yaml.Node]:
    return node.value if isinstance(node, yaml.SequenceNode) else []


def _speaker(path: Path, head: dict[str, yaml.Node]) -> Speaker:
    speaker = head["speaker"].value if "speaker" in head else "consumer"
    if speaker not in ("consumer", "agent", "reason"):
        raise LexiconError(f"{path.name}:1: speaker {speaker!r}: use consumer, agent or reason")
    return cast("Speaker", speaker)


def _parsed(path: Path, node: yaml.Node, model: type[Model]) -> Model:
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        raise LexiconError(f"{path.name}:{line}: holds no mapping: write `name: value` pairs")
    values = {
        key.value: tuple(item.value for item in _sequence(value))
        if isinstance(value, yaml.SequenceNode)
        else value.value
        for key, value in node.value
    }
    try:
        return model.model_validate(values)
    except ValidationError as problem:
        first = problem.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise LexiconError(f"{path.name}:{line}: {field} {first['msg']}") from problem


def _written(path: Path, group: PhraseGroup, node: yaml.Node) -> Iterator[_Written]:
    """The entries of one group, every choice written out."""
    like = group.entry("")
    phrases = next(value for key, value in node.value if key.value == "phrases")
    for pattern, at in zip(group.phrases, _sequence(phrases), strict=True):
        line = at.start_mark.line + 1
        parts = _CHOICE.split(in_normal_letters(pattern))
        options = [part.split("|") if odd % 2 else [part] for odd, part in enumerate(parts)]
        count = prod(len(option) for option in options)
        if count > MOST_CHOICES:
            raise LexiconError(
                f"{path.name}:{line}: stands for {count} phrases, more than {MOST_CHOICES}: "
                "split it or use a topic"
            )
        listed = count == 1 or (len(parts) == 3 and not parts[0] and not parts[2])
        for chosen in itertools.product(*options):
            phrase = "".join(chosen).strip()
            if not phrase:
                raise LexiconError(f"{path.name}:{line}: empty phrase: write words or remove it")
            latin = phrase.isascii() and phrase[0].isalpha() and phrase[-1].isalpha()
            entry = Entry(phrase, *like[1:5], latin, *like[6:])
            yield _Written(entry, path.name, line, listed)


def _one_of(first: _Written, second: _Written) -> _Written:
    """A listed phrase is the exception to a combined one; two that are alike in that are refused.

    Combinations that meet in one phrase and tell the same are one entry.
    """
    phrase = second.entry.phrase
    if first.listed is not second.listed:
        return first if first.listed else second
    if (first.entry.role, first.entry.code) != (second.entry.role, second.entry.code):
        raise LexiconError(
            f"{second.place}: phrase {phrase!r} is {second.entry.code or second.entry.role} but "
            f"{first.entry.code or first.entry.role} at {first.place}: keep one"
        )
    if first.listed:
        raise LexiconError(f"{second.place}: phrase {phrase!r} stands already at {first.place}: remove one")
    return first
