"""A changed policy is asked for once; policies that leave a day open stop the posting."""

from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration.definitions import defs
from orchestration.defs.automation import decide
from orchestration.defs.policies import policies_in
from orchestration.defs.policy_changes import changed_policies
from orchestration.defs.policy_cover import cover_of
from orchestration.policy.library import PolicyLibrary
from orchestration.policy.tables import write_policy_tables
from orchestration.wiring.house import House
from orchestration.wiring.partitions import Days
from orchestration.wiring.versions_used import remember_versions, versions_used
from tests.unit.policy.books import DOUYIN, PINDUODUO, Book

DAYS = Days(date(2026, 9, 1), date(2026, 9, 6))


def known_days(connection: duckdb.DuckDBPyConnection) -> None:
    """Six days with orders of two platforms, and the model of the versions in force over the lake."""
    connection.execute(
        """
        create schema intermediate;
        create table intermediate.int_platform_days as
        select platform, cast(day as date) as business_day, true as has_orders
        from unnest(['douyin', 'pinduoduo']) as platforms (platform),
             range(date '2026-09-01', date '2026-09-07', interval 1 day) as days (day);
        create view intermediate.int_policies_in_force as
        select days.platform, days.business_day, versions.kind, versions.metric_id, versions.policy_id,
               versions.version as policy_version, versions.sha256 as policy_sha256, versions.window_days
        from intermediate.int_platform_days as days
        inner join policies.policy_versions as versions
            on versions.platform in (days.platform, '*')
            and days.business_day >= versions.effective_from
            and (versions.effective_to is null or days.business_day < versions.effective_to)
        where versions.kind <> 'rate' or versions.metric_id = 'ccr_rate'
        qualify row_number() over (
            partition by days.platform, days.business_day, versions.kind
            order by case when versions.platform = '*' then 1 else 0 end
        ) = 1
        """
    )


class Judged:
    """A home whose six days were judged by a rule book of its own, and a way to judge them again."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.book = Book(home / "rules")
        self.house = House(home=str(home), landing=str(home / "landing"))
        self.read()
        with self.house.warehouse() as connection:
            known_days(connection)
        self.judge(DAYS)

    def read(self) -> None:
        write_policy_tables(PolicyLibrary.load([self.book.folder]), self.home / "lake")

    def judge(self, days: Days) -> None:
        self.read()
        with self.house.warehouse() as connection:
            remember_versions(connection, self.home / "lake", days)


@pytest.fixture
def judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Judged:
    monkeypatch.setenv("CCR_HOME", str(tmp_path))
    monkeypatch.setenv("CCR_POLICIES", str(tmp_path / "rules"))
    monkeypatch.setenv("CCR_SHIPPED_POLICIES", "no")
    return Judged(tmp_path)


class Ticks:
    """The sensor as the daemon calls it, each time with the cursor of the time before."""

    def __init__(self) -> None:
        self.cursor: str | None = None
        self.keys: list[str | None] = []

    def asked(self) -> list[str]:
        with dg.build_sensor_context(cursor=self.cursor, repository_def=defs.get_repository_def()) as context:
            tick = changed_policies.evaluate_tick(context)
        self.cursor = tick.cursor
        self.said = tick.skip_message
        self.keys += [request.run_key for request in tick.run_requests or []]
        return [
            f"{request.tags['dagster/asset_partition_range_start'][-2:]}"
            f"..{request.tags['dagster/asset_partition_range_end'][-2:]}"
            for request in tick.run_requests or []
        ]


def test_an_unchanged_rule_book_asks_for_nothing(judged: Judged) -> None:
    ticks = Ticks()
    assert ticks.asked() == []
    assert ticks.said == "the rule book asks nothing new of 6 processed days"


def test_what_was_kept_is_what_the_models_used(judged: Judged) -> None:
    used = versions_used(judged.home / "lake")[date(2026, 9, 6), "pinduoduo"]
    assert {judges: version.policy_id for judges, version in used.items()} == {
        "ccr_rate": "reference_ccr",
        "per_order_ticket": "pinduoduo_negative_experience",
    }


def test_a_change_is_asked_for_once_and_done_when_judged(judged: Judged) -> None:
    ticks = Ticks()
    judged.book.next_version(DOUYIN, "2026-09-04", supersedes="2026-07-14")
    assert ticks.asked() == ["04..06"]
    assert ticks.asked() == []
    assert ticks.said is not None
    assert ticks.said.endswith("; 3 stale ones were asked for")
    judged.judge(Days(date(2026, 9, 4), DAYS.last))
    assert ticks.asked() == []
    assert ticks.said.startswith("the rule book asks nothing new")


def test_days_apart_are_asked_for_apart(judged: Judged) -> None:
    judged.book.edit(PINDUODUO, "title:", "# a word\ntitle:")
    judged.judge(Days(date(2026, 9, 3), date(2026, 9, 4)))
    assert Ticks().asked() == ["01..02", "05..06"]


def test_a_second_change_asks_only_for_the_days_it_adds(judged: Judged) -> None:
    ticks = Ticks()
    later = judged.book.next_version(DOUYIN, "2026-09-05", supersedes="2026-07-14")
    assert ticks.asked() == ["05..06"]
    judged.book.next_version(DOUYIN, "2026-09-03", supersedes="2026-07-14")
    later.write_text(
        later.read_text(encoding="utf-8").replace("supersedes: 2026-07-14", "supersedes: 2026-09-03"),
        encoding="utf-8",
    )
    assert ticks.asked() == ["03..06"], "the later document was edited too"


def test_a_change_made_undone_and_made_again_is_asked_for_each_time(judged: Judged) -> None:
    ticks = Ticks()
    file = judged.book.folder / DOUYIN
    before = file.read_text(encoding="utf-8")
    for text in (f"{before}# a word\n", before, f"{before}# a word\n"):
        file.write_text(text, encoding="utf-8")
        assert ticks.asked() == ["01..06"]
        judged.judge(DAYS)
        assert ticks.asked() == []
    assert len(set(ticks.keys)) == 3, "Dagster runs a key once"


def test_a_policy_taken_away_is_kept_as_none_and_asked_for_when_it_returns(judged: Judged) -> None:
    ticks = Ticks()
    file = judged.book.folder / PINDUODUO
    text = file.read_text(encoding="utf-8")
    file.unlink()
    assert ticks.asked() == ["01..06"]
    judged.judge(DAYS)
    file.write_text(text, encoding="utf-8")
    assert ticks.asked() == ["01..06"]


def test_a_refused_rule_book_asks_for_nothing_and_says_why(judged: Judged) -> None:
    ticks = Ticks()
    judged.book.edit(DOUYIN, "mode: enforce", "mode: enforced")
    assert ticks.asked() == []
    assert ticks.said is not None
    assert ticks.said.startswith("the rule book is refused")
    assert "2026-07-14.yaml:9" in ticks.said


def test_read_again_a_policy_has_the_same_data_version_and_edited_another(judged: Judged) -> None:
    def data_versions() -> dict[str, str]:
        with dg.DagsterInstance.ephemeral() as instance:
            result = dg.materialize(
                [policies_in([judged.book.folder])], resources={"house": judged.house}, instance=instance
            )
        return {
            event.asset_key.to_user_string(): (event.step_materialization_data.materialization.tags or {})[
                "dagster/data_version"
            ]
            for event in result.get_asset_materialization_events()
            if event.asset_key is not None
        }

    before = data_versions()
    assert data_versions() == before
    judged.book.edit(DOUYIN, "min_orders: 30", "min_orders: 31")
    after = data_versions()
    changed = {key for key in before if before[key] != after[key]}
    assert changed == {"policy/douyin_ccr", "policies/policy_versions"}


def test_a_policy_taken_away_after_loading_does_not_stop_the_reading(judged: Judged) -> None:
    known = policies_in([judged.book.folder])
    (judged.book.folder / PINDUODUO).unlink()
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([known], resources={"house": judged.house}, instance=instance)
    made = {event.asset_key for event in result.get_asset_materialization_events()}
    assert dg.AssetKey(["policies", "ticket_rules"]) in made
    assert dg.AssetKey(["policy", "pinduoduo_negative_experience"]) not in made


def test_days_that_one_version_covers_pass(judged: Judged) -> None:
    with judged.house.warehouse() as connection:
        answer = cover_of(connection, DAYS)
    assert (answer.passed, answer.description) == (True, None)


def uncovered(judged: Judged, sql: str) -> dg.AssetCheckResult:
    """The answer where the tables of policies are others than documents can be."""
    with judged.house.warehouse() as connection:
        connection.execute("create table versions as select * from policies.policy_versions")
        connection.execute("drop view policies.policy_versions")
        connection.execute("create view policies.policy_versions as select * from versions")
        connection.execute(sql)
        return cover_of(connection, DAYS)


def test_a_platform_that_no_version_judges_is_an_error_with_its_days(judged: Judged) -> None:
    answer = uncovered(judged, "delete from versions where platform in ('*', 'pinduoduo')")
    assert (answer.passed, answer.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert answer.description == (
        "no version judges anything of platform 'pinduoduo' on 2026-09-01..2026-09-06: add a version that is "
        "in force on those days, or let an earlier one begin sooner; no later version is stretched over them"
    )


def test_days_of_the_window_before_the_first_version_are_missing(judged: Judged) -> None:
    answer = uncovered(
        judged,
        "delete from versions where platform = '*';"
        "delete from versions where policy_id = 'pinduoduo_negative_experience';"
        "delete from intermediate.int_platform_days where platform = 'pinduoduo';"
        "update versions set effective_from = date '2026-09-03' where policy_id = 'douyin_ccr'",
    )
    assert answer.description is not None
    said = answer.description.split("; no version")
    assert said[0].startswith(
        "no version judges anything of platform 'douyin' on 2026-09-01..2026-09-02: add"
    )
    assert said[1].startswith(" judges ccr_rate of platform 'douyin' on 2026-09-01..2026-09-02: add")


def test_two_versions_of_a_day_are_an_error(judged: Judged) -> None:
    answer = uncovered(
        judged,
        "insert into versions select * replace ('rival' as policy_id, date '2026-09-06' as effective_from) "
        "from versions where policy_id = 'douyin_ccr'",
    )
    assert answer.description == (
        "2 versions judge ccr_rate of platform 'douyin' on 2026-09-06: end one before the other begins "
        "(`ccr policy check` names both)"
    )


def test_the_check_stands_before_the_posting() -> None:
    graph = defs.resolve_asset_graph()
    key = dg.AssetCheckKey(dg.AssetKey(["penalties", "fct_penalty_candidates"]), "policies_cover_the_window")
    assert graph.get(key).blocking
    assert key in decide.selection.resolve_checks(graph)


@pytest.mark.parametrize("key", [["ccr", "fct_ccr"], ["published", "penalty_list"]])
def test_what_others_rely_on_is_made_by_six_in_shanghai(key: list[str]) -> None:
    assert defs.resolve_asset_graph().get(dg.AssetKey(key)).freshness_policy == dg.FreshnessPolicy.cron(
        deadline_cron="0 6 * * *", lower_bound_delta=timedelta(hours=4), timezone="Asia/Shanghai"
    )
