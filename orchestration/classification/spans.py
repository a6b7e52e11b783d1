"""Finds lexicon phrases in a text and says which of them the writer asserts."""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from orchestration.classification.normal import Normal, normalise
from orchestration.classification.phrases import Combination, Entry

State = Literal["asserted", "negated", "hypothetical", "questioned"]

# "、", "和", "或" carry a negation on: 没有破损、漏液.
_CLAUSE_END = re.compile(r"[，。！？；：,.!?;:\n~…）)(（]| (?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff]) ")
_SENTENCE_END = re.compile(r"[。！？；!?;\n.…]")
_CARRIED_ON = re.compile(r"^[、,和或跟与及也没有无 ]{1,5}$|^ (?:or|nor|and|ou|e|nem)(?: \w+)? $")
_ASKED = re.compile(r"^.{0,2}?[吗么嘛][?？。,，!！~ ]*$|^.{0,3}(?:吗|没有呀?|还是)[?？]")
_TOPIC_WINDOW = 8
# 一个坏的都没有, but not 坏了都没有人管.
_DENIED_AFTER = re.compile(r"^的?[都也](?:没有?|无)(?<!没(?=有))(?![人法])")
_ONLY_SCOPE = frozenset({"negation", "contrast", "hypothetical", "question"})
_RHETORICAL = frozenset({"不是", "不就是", "难道不是"})
_DENYING = frozenset("不没无未")
_PRAISE_WINDOW = 2
_PRAISE_WINDOW_LATIN = 14

NEGATED_PRAISE = Entry("negated_praise", "issue", "other_negative", 1, 0, False, "bad", False)


class Hit(NamedTuple):
    """A phrase found; start and end are code points of the original text."""

    entry: Entry
    start: int
    end: int
    state: State
    after_contrast: bool


class _Scope(NamedTuple):
    """A negation, condition or question that reaches as far as its window."""

    start: int
    end: int
    window: int

    def covers(self, text: str, start: int, *, ends: re.Pattern[str]) -> bool:
        gap = start - self.end
        return 0 <= gap <= self.window and ends.search(text, self.end, start) is None


_NOWHERE = _Scope(-10_000, -10_000, 0)


class SpanFinder:
    """Searches many phrases in one pass; of phrases that start together the longest wins."""

    def __init__(self, entries: Sequence[Entry], combinations: Sequence[Combination] = ()) -> None:
        self._entries = tuple(entries)
        self._combined = {(pair.topic, pair.kind): pair for pair in combinations}
        self._search = AhoCorasick(
            [entry.phrase for entry in self._entries], matchkind=MatchKind.LeftmostLongest
        )

    def find(self, text: str) -> list[Hit]:
        """Hits in a text as written, in order, with their state."""
        return self.find_normal(normalise(text))

    def find_normal(self, normal: Normal) -> list[Hit]:
        """Hits in a text that is already in normal form."""
        text = normal.text
        scopes = _Scopes(text)
        topic, topic_scope = "", _NOWHERE
        hits: list[Hit] = []
        for number, start, end in self._search.find_matches_as_indexes(text):
            entry = self._entries[number]
            if entry.latin and not _stands_alone(text, start, end):
                continue
            first = start
            if entry.role == "topic":
                topic, topic_scope = entry.kind, _Scope(start, end, _TOPIC_WINDOW)
                continue
            if entry.kind:
                pair = self._combined.get((topic, entry.kind))
                if pair is not None and topic_scope.covers(text, start, ends=_CLAUSE_END):
                    entry = entry._replace(code=pair.issue, severity=pair.severity)
                    first = topic_scope.start
                elif entry.bare:
                    continue
            state = scopes.state_of(entry, start, end)
            if state == "negated" and entry.role == "praise":
                entry, first, state = NEGATED_PRAISE, scopes.negation.start, "asserted"
            if entry.role in _ONLY_SCOPE:
                continue
            span = normal.original_span(first, end)
            hits.append(Hit(entry, *span, state, scopes.contrast))
        return hits


class _Scopes:
    """The negations, conditions and questions that are open while a text is read."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.negation = self._hypothetical = self._question = _NOWHERE
        self.contrast = False
        self._denied_until = -1

    def state_of(self, entry: Entry, start: int, end: int) -> State:
        """What the open scopes make of an entry; a scope word opens its own."""
        match entry.role:
            case "negation":
                # 不是没有坏: a negation of a negation asserts.
                doubled = self._negates(start) and not entry.latin
                self.negation = _NOWHERE if doubled else _Scope(start, end, entry.window)
            case "hypothetical":
                self._hypothetical = _Scope(start, end, entry.window)
            case "question":
                self._question = _Scope(start, end, entry.window)
            case "contrast":
                self.contrast, self.negation = True, _NOWHERE
            case "issue" | "dissatisfaction":
                return self._state_of_issue(entry, start, end)
            case "praise" | "acceptance":
                if entry.phrase[0] in _DENYING:
                    # 没有破损、漏液: praise that denies one fault denies those listed after it.
                    self._denied_until = end
                elif self._negates(start, _PRAISE_WINDOW_LATIN if entry.latin else _PRAISE_WINDOW):
                    return "negated"
                if self._hypothetical.covers(self._text, start, ends=_CLAUSE_END):
                    return "hypothetical"
            case _:
                pass
        return "asserted"

    def _state_of_issue(self, entry: Entry, start: int, end: int) -> State:
        text = self._text
        carried = self._denied_until >= 0 and _CARRIED_ON.match(text[self._denied_until : start])
        negated = self._negates(start)
        if negated and self._is_rhetorical(end):
            return "asserted"
        if negated or carried or _DENIED_AFTER.match(text[end : end + 6]):
            self._denied_until = end
            return "negated"
        if self._hypothetical.covers(text, start, ends=_SENTENCE_END):
            return "hypothetical"
        if self._question.covers(text, start, ends=_CLAUSE_END):
            return "questioned"
        if entry.severity < 3 and _ASKED.match(text[end : end + 6]):
            return "questioned"
        return "asserted"

    def _is_rhetorical(self, end: int) -> bool:
        """这不是欺诈吗 says that it is."""
        said = self._text[self.negation.start : self.negation.end]
        return said in _RHETORICAL and _ASKED.match(self._text[end : end + 6]) is not None

    def _negates(self, start: int, reach: int = 99) -> bool:
        scope = self.negation
        near = scope if scope.window <= reach else _Scope(scope.start, scope.end, reach)
        return near.covers(self._text, start, ends=_CLAUSE_END)


def _stands_alone(text: str, start: int, end: int) -> bool:
    before = text[start - 1 : start]
    after = text[end : end + 1]
    return not (before.isalpha() and before.isascii()) and not (after.isalpha() and after.isascii())


def asserted_issues(hits: Sequence[Hit]) -> list[Hit]:
    """The hits that say a problem is there."""
    return [hit for hit in hits if hit.entry.role == "issue" and hit.state == "asserted"]
