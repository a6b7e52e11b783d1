"""Whether the ledger balances: what was imposed lies somewhere or went back, as its status says (I15)."""

from typing import NamedTuple

from sqlalchemy import Connection, case, func, select

from orchestration.penalties.consumption import AT_ONCE
from orchestration.penalties.lifecycle import EXEMPTED, TAKEN_BACK, states_of
from orchestration.penalties.tables import decisions, entries

_MINUS = ("reverse", "refund", "exempt")


class Account(NamedTuple):
    """The entries of one decision in fen, and its points."""

    decision_id: str
    platform: str
    shop_key: str
    imposed: int
    given_back: int
    outstanding: int
    frozen: int
    paid: int
    points: int

    @property
    def is_even(self) -> bool:
        """Whether all that was imposed lies somewhere or was given back."""
        lying = self.outstanding + self.frozen + self.paid
        return self.imposed - self.given_back == lying and min(self.outstanding, self.frozen, self.paid) >= 0


class Imbalance(NamedTuple):
    """A decision whose entries do not add up, or do not agree with where it stands."""

    account: Account
    status: str | None
    why: str


def accounts(connection: Connection, shop_key: str | None = None) -> list[Account]:
    """What each decision in force imposed and where it lies, of one shop or of all; by shop and id."""
    lying = [_lying(name) for name in ("outstanding", "frozen", "paid")]
    asked = (
        select(
            *(decisions.c[name] for name in ("decision_id", "platform", "shop_key")),
            func.sum(case((entries.c.entry_type == "issue", entries.c.amount_fen), else_=0)),
            func.sum(case((entries.c.entry_type.in_(_MINUS), entries.c.amount_fen), else_=0)),
            *lying,
            func.sum(entries.c.points),
        )
        .join(entries, entries.c.decision_id == decisions.c.decision_id)
        .group_by(*(decisions.c[name] for name in ("decision_id", "platform", "shop_key")))
    )
    if shop_key is not None:
        asked = asked.where(decisions.c.shop_key == shop_key)
    found = [Account(*row[:3], *(int(value) for value in row[3:])) for row in connection.execute(asked)]
    return sorted(found, key=lambda each: (each.platform, each.shop_key, each.decision_id))


def imbalances(connection: Connection, shop_key: str | None = None) -> list[Imbalance]:
    """Every decision that breaks the law of the ledger; none, in a ledger that balances."""
    found: list[Imbalance] = []
    known = accounts(connection, shop_key)
    for start in range(0, len(known), AT_ONCE):
        some = known[start : start + AT_ONCE]
        states = states_of(connection, [each.decision_id for each in some])
        for account in some:
            status = states[account.decision_id].status
            why = _wrong(account, status)
            if why is not None:
                found.append(Imbalance(account, status, why))
    return found


def _wrong(account: Account, status: str | None) -> str | None:
    lying = account.outstanding, account.frozen, account.paid
    if not account.is_even:
        return "what was imposed is neither given back nor anywhere"
    if status in TAKEN_BACK | EXEMPTED and any((*lying, account.points)):
        return f"it is {status}, and something is still held against the shop"
    if status in {"executed", "expired"} and (account.outstanding or account.frozen):
        return f"it is {status}, and something is not carried out"
    if status in {"noticed", "confirmed"} and (account.outstanding or account.paid):
        return f"it is {status}, and its money does not lie frozen"
    if status == "awaiting_review" and (account.frozen or account.paid):
        return "it waits for a person, and its money was touched"
    return None


def _lying(name: str):
    debit = case((entries.c.debit == name, entries.c.amount_fen), else_=0)
    return func.sum(debit - case((entries.c.credit == name, entries.c.amount_fen), else_=0))
