"""Reads the YAML files of a lexicon into entries that know where they are written."""

import itertools
import re
from collections.abc import Iterator, Sequence
from math import prod
from pathlib import Path
from typing import NamedTuple, TypeVar, cast

import yaml
from pydantic import BaseModel, ValidationError

from orchestration.classification.normal import TRADITIONAL_FILE, in_normal_letters
from orchestration.classification.phrases import (
    SCOPES,
    Combination,
    Entry,
    LexiconError,
    PhraseGroup,
    Speaker,
)
from orchestration.classification.spellings import SPELLINGS_FILE, Spellings, read_spellings

# More would be slow to load and shows that the pattern wants a topic instead.
MOST_CHOICES = 4_000
LISTED, COMBINED, DERIVED = 0, 1, 2
# Before a denial they change nothing: 都没收到 is 没收到.
ADVERBS = ("从", "从来", "也", "都", "并", "绝", "毫")
_SCOPES_AND_TOPICS = SCOPES | {"contrast", "topic"}

Model = TypeVar("Model", bound=BaseModel)

_CHOICE = re.compile(r"\(([^()]*)\)")
_WORD = re.compile(r"[^()|]+")


class Finding(NamedTuple):
    """What is wrong with a phrase: where it stands, the rule it breaks, and the remedy."""

    place: str
    phrase: str
    rule: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: phrase {self.phrase!r} {self.rule}: {self.remedy}"


class Written(NamedTuple):
    """An entry and where it is written: as it stands, by a pattern, or derived from another.

    Of equal phrases the one of lower rank holds: a listed phrase is the exception to a pattern.
    """

    entry: Entry
    file: str
    line: int
    rank: int

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"


class Source(NamedTuple):
    """Everything that the files of a folder say, as they say it."""

    written: dict[Speaker, list[Written]]
    combinations: list[tuple[Combination, str]]
    # patterns that are not in normal form
    unread: list[Finding]
    parts: list[str]


def read_lexicon(folder: Path) -> Source:
    """The lexicon of a folder as written; a file that is not of the shape is refused by name and line."""
    source = Source({"consumer": [], "agent": [], "reason": []}, [], [], [])
    spellings = read_spellings(folder / SPELLINGS_FILE)
    source.parts.extend((spellings.version, *ADVERBS))
    for path in sorted(folder.glob("*.yaml")):
        if path.name not in (TRADITIONAL_FILE.name, SPELLINGS_FILE):
            _read_file(path, spellings, source)
    for written in source.written.values():
        written.extend(list(_after_adverbs(written)))
    return source


def _read_file(path: Path, spellings: Spellings, source: Source) -> None:
    head = _head(path)
    for node in _sequence(head.get("combinations")):
        combination = _parsed(path, node, Combination)
        source.combinations.append((combination, f"{path.name}:{node.start_mark.line + 1}"))
        source.parts.append(combination.model_dump_json())
    speaker = _speaker(path, head)
    if not _sequence(head.get("groups")):
        raise LexiconError(f"{path.name}:1: has no list `groups`: write one")
    for node in _sequence(head["groups"]):
        group = _parsed(path, node, PhraseGroup)
        source.parts.append(f"{speaker} {group.model_dump_json()}")
        for written in _written(path, group, node, source.unread):
            source.written[speaker].append(written)
            if speaker == "consumer":
                source.written[speaker] += _respelt(written, spellings)


def _respelt(written: Written, spellings: Spellings) -> Iterator[Written]:
    return (_derived(written, phrase) for phrase in spellings.of(written.entry.phrase))


def _after_adverbs(written: Sequence[Written]) -> Iterator[Written]:
    """也没 is found before 没收到 begins and would leave 收到 behind, so 也没收到 is a phrase as well."""
    denials = {item.entry.phrase for item in written if item.entry.role == "negation"}
    longer = [
        (denial, adverb + denial)
        for denial in sorted(denials)
        for adverb in ADVERBS
        if adverb + denial in denials
    ]
    starts = tuple({denial for denial, _ in longer})
    for item in written:
        phrase = item.entry.phrase
        if item.entry.role in _SCOPES_AND_TOPICS or not starts or not phrase.startswith(starts):
            continue
        for denial, with_adverb in longer:
            if phrase.startswith(denial):
                yield _derived(item, with_adverb + phrase.removeprefix(denial))


def _derived(written: Written, phrase: str) -> Written:
    return written._replace(
        entry=written.entry._replace(phrase=phrase, latin=_is_latin(phrase)), rank=DERIVED
    )


def _is_latin(phrase: str) -> bool:
    return phrase.isascii() and phrase[:1].isalpha() and phrase[-1:].isalpha()


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
        remedy = ": say in a few words why these phrases are here" if field == "reason" else ""
        raise LexiconError(f"{path.name}:{line}: {field} {first['msg']}{remedy}") from problem


def _written(path: Path, group: PhraseGroup, node: yaml.Node, unread: list[Finding]) -> Iterator[Written]:
    """The entries of one group, every choice written out."""
    like = group.entry("")
    phrases = next(value for key, value in node.value if key.value == "phrases")
    for pattern, at in zip(group.phrases, _sequence(phrases), strict=True):
        line = at.start_mark.line + 1
        normal = in_normal_letters(pattern)
        for word in _WORD.findall(pattern) if normal != pattern else ():
            if (read := in_normal_letters(word)) != word:
                rule = f"is not in normal form, in which texts are read as {read!r}"
                unread.append(Finding(f"{path.name}:{line}", word, rule, "write that"))
        parts = _CHOICE.split(normal)
        options = [part.split("|") if odd % 2 else [part] for odd, part in enumerate(parts)]
        count = prod(len(option) for option in options)
        if count > MOST_CHOICES:
            raise LexiconError(
                f"{path.name}:{line}: stands for {count} phrases, more than {MOST_CHOICES}: "
                "split it or use a topic"
            )
        is_listed = count == 1 or (len(parts) == 3 and not parts[0] and not parts[2])
        for chosen in itertools.product(*options):
            phrase = "".join(chosen).strip()
            if not phrase:
                raise LexiconError(f"{path.name}:{line}: empty phrase: write words or remove it")
            entry = Entry(phrase, *like[1:5], _is_latin(phrase), *like[6:])
            yield Written(entry, path.name, line, LISTED if is_listed else COMBINED)
