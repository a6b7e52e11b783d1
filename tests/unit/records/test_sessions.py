"""The rate of chats rated badly, its sessions, how long they waited, and which can be reported."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from orchestration.records.asking import ask
from orchestration.records.reading import RecordsError
from orchestration.records.scope import Scope
from orchestration.records.sessions import Sessions, sessions_of
from tests.unit.records.market import TODAY, Market


def policy(market: Market, **terms: Any) -> None:
    market.insert(
        "policies.policy_versions",
        policy_id="chats", version="1", platform="douyin", metric_id="im_dissatisfaction_rate",
        effective_from="2026-01-01", min_orders=2,
    )  # fmt: skip
    given = {"appealable": True, "window_days": 7, "never_issues": [], **terms}
    market.insert("policies.policy_appeals", policy_id="chats", version="1", **given)


def session(market: Market, name: str, stars: int | None, at: str = "12T10:00:00", **said: Any) -> None:
    started = datetime.fromisoformat(f"2026-10-{at}+08:00")
    market.insert(
        "staging.stg_im_sessions",
        business_day=said.get("known", started.date()), platform="douyin", session_key=f"douyin:{name}",
        session_id=name, shop_key="douyin:s1", started_at=started, rating=stars,
        rated_scope=said.get("scope", "human") if stars else None, updated_at=said.get("updated", started),
        row_sha256=said.get("sha", name),
    )  # fmt: skip


def talk(market: Market, name: str, *turns: tuple[str, str]) -> None:
    for seq, (role, at) in enumerate(turns):
        market.insert(
            "staging.stg_im_messages",
            business_day="2026-10-13", session_key=f"douyin:{name}", message_id=str(seq), seq=seq, role=role,
            sent_at=datetime.fromisoformat(f"2026-10-{at}+08:00"), text=f"{role} {seq}", row_sha256=str(seq),
        )  # fmt: skip


def view(market: Market) -> Sessions:
    return sessions_of(market.connection, ask(market.connection, "s1", Scope()))


def rows(market: Market, measured: str = "rated") -> dict[str, dict[str, Any]]:
    found = view(market).listed(measured).to_arrow_table().to_pylist()
    return {row["session_key"].removeprefix("douyin:"): row for row in found}


def test_of_sessions_rated_for_a_person_those_of_one_to_three_stars_count(market: Market) -> None:
    policy(market)
    for name, stars in (("one", 1), ("three", 3), ("four", 4), ("five", 5), ("none", None)):
        session(market, name, stars)
    session(market, "bot", 1, scope="bot")
    session(market, "earlier", 1, at="08T10:00:00")
    figure = view(market).figure()
    assert (figure["num"], figure["den"], figure["rate"], figure["status"]) == (2, 4, 0.5, "ok")
    assert set(rows(market)) == {"one", "three"}


@pytest.mark.parametrize(
    ("at", "counts"),
    [("12T07:59:59", False), ("12T08:00:00", True), ("12T22:59:59", True), ("12T23:00:00", False)],
)
def test_only_sessions_started_in_service_hours_count(market: Market, at: str, *, counts: bool) -> None:
    session(market, "a", 1, at=at)
    assert view(market).figure()["den"] == int(counts)


def test_the_first_rating_speaks(market: Market) -> None:
    later = datetime.fromisoformat("2026-10-13T12:00:00+08:00")
    session(market, "a", None)
    session(market, "a", 2, known="2026-10-13", updated=later, sha="b")
    session(market, "a", 5, known="2026-10-14", updated=later + timedelta(days=1), sha="c")
    assert rows(market)["a"]["rating"] == 2


def test_the_interval_is_wilsons(market: Market) -> None:
    for number in range(34):
        session(market, f"s{number}", 1 if number < 5 else 5)
    figure = view(market).figure()
    assert round(figure["ci_low"], 6) == 0.064494
    assert round(figure["ci_high"], 6) == 0.301281


def test_a_rate_says_whether_it_can_be_relied_on(market: Market) -> None:
    assert (view(market).figure()["status"], view(market).figure()["rate"]) == ("no_sessions", None)
    session(market, "a", 1)
    assert view(market).figure()["status"] == "insufficient"
    policy(market)
    session(market, "b", 5)
    assert view(market).figure()["status"] == "ok"
    market.connection.execute(
        "update staging.stg_deliveries set status = 'missing' where business_day = date '2026-10-11'"
    ).fetchall()
    assert view(market).figure()["status"] == "provisional"


def test_an_excluded_rating_leaves_both_sides(market: Market) -> None:
    policy(market)
    for name in ("a", "b", "c"):
        session(market, name, 1)
    market.insert("policies.policy_exclusions", policy_id="chats", version="1", scope="evaluation",
                  exclusion_code="platform_abnormal_flag")  # fmt: skip
    for code, name in (("platform_abnormal_flag", "a"), ("of_no_account", "b")):
        market.insert("intermediate.int_evaluation_exclusions", business_day="2026-10-12",
                      feedback_key=f"douyin:im_session:{name}", exclusion_code=code)  # fmt: skip
    market.insert("appeals.upheld_feedback", business_day="2026-10-14", feedback_key="douyin:im_session:c",
                  exclusion_code="report_upheld")  # fmt: skip
    assert set(rows(market)) == {"b"}
    assert view(market).figure()["den"] == 1


def test_waits_run_by_the_clock_of_service(market: Market) -> None:
    session(market, "a", 1)
    talk(
        market, "a",
        ("consumer", "12T10:00:00"), ("consumer", "12T10:00:30"), ("agent", "12T10:01:00"),
        ("consumer", "12T22:59:00"), ("agent", "13T08:01:00"),
        ("consumer", "13T09:00:00"), ("bot", "13T09:00:01"),
    )  # fmt: skip
    row = rows(market)["a"]
    assert (row["turns"], row["unanswered_turns"], row["first_response_s"]) == (3, 1, 60)
    # a minute, then two minutes over a night, then ten for no answer of a person
    assert (row["mean_response_s"], row["slowest_response_s"]) == (260.0, 600)
    assert row["consumer_words"] == ["consumer 0", "consumer 1", "consumer 3", "consumer 5"]


def test_a_session_can_be_reported_within_the_window(market: Market) -> None:
    policy(market, report_window_days=2)
    session(market, "a", 1, at="13T10:00:00")
    session(market, "b", 1, at="12T10:00:00")
    session(market, "c", 1, at="14T10:00:00")
    market.appeal("session", "douyin:im_session:c", "submitted")
    found = rows(market)
    assert {name: (row["report"], row["days_left"]) for name, row in found.items()} == {
        "a": ("open", 0), "b": ("too_late", None), "c": ("reported", None),
    }  # fmt: skip
    assert found["b"]["report_reason"] == "the last day to report was 2026-10-14"
    assert found["c"]["report_reason"] == "an appeal is there: submitted"


def test_without_a_policy_there_is_nothing_to_report(market: Market) -> None:
    session(market, "a", 1)
    assert rows(market)["a"]["report"] == "no_policy"


def test_dissatisfaction_as_read_is_a_rate_of_its_own(market: Market) -> None:
    policy(market)
    for name, stars, upset in (("a", 5, True), ("b", 1, False), ("c", 1, None)):
        session(market, name, stars)
        market.insert(
            "classified.feedback_tags",
            business_day=TODAY, feedback_key=f"douyin:im_session:{name}", tag_no=1, issue_code="shirking",
            decision="negative", is_dissatisfied=upset,
        )  # fmt: skip
        market.insert("classified.evidence_spans", feedback_key=f"douyin:im_session:{name}", tag_no=1,
                      span_text="推")  # fmt: skip
    figure = view(market).figure("classified")
    assert (figure["num"], figure["den"]) == (1, 2)
    assert {name: row["words"] for name, row in rows(market, "classified").items()} == {"a": ["推"]}
    with pytest.raises(RecordsError, match="measured by rated or classified"):
        view(market).listed("guessed")
