"""Whose shops may be looked at: everything, or the shops and merchant groups that a scope names."""

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from orchestration.records.reading import RecordsError, rows

KINDS = ("shop", "group")


class ScopeError(RecordsError):
    """A scope that cannot be read, names nobody, or does not hold what was asked for."""


@dataclass(frozen=True)
class Scope:
    """The shops that may be looked at; None stands for every shop, as the governance team sees them."""

    said: str = ""
    shops: frozenset[str] | None = None

    @property
    def is_everything(self) -> bool:
        """Whether nothing is held back."""
        return self.shops is None

    def of(self, shops: Iterable[str]) -> list[str]:
        """Those of the shops that it holds, sorted."""
        return sorted(shop for shop in set(shops) if self.shops is None or shop in self.shops)

    def admit(self, shops: Iterable[str], what: str) -> None:
        """Raises ScopeError unless it holds every one of the shops. Says nothing about them."""
        if self.shops is not None and not set(shops) <= self.shops:
            raise ScopeError(
                f"{what} is outside the scope '{self.said}': a merchant sees only own shops. "
                "Ask for one of those, or have the scope (CCR_SCOPE, --as) name the shop or its group"
            )

    def within(self, other: "Scope") -> "Scope":
        """This scope, if the other holds all of it; raises ScopeError otherwise."""
        if other.is_everything:
            return self
        if self.is_everything:
            return other
        other.admit(self.shops or (), f"--as '{self.said}'")
        return self


def scope_of(connection: duckdb.DuckDBPyConnection, setting: str, as_whom: str = "") -> Scope:
    """The scope of the setting CCR_SCOPE, narrowed to `--as`. Empty texts hold nothing back.

    A text is `shop:<key>` and `group:<key>`, joined by commas; a key without its platform is taken where
    only one platform has it. Raises ScopeError for anything else: an unread scope opens nothing.
    """
    return _read(connection, as_whom).within(_read(connection, setting))


def _read(connection: duckdb.DuckDBPyConnection, text: str) -> Scope:
    if not text.strip():
        return Scope()
    shops: set[str] = set()
    for part in text.split(","):
        kind, _, key = part.strip().partition(":")
        if kind not in KINDS or not key:
            raise ScopeError(
                f"'{part.strip()}' of the scope '{text}' is neither shop:<key> nor group:<key>: "
                "write for example shop:douyin:s1,group:douyin:g7"
            )
        shops |= _shops(connection, kind, key)
    return Scope(text, frozenset(shops))


def _shops(connection: duckdb.DuckDBPyConnection, kind: str, key: str) -> set[str]:
    found = rows(connection, "scope", kind=kind, key=key)
    keys = sorted({row["key"] for row in found})
    if len(keys) > 1 and key not in keys:
        raise ScopeError(f"the {kind} '{key}' of the scope is there on several platforms: say {keys}")
    named = key if key in keys else keys[0] if keys else None
    if named is None:
        raise ScopeError(
            f"the {kind} '{key}' of the scope is not known: write its key as dim_shops has it, "
            f"such as {kind}:douyin:{key}"
        )
    return {row["shop_key"] for row in found if row["key"] == named}
