"""Rows that do not fit, as rows of `raw.quarantine`: nothing delivered is dropped."""

import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from orchestration.landing.columns import Kind, Source
from orchestration.landing.contract import QUARANTINE
from orchestration.landing.judging import VALUE_LENGTH, Origin
from orchestration.landing.privacy import buyer_hash
from orchestration.landing.reading import Misfit


def with_misfits(
    quarantined: pa.Table, misfits: Sequence[Misfit], source: Source, origin: Origin, key: bytes
) -> pa.Table:
    """The quarantined rows and the misfits of one block together, in file order."""
    rows = [_row(misfit, source, origin, key) for misfit in misfits]
    table = pa.concat_tables([quarantined, pa.Table.from_pylist(rows, QUARANTINE)])
    return table.sort_by("line")


def _row(misfit: Misfit, source: Source, origin: Origin, key: bytes) -> dict[str, Any]:
    hidden = _hidden(misfit.row, source, key)
    value = misfit.value
    if misfit.column is not None and source.column(misfit.column).kind is Kind.BUYER:
        value = hidden[misfit.column]
    return {
        "platform": origin.platform,
        "source": source.name,
        "file": origin.file,
        "line": misfit.line,
        "column_name": misfit.column,
        "value": None if value is None else _storable(value)[:VALUE_LENGTH],
        "reason": misfit.reason,
        "row_json": _storable(json.dumps(hidden, ensure_ascii=False)),
    }


def _hidden(row: dict[str, Any], source: Source, key: bytes) -> dict[str, Any]:
    """The row with buyer ids hashed and nulls left out."""
    buyers = {column.name for column in source.columns if column.kind is Kind.BUYER}
    return {
        _storable(name): buyer_hash(_storable(str(value)), key) if name in buyers else value
        for name, value in row.items()
        if value is not None
    }


def _storable(text: str) -> str:
    """The text with halves of surrogate pairs replaced: they are not UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")
