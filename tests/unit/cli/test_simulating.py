"""What `ccr policy simulate` refuses, before anything is copied or computed."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from orchestration.cli.app import app
from orchestration.settings import SHIPPED_POLICIES
from tests.unit.policy.books import DOUYIN, PINDUODUO, REFERENCE, Book

OCTOBER = ("--from", "2026-10-01", "--to", "2026-10-15")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose warehouse must not be read: it is none."""
    for name in ("CCR_HOME", "DAGSTER_HOME", "DAGSTER_EVENT_BATCH_SIZE", "CCR_LANDING"):
        monkeypatch.setenv(name, "")
    for name in ("CCR_POLICIES", "CCR_SHIPPED_POLICIES"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "warehouse.duckdb").write_bytes(b"no database")
    return tmp_path / "home"


def simulate(home: Path, policy: Path, *options: str) -> Result:
    arguments = ["policy", "simulate", "--home", str(home), "--policy", str(policy), *(options or OCTOBER)]
    return CliRunner().invoke(app, arguments)


def test_a_broken_document_is_refused_with_the_words_of_the_loader(home: Path, tmp_path: Path) -> None:
    file = Book(tmp_path / "book").edit(DOUYIN, "mode: enforce", "mode: enforced")
    done = simulate(home, file)
    assert done.exit_code == 2
    assert done.stdout.startswith(f"{file}:9: unknown code 'enforced' for mode [unknown_code]. Did you mean")
    assert done.stderr.strip() == "ccr: 1 fault; nothing is simulated"
    assert [path.name for path in home.iterdir()] == ["warehouse.duckdb"]


def test_a_broken_document_to_compare_with_is_refused_too(home: Path, tmp_path: Path) -> None:
    file = Book(tmp_path / "book").edit(DOUYIN, "mode: enforce", "mode: enforced")
    done = simulate(home, SHIPPED_POLICIES / DOUYIN, *OCTOBER, "--against", str(file))
    assert (done.exit_code, done.stdout.count("[unknown_code]")) == (2, 1)


def test_tickets_are_not_simulated(home: Path) -> None:
    done = simulate(home, SHIPPED_POLICIES / PINDUODUO)
    assert done.exit_code == 2
    assert "judges per_order_ticket, which is not counted shop by shop here [not_simulated]" in done.stdout


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--from", "2026-10-15", "--to", "2026-10-01"), "--from 2026-10-15 is after --to 2026-10-01: swap"),
        ((*OCTOBER, "--against", "2"), "has no version '2'; it has 2026-07-14 or 2027-03-01"),
        ((*OCTOBER, "--against", str(SHIPPED_POLICIES / REFERENCE)), "name two versions that judge the same"),
        ((*OCTOBER, "--out", __file__), "is a file: --out names a folder"),
    ],
)
def test_what_cannot_be_simulated_is_refused_with_a_remedy(
    home: Path, options: tuple[str, ...], says: str
) -> None:
    done = simulate(home, SHIPPED_POLICIES / DOUYIN, *options)
    assert (done.exit_code, done.stdout) == (1, "")
    assert says in " ".join(done.stderr.split())


def test_a_home_that_was_never_run_is_refused(tmp_path: Path, home: Path) -> None:
    done = simulate(tmp_path / "elsewhere", SHIPPED_POLICIES / DOUYIN)
    assert done.exit_code == 1
    assert "has no warehouse yet; `ccr run` makes one" in " ".join(done.stderr.split())
