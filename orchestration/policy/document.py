"""A YAML document as plain values, with the line of every one of them."""

import re
from typing import Any, NamedTuple

import yaml

Place = tuple[str | int, ...]


class DocumentUnreadableError(ValueError):
    """The text is not a policy document at all."""

    def __init__(self, line: int, rule: str, says: str, remedy: str) -> None:
        super().__init__(f"line {line}: {says}. {remedy}")
        self.line = line
        self.rule = rule
        self.says = says
        self.remedy = remedy


class Document(NamedTuple):
    """Plain values and the line of each place in them."""

    values: Any
    lines: dict[Place, int]

    def line_of(self, place: Place) -> int:
        """The line of a place, or of the nearest thing around it."""
        known: Place = ()
        for part in place:
            if (*known, part) in self.lines:
                known = (*known, part)
                continue
            # `fine: {amount_fen: 1}` is one step for the reader and two for the document.
            below = [path for path in self.lines if len(path) == len(known) + 1 and path[:-1] == known]
            if len(below) == 1 and (*below[0], part) in self.lines:
                known = (*below[0], part)
        return self.lines.get(known, 1)


class _Loader(yaml.SafeLoader):
    """The scalars of YAML 1.2: no day becomes a date here, no `no` a boolean, no 010 an eight."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise DocumentUnreadableError(
                event.start_mark.line + 1,
                "no_anchors",
                "anchors and aliases hide what is in force",
                "Write the value out where it holds.",
            )
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("bool", r"^(?:true|false)$", list("tf")),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", list("-+0123456789")),
    ("float", r"^[-+]?(?:0|[1-9][0-9]*)\.[0-9]+$", list("-+0123456789")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)


def read_document(content: bytes) -> Document:
    """Parse one YAML document; refuse what a reader could misread."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DocumentUnreadableError(
            line, "not_yaml", "this is not UTF-8 text", "Save the file as UTF-8."
        ) from None
    try:
        loader = _Loader(text)
        try:
            root = loader.get_single_node()
            lines: dict[Place, int] = {}
            values = _plain(loader, root, (), lines) if root is not None else None
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        begun = error.context_mark
        began = f", in what begins on line {begun.line + 1}" if begun and error.problem else ""
        raise DocumentUnreadableError(
            mark.line + 1 if mark else 1,
            "not_yaml",
            f"YAML cannot be read here: {error.problem or error.context}{began}",
            "Check indentation, colons and quotes around this line.",
        ) from None
    except yaml.YAMLError as error:
        raise DocumentUnreadableError(
            1, "not_yaml", f"YAML cannot be read: {error}", "Remove control characters."
        ) from None
    except RecursionError:
        raise DocumentUnreadableError(
            1, "not_yaml", "this is nested too deeply for a policy", "Flatten it."
        ) from None
    if not isinstance(values, dict):
        raise DocumentUnreadableError(
            1, "not_yaml", "a policy is a mapping of keys", "Begin with `schema: ccr-policy/1`."
        )
    return Document(values, lines)


def _plain(loader: _Loader, node: yaml.Node, place: Place, lines: dict[Place, int]) -> Any:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_object(node)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(loader, item, (*place, index), lines) for index, item in enumerate(node.value)]
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str):
            raise DocumentUnreadableError(
                line, "bad_value", f"the key {key!r} is not a word", "Quote it, or correct it."
            )
        if key in values:
            raise DocumentUnreadableError(
                line, "duplicate_key", f"the key '{key}' is written twice", "Keep one of them."
            )
        lines[(*place, key)] = line
        values[key] = _plain(loader, value_node, (*place, key), lines)
    return values
