"""Hashes of what the rule book says: the same words give the same hash, whenever they are read."""

import hashlib
import json

import pyarrow as pa

from orchestration.policy.library import PolicyLibrary


def policy_sha256(library: PolicyLibrary, policy_id: str) -> str:
    """Of a policy: its versions, the hash of each document and the days on which each holds."""
    said = [
        [version.version, version.sha256, version.document.dates.effective_from, version.effective_to]
        for version in library.of(policy_id)
    ]
    return _sha256(said)


def table_sha256(table: pa.Table) -> str:
    """Of a policy table: its columns and rows, in their order."""
    return _sha256([table.column_names, *(list(row.values()) for row in table.to_pylist())])


def _sha256(said: object) -> str:
    return hashlib.sha256(json.dumps(said, default=str, ensure_ascii=False).encode()).hexdigest()
