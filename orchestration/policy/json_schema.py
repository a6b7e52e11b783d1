"""The shape of a policy document as JSON Schema, for editors that check while one writes."""

from typing import Any

from orchestration.policy.model import POLICY, SCHEMA


def json_schema() -> dict[str, Any]:
    """The schema of a document as it is written in YAML.

    What holds between parts, and between documents, is not in it: `ccr policy check` tells that.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        **POLICY.json_schema(by_alias=True, mode="validation"),
    }
