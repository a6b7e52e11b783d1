"""Spellings that dodge filters: every phrase with a word that has some stands for them too."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

from orchestration.classification.normal import normalise
from orchestration.classification.phrases import LexiconError

SPELLINGS_FILE = "spellings.yaml"


class Spellings(NamedTuple):
    """Words and how else they are written, in normal form."""

    of_word: dict[str, tuple[str, ...]]
    version: str

    def of(self, phrase: str) -> Iterator[str]:
        """The other spellings of a phrase, one word of it respelt at a time."""
        for word, spellings in self.of_word.items():
            if word in phrase:
                for spelling in spellings:
                    yield phrase.replace(word, spelling)


def read_spellings(path: Path) -> Spellings:
    """The table `words` of a file, empty where there is no file; what breaks a rule is refused by line."""
    if not path.is_file():
        return Spellings({}, "")
    try:
        node = yaml.compose(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
        words = next(value for key, value in node.value if key.value == "words")
        table = [(key, value.value) for key, value in words.value]
    except (yaml.YAMLError, StopIteration, AttributeError, TypeError, ValueError) as problem:
        raise LexiconError(f"{path.name}:1: has no mapping `words`: write word: [spelling, ...]") from problem
    of_word: dict[str, tuple[str, ...]] = {}
    word_of: dict[str, str] = {}
    for key, values in table:
        word, line = key.value, key.start_mark.line + 1
        if word in of_word:
            raise LexiconError(f"{path.name}:{line}: word {word!r} stands already: write it once")
        for spelling in [word, *(value.value for value in values)]:
            normal = normalise(spelling).text
            if normal != spelling:
                raise LexiconError(
                    f"{path.name}:{line}: spelling {spelling!r} can never be found, for it is read as "
                    f"{normal!r}: write that, or remove it"
                )
            first = word_of.setdefault(spelling, word)
            if first != word or (spelling == word and word in (value.value for value in values)):
                raise LexiconError(
                    f"{path.name}:{line}: spelling {spelling!r} stands for {first!r} and {word!r}: keep one"
                )
        of_word[word] = tuple(value.value for value in values)
    return Spellings(of_word, json.dumps(of_word, ensure_ascii=False, sort_keys=True))
