"""What a statement shows: everything, in both languages, as text that no reader runs."""

import json
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import pytest

from orchestration.classification.taxonomy import taxonomy
from orchestration.policy.vocabulary import AppealSubject, Channel, Grade
from orchestration.publishing.advice import advice
from orchestration.publishing.statement_view import LABELS_FILE, chart, view
from orchestration.publishing.statements import publish_statements, rendered
from orchestration.wiring.statements import issue_titles
from tests.unit.penalties.bench import SUNDAY, shop, ticket
from tests.unit.publishing.stated import statement

Row = dict[str, Any]
TITLES = issue_titles()
HOSTILE = "<script>alert(1)</script> | **bold** [x](javascript:alert(1)) `code`\n# 标题 & &lt;"


class Page(HTMLParser):
    """The words of a page, and the tags that it opens and never closes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ARG002 - the parser gives them
        self.tags.append(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(" ".join(data.split()))

    @property
    def text(self) -> str:
        return " ".join(filter(None, self.words))


@pytest.fixture
def rate(tmp_path: Path) -> Row:
    return statement(tmp_path / "ledgers", shop())


@pytest.fixture
def order(tmp_path: Path) -> Row:
    return statement(tmp_path / "ledgers", ticket())


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("form", ["html", "md"])
def test_a_page_tells_everything(rate: Row, form: Any, lang: Any) -> None:
    text = rendered(rate, form, lang, TITLES)
    shown = Page(text).text if form == "html" else text.replace("\\_", "_").replace("&gt;", ">")
    assert rate["calculation"][lang] in shown
    for step in rate["method"]:
        assert step["says"][lang] in shown
    for way in rate["appeal"]["ways"]:
        assert way[lang] in shown
    for source in rate["basis"]["sources"]:
        assert f"{source['id']} (" in shown
    for row in rate["orders"]["rows"]:
        assert row["order_key"] in shown
        assert row["feedback_key"] in shown
    assert shown.count("用了两天就坏了") == 12
    for told in (
        rate["decision"]["decision_id"],
        rate["basis"]["sha256"],
        "CCR-T1",
        "2026-10-18",
        "2026-W41",
    ):
        assert told in shown
    said = {
        "zh": ("处罚决定说明书", "罚款 2000.00 元", "违规扣分 4 分", "限制提现 7 天", "不可抗力",
               "品质问题", "加强出厂"),
        "en": ("Statement of reasons", "fine 2000.00 yuan", "4 violation points", "Force majeure", "in force",
               "Does not work or is of poor quality", "Check goods before they leave"),
    }  # fmt: skip
    for told in said[lang]:
        assert told in shown


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_is_one_whole_document_that_asks_for_nothing_else(rate: Row, order: Row, lang: Any) -> None:
    for each in (rate, order):
        text = rendered(each, "html", lang, TITLES)
        page = Page(text)
        assert page.open == []
        assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}">' in text
        assert not {"script", "link", "img", "iframe"} & set(page.tags)
        assert "http" not in text
        assert page.tags.count("svg") == (1 if each is rate else 0), "a ticket has no rate to draw"


def test_a_ticket_shows_its_order_coupon_and_the_platforms_codes(order: Row) -> None:
    zh, en = (rendered(order, "md", lang, TITLES) for lang in ("zh", "en"))
    assert "消费者赔付金 6.17 元，以 50 年有效的无门槛现金券发放" in zh
    assert "paid as a cash coupon without threshold, valid for 50 years" in en
    assert "| 21 | 商品无问题消费者误解 | 订单、本决定 | 聊天记录 |" in zh
    assert "| 99 | Another | order, this decision, bill | none (needs a statement) |" in en
    assert "| Order | pinduoduo:o1 |" in en


def test_words_of_consumers_are_shown_and_never_read(tmp_path: Path) -> None:
    told = statement(tmp_path / "ledgers", ticket(), span_text=HOSTILE)
    page = rendered(told, "html", "zh", TITLES)
    assert "script" not in Page(page).tags
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    (line,) = [line for line in rendered(told, "md", "zh", TITLES).splitlines() if "alert" in line]
    assert line.count(" | ") == 4, "five cells, whatever the words hold"
    assert (
        r"&lt;script&gt;alert(1)&lt;/script&gt; \| \*\*bold\*\* \[x\](javascript:alert(1)) \`code\`" in line
    )
    assert r"\# 标题 &amp; &amp;lt;" in line
    listed = json.loads(rendered(told, "json", "zh", TITLES))["orders"]["rows"]
    assert [row["span_text"] for row in listed] == [HOSTILE]


def test_a_shadow_is_called_one_everywhere(tmp_path: Path) -> None:
    told = statement(tmp_path / "ledgers", shop(mode="shadow"))
    for form in ("md", "html"):
        zh = rendered(told, form, "zh", TITLES)
        assert "试算决定说明书（不执行）" in zh
        assert "该规则版本仅计分或试运行，不执行处罚" in zh
        assert "申诉截止日" not in zh


def test_one_that_is_let_off_is_called_so(order: Row) -> None:
    order["force"] |= {
        "let_off": "exempted_first",
        "why": {"zh": "店铺首次，予以免罚", "en": "the shop's first"},
    }
    assert "PDD-DAMAGED · let off" in rendered(order, "md", "en", TITLES)
    assert "店铺首次，予以免罚" in Page(rendered(order, "html", "zh", TITLES)).text


def test_orders_punished_before_and_added_measures_are_marked(rate: Row) -> None:
    first = rate["orders"]["rows"][0]
    first["consumed_by"] = "e" * 64
    rate["measures"][2]["params"]["escalated_by"] = "failed_appeals_90d"
    rate["measures"][1]["changed"] = {"zh": "向下取整至千元", "en": "rounded down to a thousand yuan"}
    text = rendered(rate, "md", "en", TITLES)
    assert f"| {first['order_key']} (punished before, not held again) |" in text
    assert "- withdrawal restricted for 7 days (added by escalation)" in text
    assert "- fine 2000.00 yuan: rounded down to a thousand yuan" in text


def test_the_picture_places_rate_interval_benchmark_and_threshold_in_order(rate: Row) -> None:
    drawn = chart(rate["numbers"], rate["thresholds"], None)
    assert drawn is not None
    (mark,) = drawn["marks"]
    assert 0 < drawn["benchmark"] < mark["at"] < drawn["low"] < drawn["rate"] < drawn["high"] < 100
    assert (mark["ratio"], mark["rate"]) == ("1.3", "2.60%")
    assert drawn["rate"] / drawn["benchmark"] == pytest.approx(0.06 / 0.02, abs=1e-3)


def test_every_issue_has_advice_and_there_is_none_for_another() -> None:
    assert set(advice()) == {issue.code for issue in taxonomy().issues}
    cited = {source for each in advice().values() for source in each.sources}
    assert cited == {"S35", "S36", "S37", "S38", "S39", "S56", "S57", "S58", "ours"}
    for issue, each in advice().items():
        assert all(line.strip() for line in (*each.zh, *each.en)), issue


def test_labels_have_both_languages_and_know_every_code() -> None:
    import yaml

    labels = yaml.safe_load(LABELS_FILE.read_text(encoding="utf-8"))
    assert {lang for kind in labels.values() for said in kind.values() for lang in said} == {"zh", "en"}
    assert set(labels["channels"]) == set(get_args(Channel))
    assert set(labels["subjects"]) == set(get_args(AppealSubject))
    assert set(labels["grades"]) == set(get_args(Grade))


def test_an_issue_without_a_name_speaks_for_itself(order: Row) -> None:
    assert [row["issue"] for row in view(order, "zh", {})["orders"]["rows"]] == ["quality_defect"]


def test_a_day_is_published_whole_with_a_manifest_and_the_same_bytes(
    tmp_path: Path, rate: Row, order: Row
) -> None:
    published = tmp_path / "published"
    first = publish_statements(published, SUNDAY, [rate, order], TITLES)
    folder = published / "statements" / "business_day=2026-10-11"
    ids = sorted(each["decision"]["decision_id"] for each in (rate, order))
    names = {f"{name}.{end}" for name in ids for end in ("zh.html", "en.html", "zh.md", "en.md", "json")}
    assert {path.name for path in folder.iterdir()} == {*names, "manifest.json"}
    assert {file.name for file in first.files} == names
    assert (first.line_count, first.lists[0].amount_fen) == (2, 200_617)
    assert {policy for policy, _, _ in first.policies} == {"douyin_ccr", "pinduoduo_negative_experience"}
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    publish_statements(published, SUNDAY, [order, rate], TITLES)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    publish_statements(published, SUNDAY, [rate], TITLES)
    left = {path.name for path in folder.iterdir()}
    assert len(left) == 6
    assert not any(name.startswith(order["decision"]["decision_id"]) for name in left)


def test_a_day_without_decisions_has_a_manifest_that_says_so(tmp_path: Path) -> None:
    manifest = publish_statements(tmp_path, date(2026, 10, 12), [], TITLES)
    assert (manifest.line_count, manifest.files) == (0, ())
    folder = tmp_path / "statements" / "business_day=2026-10-12"
    assert [path.name for path in folder.iterdir()] == ["manifest.json"]
