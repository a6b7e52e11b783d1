"""Where things are and which keys open them, read from the environment once."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
SHIPPED_POLICIES = PROJECT / "orchestration" / "policies"


class SettingsError(ValueError):
    """A setting is missing or cannot be used; says which and what to do."""


@dataclass(frozen=True)
class Engine:
    """What DuckDB may use, of memory for each database of a process, and where it spills the rest.

    `rows_per_window` is how many delivered versions of orders are computed at a time.
    """

    home: Path
    spill: Path | None = None
    memory_limit: str = "2GB"
    threads: int = 2
    rows_per_window: int = 2_500_000

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Engine":
        """Reads CCR_MEMORY_LIMIT, CCR_SPILL, CCR_THREADS and CCR_ROWS_PER_WINDOW."""
        env = os.environ if environment is None else environment
        limit = env.get("CCR_MEMORY_LIMIT") or cls.memory_limit
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)?(MB|GB|MiB|GiB)", limit):
            raise SettingsError(f"CCR_MEMORY_LIMIT is {limit!r}: it is a size, such as 1GB or 512MB")
        return cls(
            home=_home(env),
            spill=Path(env["CCR_SPILL"]).expanduser().resolve() if env.get("CCR_SPILL") else None,
            memory_limit=limit,
            threads=_count("CCR_THREADS", env.get("CCR_THREADS") or str(cls.threads)),
            rows_per_window=_count(
                "CCR_ROWS_PER_WINDOW", env.get("CCR_ROWS_PER_WINDOW") or str(cls.rows_per_window)
            ),
        )

    def when_opened(self, home: Path | None = None) -> dict[str, Any]:
        """The settings that a database of a home is opened with; two openings in a process must agree."""
        return {"temp_directory": str(self.spill or (home or self.home) / "spill")}

    def once_open(self) -> dict[str, Any]:
        """The settings that can be made of a connection."""
        return {"memory_limit": self.memory_limit, "threads": str(self.threads)}


@dataclass(frozen=True)
class Settings:
    """Paths are absolute. Nothing here is created before `prepare_home`."""

    home: Path
    landing: Path
    ledger_url: str
    policy_folders: tuple[Path, ...]
    buyer_key: bytes | None
    enforcement_horizon_days: int = 30
    scope: str = ""  # whose shops may be looked at; empty: everything

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Reads CCR_HOME, CCR_LANDING, CCR_LEDGER_URL, CCR_POLICIES, CCR_SHIPPED_POLICIES, CCR_BUYER_KEY,
        CCR_ENFORCEMENT_HORIZON_DAYS and CCR_SCOPE.
        """
        env = os.environ if environment is None else environment
        home = _home(env)
        key = env.get("CCR_BUYER_KEY")
        return cls(
            home=home,
            landing=Path(env.get("CCR_LANDING") or home / "landing").expanduser().resolve(),
            ledger_url=env.get("CCR_LEDGER_URL") or f"sqlite:///{home / 'ledger.sqlite'}",
            policy_folders=_policy_folders(
                env.get("CCR_POLICIES") or "", env.get("CCR_SHIPPED_POLICIES") or "yes"
            ),
            buyer_key=key.encode() if key else None,
            enforcement_horizon_days=_days(
                "CCR_ENFORCEMENT_HORIZON_DAYS", env.get("CCR_ENFORCEMENT_HORIZON_DAYS") or "30"
            ),
            scope=(env.get("CCR_SCOPE") or "").strip(),
        )

    @property
    def lake(self) -> Path:
        """Parquet, the record of what was received and said; the warehouse is rebuilt from it."""
        return self.home / "lake"

    @property
    def warehouse(self) -> Path:
        """The DuckDB file, a cache."""
        return self.home / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        """What leaves the house: lists, manifests, Data Docs."""
        return self.home / "published"

    @property
    def model(self) -> Path:
        """The trained classifier and its card."""
        return self.home / "model"

    def required_buyer_key(self) -> bytes:
        """The key that buyer ids are hashed with at the gate."""
        if self.buyer_key is None:
            raise SettingsError(
                "CCR_BUYER_KEY is not set: buyer ids are stored only as a keyed hash. "
                "Set it to a secret of your own, and keep it: another key makes other buyers."
            )
        return self.buyer_key

    def prepare_home(self) -> None:
        """Makes the folders, and gives Dagster its instance settings."""
        for folder in (self.home, self.lake, self.published, self.model):
            folder.mkdir(parents=True, exist_ok=True)
        wanted = (PROJECT / "deploy" / "dagster.yaml").read_text(encoding="utf-8")
        instance = self.home / "dagster.yaml"
        if not instance.exists() or instance.read_text(encoding="utf-8") != wanted:
            # by another name first: a second process may be reading it
            staged = self.home / f"dagster.yaml.{os.getpid()}"
            staged.write_text(wanted, encoding="utf-8")
            staged.replace(instance)


def offenders_named(environment: Mapping[str, str] | None = None) -> int:
    """How many rows that break a rule a check names a day, by their keys: CCR_OFFENDERS_NAMED."""
    env = os.environ if environment is None else environment
    return _count("CCR_OFFENDERS_NAMED", env.get("CCR_OFFENDERS_NAMED") or "3")


def _home(env: Mapping[str, str]) -> Path:
    return Path(env.get("CCR_HOME") or PROJECT / ".ccr").expanduser().resolve()


def _count(name: str, value: str) -> int:
    if not value.isascii() or not value.isdecimal() or int(value) == 0:
        raise SettingsError(f"{name} is {value!r}: it is a whole number above 0")
    return int(value)


def _days(name: str, value: str) -> int:
    if not value.isascii() or not value.isdecimal():
        raise SettingsError(f"{name} is {value!r}: it is a number of days, such as 30")
    return int(value)


def _policy_folders(own: str, shipped: str) -> tuple[Path, ...]:
    """The shipped rule book and folders of one's own, each once."""
    if shipped not in ("yes", "no"):
        raise SettingsError(
            f"CCR_SHIPPED_POLICIES is {shipped!r}: it says whether the shipped rule book is read. "
            "Write yes or no."
        )
    folders = [Path(folder).expanduser().resolve() for folder in own.split(os.pathsep) if folder]
    if shipped == "no" and not folders:
        raise SettingsError(
            "CCR_SHIPPED_POLICIES is no and CCR_POLICIES names no folder: there would be no rule at all. "
            "Name a folder of policies, or leave CCR_SHIPPED_POLICIES out."
        )
    return tuple(dict.fromkeys([SHIPPED_POLICIES, *folders] if shipped == "yes" else folders))
