"""The ticket of an order: the first day with all the proof, by the version in force on that day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import pytest

from orchestration.replaying.feedback import Feedback
from orchestration.replaying.orders import OrderReplay, exclusions_asked, is_effective
from orchestration.replaying.rules import TABLES, Rules
from orchestration.replaying.tickets import replayed_ticket

FIRST = date(2026, 9, 1)
PROVEN = date(2026, 9, 4)
KNOWN = date(2026, 9, 9)
NOON = datetime(2026, 9, 1, 4, tzinfo=UTC)


@pytest.fixture
def house() -> Iterator[duckdb.DuckDBPyConnection]:
    """Ten processed days; version 1 in force to the 5th, version 2, which pays more, from then on."""
    with duckdb.connect() as connection:
        connection.execute("create schema intermediate; create schema policies")
        connection.execute(
            "create table intermediate.int_platform_days as select 'pdd' as platform, "
            "cast(day as date) as business_day, 0 as unprocessed_days "
            "from range(date '2026-09-01', date '2026-09-11', interval 1 day) as days(day)"
        )
        connection.execute(
            "create table intermediate.int_policies_in_force as select platform, business_day, "
            "'per_order_ticket' as kind, 'tickets' as policy_id, "
            "case when business_day < date '2026-09-05' then '1' else '2' end as policy_version "
            "from intermediate.int_platform_days"
        )
        for table in TABLES:
            connection.execute(f"create table policies.{table} (policy_id varchar, version varchar)")
        connection.execute(
            "create or replace table policies.policy_versions as select 'tickets' as policy_id, version, "
            "'enforce' as mode, date '2026-01-01' as enforced_from, 't' as rule_family, '' as sha256, "
            "'per_order_ticket' as kind, 0 as cooldown_days from (values ('1'), ('2')) as versions(version)"
        )
        connection.execute(
            "create or replace table policies.policy_exclusions (policy_id varchar, version varchar, "
            "scope varchar, exclusion_code varchar)"
        )
        connection.execute(
            "create or replace table policies.ticket_rules as select 'tickets' as policy_id, version, "
            "'R-WRONG' as rule_id, 1 as rule_rank, 'wrong_item' as issue_code, true as requires_evidence, "
            "version = '1' as requires_admission, false as requires_dissatisfaction, 2 as severity, "
            "cast(pct as double) as pct, 100 as min_fen, 3000 as max_fen, true as appealable "
            "from (values ('1', 0.05), ('2', 0.1)) as versions(version, pct)"
        )
        yield connection


def version(day: date, *, proven: bool, admitted: bool, first: bool = False) -> dict[str, Any]:
    return {
        "business_day": day,
        "is_first_version": first,
        "channel": "after_sale",
        "occurred_at": NOON,
        "updated_at": NOON + timedelta(days=(day - FIRST).days),
        "row_sha256": str(day),
        "evidence_valid": proven,
        "merchant_admitted": admitted,
        "rating_overall": None,
    }


def order(*versions: dict[str, Any], known_on: date = KNOWN, **facts: Any) -> OrderReplay:
    link = {
        "feedback_key": "f",
        "order_key": "pdd:o",
        "business_day": date(2026, 9, 2),
        "link_confidence": 1.0,
    }
    tag = {"issue_code": "wrong_item", "dimension": "product", "needs_content_theme": False}
    heard = [each for each in versions if each["business_day"] <= known_on]
    said = Feedback(link, heard, [tag | {"decision": "negative"}], [], [], [])
    times = dict.fromkeys(("paid_at", "created_at", "shipped_at"), NOON) | {
        "refunded_at": None,
        "closed_at": None,
    }
    state = times | {
        "business_day": FIRST,
        "platform": "pdd",
        "order_key": "pdd:o",
        "shop_key": "pdd:s",
        "status": "finished",
        "order_kind": "normal",
        "risk_flag": "none",
        "pay_amount_fen": 10_000,
        "list_amount_fen": 10_000,
        "are_all_gifts": False,
        "is_brushing": False,
        "listed_codes": None,
    }
    return OrderReplay(known_on, [state | facts], [], [], [said], None)


CLAIM = version(date(2026, 9, 2), proven=False, admitted=False, first=True)


def candidate(connection: duckdb.DuckDBPyConnection, replay: OrderReplay, tried: Rules | None = None) -> Any:
    ticket = replayed_ticket(connection, replay, tried)
    assert ticket is not None
    return ticket["candidate"]


def test_the_ticket_comes_on_the_first_day_on_which_all_proof_is_there(
    house: duckdb.DuckDBPyConnection,
) -> None:
    proof = version(PROVEN, proven=True, admitted=True)
    found = candidate(house, order(CLAIM, proof))
    assert (found["business_day"], found["policy_version"], found["amount_fen"]) == (PROVEN, "1", 500)
    assert candidate(house, order(CLAIM, proof, known_on=date(2026, 9, 3))) is None


def test_what_was_complete_before_a_version_was_in_force_is_not_judged_by_it(
    house: duckdb.DuckDBPyConnection,
) -> None:
    # Version 2 asks for no admission: it was met on the 4th, when version 1 was in force.
    assert candidate(house, order(CLAIM, version(PROVEN, proven=True, admitted=False))) is None
    late = candidate(house, order(CLAIM, version(date(2026, 9, 6), proven=True, admitted=False)))
    assert (late["policy_version"], late["amount_fen"]) == ("2", 1000)


def test_proof_that_is_lacking_is_named(house: duckdb.DuckDBPyConnection) -> None:
    ticket = replayed_ticket(house, order(CLAIM, version(PROVEN, proven=False, admitted=True)))
    assert ticket is not None
    assert ticket["candidate"] is None
    (asked,) = ticket["asked"]
    assert (asked["rule_id"], asked["proof"]["valid_evidence"]) == ("R-WRONG", False)


def test_an_excluded_order_has_no_ticket(house: duckdb.DuckDBPyConnection) -> None:
    proof = version(PROVEN, proven=True, admitted=True)
    assert candidate(house, order(CLAIM, proof, order_kind="sample")) is None


def test_an_unprocessed_day_before_it_keeps_the_ticket_away(house: duckdb.DuckDBPyConnection) -> None:
    house.execute(
        "update intermediate.int_platform_days set unprocessed_days = 1 "
        "where business_day = date '2026-09-04'"
    )
    assert candidate(house, order(CLAIM, version(PROVEN, proven=True, admitted=True))) is None


def test_a_platform_without_a_ticket_policy_has_no_tickets(house: duckdb.DuckDBPyConnection) -> None:
    house.execute("delete from intermediate.int_policies_in_force")
    assert replayed_ticket(house, order(CLAIM)) is None


@pytest.mark.parametrize(
    ("listed_then", "tried", "excluded"),
    [
        (None, None, {"sample_order"}),
        (["sample_order"], None, {"sample_order"}),
        (["risk_review"], None, set()),
        (["sample_order"], frozenset({"risk_review"}), set()),
        ([], frozenset({"sample_order"}), {"sample_order"}),
    ],
)
def test_an_exclusion_leaves_an_order_out_where_the_policy_lists_it(
    listed_then: list[str] | None, tried: frozenset[str] | None, excluded: set[str]
) -> None:
    facts = order(order_kind="sample", listed_codes=listed_then).facts
    asked = exclusions_asked(facts, tried)
    assert {each.code for each in asked if each.holds} == {"sample_order"}
    assert {each.code for each in asked if each.holds and each.excludes} == excluded
    assert is_effective(facts, asked) is (not excluded)
