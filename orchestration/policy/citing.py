"""The declared sources of a version as rows, each with the rules and parts that cite it."""

from collections import defaultdict
from typing import Any

from orchestration.policy.model import RatePolicy, TicketPolicy

_NAMED_BY_RULE = ("ladder", "rules")


def source_rows(document: RatePolicy | TicketPolicy) -> list[dict[str, Any]]:
    """One row per source, in the order in which the document declares them."""
    cited_by: defaultdict[str, list[str]] = defaultdict(list)
    for name in type(document).model_fields:
        value = getattr(document, name)
        if name in _NAMED_BY_RULE:
            for step in value:
                for source in step.sources:
                    cited_by[source].append(step.rule)
        elif name != "sources":
            for source in getattr(value, "sources", ()):
                cited_by[source].append(name)
    return [
        {
            "source_no": number,
            "source_id": source.id,
            "grade": source.grade,
            "says": source.says,
            "stands_in": source.where,
            "cited_by": cited_by[source.id],
        }
        for number, source in enumerate(document.sources, start=1)
    ]
