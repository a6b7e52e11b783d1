"""What DuckDB may use is read from the environment, and refused where it is no size or number."""

from pathlib import Path

import pytest

from orchestration.landing import engine as landing
from orchestration.settings import Engine, SettingsError
from orchestration.wiring.warehouse import opened


def test_limits_are_those_of_the_environment() -> None:
    engine = Engine.from_environment(
        {"CCR_MEMORY_LIMIT": "512MB", "CCR_SPILL": "/spilled", "CCR_THREADS": "1", "CCR_ROWS_PER_WINDOW": "9"}
    )
    assert engine.when_opened(Path("/home")) == {"temp_directory": "/spilled"}
    assert engine.once_open() == {"memory_limit": "512MB", "threads": "1"}
    assert engine.rows_per_window == 9


@pytest.mark.parametrize(
    ("name", "value"),
    [("CCR_MEMORY_LIMIT", "plenty"), ("CCR_THREADS", "0"), ("CCR_ROWS_PER_WINDOW", "-1")],
)
def test_a_limit_that_cannot_be_used_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Engine.from_environment({name: value})


def test_the_warehouse_keeps_to_the_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCR_MEMORY_LIMIT", "300MiB")
    monkeypatch.setenv("CCR_THREADS", "1")
    with opened(tmp_path / "warehouse.duckdb") as connection:
        asked = "select current_setting('memory_limit'), current_setting('threads')"
        assert connection.execute(asked).fetchone() == ("300.0 MiB", 1)
        (folder,) = connection.execute("select current_setting('temp_directory')").fetchone() or ()
        assert folder == str(tmp_path / "spill")


def test_landing_keeps_to_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landing, "_DATABASES", {})
    monkeypatch.setenv("CCR_MEMORY_LIMIT", "200MiB")
    connection = landing.connect()
    assert connection.execute("select current_setting('memory_limit')").fetchone() == ("200.0 MiB",)
    connection.close()
