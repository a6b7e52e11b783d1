"""What the compiled code does to a text, in plain Python: phrases, n-grams, clauses, facts, log-odds.

Written for its answers, not for speed. What phrases say beside each other (denied, feared, asked) is
taken from the hits it is given.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from orchestration.classification.compiled.grams import FEATURE_BITS, Scorer
from orchestration.classification.compiled.letters import LATIN_PIECE_END, PIECE_END
from orchestration.classification.normal import Normal, traits
from orchestration.classification.spans import Hit
from orchestration.classification.weighing import CONCRETE, TextModel

Found = list[tuple[int, int, str]]

_WORD = (1 << 64) - 1
_BYTE_PRIME, _SPREAD, _SPREAD_AGAIN = 0x100000001B3, 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9
_STEPS_OF_ONE = 1024


class PlainFinder:
    """Of the phrases that start at a place the longest, and the search goes on behind it."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._phrases = set(phrases)
        lengths: dict[str, set[int]] = defaultdict(set)
        for phrase in self._phrases:
            lengths[phrase[0]].add(len(phrase))
        self._lengths = {first: sorted(each, reverse=True) for first, each in lengths.items()}

    def find(self, text: str) -> Found:
        """First and last place of each phrase, and the phrase."""
        found: Found = []
        place = 0
        while place < len(text):
            for length in self._lengths.get(text[place], ()):
                phrase = text[place : place + length]
                if phrase in self._phrases:
                    found.append((place, place + len(phrase), phrase))
                    place += length
                    break
            else:
                place += 1
        return found


class _Script:
    """The weights of one script's n-grams, each worked out once."""

    def __init__(self, scorer: Scorer, ends: int) -> None:
        self.scorer = scorer
        self._orders = range(scorer.shortest, scorer.longest + 1)
        self._steps: dict[str, int] = {}
        self._is_end = traits() & ends != 0

    def carries(self, framed: str) -> list[int]:
        """The steps of the n-grams that begin at each place."""
        return [
            sum(self._step(framed[at : at + order]) for order in self._orders if at + order <= len(framed))
            for at in range(len(framed))
        ]

    def count(self, framed: str) -> int:
        return sum(max(len(framed) - order + 1, 0) for order in self._orders)

    def clauses(self, text: str) -> list[tuple[int, int]]:
        """Where each clause begins and ends; a text without clauses is one."""
        found, begin = [], 0
        for at, letter in enumerate([*text, None]):
            if letter is None or self._is_end[ord(letter)]:
                if at > begin:
                    found.append((begin, at))
                begin = at + 1
        return found or [(0, len(text))]

    def _step(self, gram: str) -> int:
        if gram not in self._steps:
            self._steps[gram] = int(self.scorer.steps[_feature(gram)])
        return self._steps[gram]


def _feature(gram: str) -> int:
    rolled, lead = 0, 1
    for letter in gram:
        rolled = (rolled * _BYTE_PRIME + ord(letter)) & _WORD
        lead = lead * _BYTE_PRIME & _WORD
    mixed = (rolled + len(gram) * lead) * _SPREAD & _WORD
    mixed ^= mixed >> 29
    return (mixed * _SPREAD_AGAIN & _WORD) >> (64 - FEATURE_BITS)


class PlainReader:
    """Weighs texts as a trained model does."""

    def __init__(self, model: TextModel) -> None:
        self._chinese = _Script(model.reader.chinese, PIECE_END)
        self._latin = _Script(model.reader.latin, LATIN_PIECE_END)

    def weigh(self, normal: Normal, hits: Sequence[Hit]) -> tuple[float, tuple[int, int]]:
        """The log-odds of a text, and where its heaviest clause stood in the original."""
        script = self._chinese if _is_chinese(normal.text) else self._latin
        framed = f"\n{normal.text}\n"
        carries = script.carries(framed)
        margin = sum(carries) / _STEPS_OF_ONE / math.sqrt(max(script.count(framed), 1))
        weights = [
            (sum(carries[begin + 1 : end + 1]) / _STEPS_OF_ONE / math.sqrt(max(end - begin, 1)), begin, end)
            for begin, end in script.clauses(normal.text)
        ]
        heaviest = max(weights, key=lambda each: each[0])
        facts = [margin + script.scorer.intercept, heaviest[0], min(weights)[0], *_counts(hits)]
        odds = float(script.scorer.base)
        for fact, coefficient in zip(facts, script.scorer.coefficients.tolist(), strict=True):
            odds += fact * coefficient
        where = normal.original_span(*heaviest[1:]) if normal.text else (0, 0)
        return round(odds, 6), where


def _is_chinese(text: str) -> bool:
    chinese = sum("\u3400" <= letter <= "\u4dbf" or "\u4e00" <= letter <= "\u9fff" for letter in text)
    latin = sum("a" <= letter <= "z" for letter in text)
    return chinese > 0 and chinese * 4 >= latin


def _counts(hits: Sequence[Hit]) -> list[int]:
    """The facts that are counts of hits, in their order."""
    told = [hit for hit in hits if hit.entry.role == "issue"]
    asserted = [hit for hit in told if hit.state == "asserted"]
    negated = sum(hit.state == "negated" for hit in told)
    praise = [hit for hit in hits if hit.entry.role == "praise"]
    upset = sum(hit.entry.role == "dissatisfaction" and hit.state == "asserted" for hit in hits)
    by_severity = [sum(hit.entry.severity == severity for hit in asserted) for severity in (1, 2, 3)]
    return [
        min(by_severity[0], 3),
        min(by_severity[1], 3),
        min(by_severity[2], 2),
        min(sum(hit.entry.code in CONCRETE for hit in asserted), 2),
        int(bool(asserted) and asserted[-1].after_contrast),
        min(upset, 2),
        min(len(praise), 4),
        min(sum(hit.after_contrast for hit in praise), 2),
        min(negated, 2),
        min(len(told) - len(asserted) - negated, 2),
        min(sum(hit.entry.role == "guard" for hit in hits), 2),
        int(bool(praise) and not any(by_severity)),
        int(any(by_severity) and not praise),
        int(not any(by_severity) and not praise),
    ]
