"""dbt's manifest, of which several processes ask at once."""

from pathlib import Path

import pytest

from orchestration.wiring import dbt_manifest


def test_who_reads_the_manifest_is_not_disturbed_by_who_parses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = tmp_path / "target" / "manifest.json"
    monkeypatch.setattr(dbt_manifest, "MANIFEST", manifest)
    dbt_manifest.parsed_manifest()
    before = manifest.read_text(encoding="utf-8")
    with manifest.open(encoding="utf-8") as held:
        dbt_manifest.parsed_manifest()
        assert held.read() == before
    # each parse has an id of its own
    assert manifest.read_text(encoding="utf-8") != before
    assert sorted(path.name for path in manifest.parent.iterdir()) == [
        "manifest.json",
        "partial_parse.msgpack",
    ]
