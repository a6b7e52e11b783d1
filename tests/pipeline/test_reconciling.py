"""Faults planted in what two platforms export, against a market that was run: just those come out."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.house import TestHouse

# The market ends, fines are carried out on the 19th, and bills may come for seven days.
AFTER, DAY = "2026-10-16", "2026-10-26"
SCORED = "2026-10-15"
CASE, FIRST, SECOND = "planted_case_shop", "pdd_s0012", "pdd_s0001"
MILD, SEVERE, SERVICE = "planted_offender_mild", "planted_offender_severe", "planted_service_only"
GOOD = "planted_small_noise"
DEDUCTION = "消费者负向体验_扣款"

Row = dict[str, Any]
# exception, claim type, shop, order, claimed and expected fen
Found = tuple[str, str, str, str | None, int | None, int | None]


class Exports:
    """Files of one platform as it writes them, one a source; each row names its shop."""

    def __init__(self, folder: Path, platform: str) -> None:
        self.folder, self.platform = folder, platform
        self.rows: dict[str, list[Row]] = {"bills": [], "tickets": [], "figures": []}

    def pinduoduo_bill(self, shop: str, order: str, fen: int, account: str = DEDUCTION) -> None:
        self.rows["bills"].append(
            {
                "shop_id": shop,
                "orderNo": order,
                "ticketSn": "",
                "accountName": account,
                "amount": f"{-fen / 100:.2f}",
                "deductReason": "",
                "billTime": "2026-10-20 10:00:00",
            }
        )

    def pinduoduo_ticket(self, shop: str, order: str, fen: int) -> None:
        self.rows["tickets"].append(
            {
                "shop_id": shop,
                "ticketSn": f"T{len(self.rows['tickets'])}",
                "orderSn": order,
                "ticketType": "6",
                "status": "1",
                "appealStatus": "0",
                "playMoneyAmount": fen,
                "compensationReason": "",
                "createdAt": 1_792_000_000_000,
                "updatedAt": 1_792_000_000_000,
            }
        )

    def douyin_bill(self, shop: str, number: str, fen: int, violation: str) -> None:
        self.rows["bills"].append(
            {
                "shop_id": shop,
                "流水号": number,
                "订单号": "",
                "违规单号": violation,
                "动账场景": "消费者负反馈违规罚款",
                "动账金额(元)": f"{-fen / 100:.2f}",
                "备注": "",
                "动账时间": "2026-10-20 10:00:00",
            }
        )

    def douyin_violation(self, shop: str, number: str, fen: int) -> None:
        self.rows["tickets"].append(
            {
                "shop_id": shop,
                "违规单号": number,
                "订单号": "",
                "违规类型": "消费者负反馈",
                "处罚状态": "已处罚",
                "申诉状态": "",
                "处罚金额(元)": f"{fen / 100:.2f}",
                "违规原因": "",
                "创建时间": "2026-10-19 10:00:00",
                "更新时间": "2026-10-19 10:00:00",
            }
        )

    def figure(self, shop: str, metric: str, counts: tuple[int, int], rate: str) -> None:
        num, den = counts
        self.rows["figures"].append(
            {
                "shop_id": shop,
                "metric": metric,
                "period_start": "2026-09-16",
                "period_end": SCORED,
                "num": num,
                "den": den,
                "rate": rate,
                "updated_at": f"{SCORED} 10:00:00",
            }
        )

    def bring_in(self, house: TestHouse) -> None:
        """Through the command line, known on the day."""
        for source, rows in self.rows.items():
            file = self.folder / f"{self.platform}_{source}.csv"
            with file.open("w", encoding="utf-8", newline="") as written:
                writer = csv.DictWriter(written, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
            said = house.ccr("import", source, str(file), "--platform", self.platform, "--day", DAY)
            assert f"{len(rows)} rows of" in said


def compensations(house: TestHouse) -> dict[str, tuple[str, int]]:
    """By order, the shop and fen of each compensation that stays in force."""
    rows = house.query(
        "select subject_key, shop_key, amount_fen from penalties.decisions "
        "where subject_type = 'order' and mode = 'enforce' and decision_id in "
        "(select decision_id from penalties.decision_events where status = 'executed') and decision_id "
        "not in (select decision_id from penalties.decision_events where status = 'reversed') order by 1"
    )
    return {
        str(order).removeprefix("pinduoduo:"): (str(shop).removeprefix("pinduoduo:"), int(str(fen)))
        for order, shop, fen in rows
    }


def counts(house: TestHouse, shop: str) -> tuple[int, int]:
    """Our own count of a Douyin shop's thirty days."""
    ((num, den),) = house.query(
        "select num_effective, den_effective from ccr.fct_ccr where subject_type = 'shop' "
        f"and subject_id = 'douyin:{shop}' and window_days = 30 and dimension = 'overall' "
        f"and business_day = '{SCORED}'"
    )
    return int(str(num)), int(str(den))


def plant_pinduoduo(house: TestHouse, exports: Exports) -> list[Found]:
    """Of the compensations one is not billed, one is billed twice, one too high; two are of no decision."""
    due = compensations(house)
    (case,) = (order for order, (shop, _) in due.items() if shop == CASE)
    (first,) = (order for order, (shop, _) in due.items() if shop == FIRST)
    high, plain, *others = (order for order, (shop, _) in due.items() if shop == SECOND)
    for order in (first, first, plain, *others):
        exports.pinduoduo_bill(*_at(due, order))
    exports.pinduoduo_bill(SECOND, high, due[high][1] + 100)
    exports.pinduoduo_bill(CASE, "never-judged", 500)
    exports.pinduoduo_bill(CASE, "never-judged", 300, "延迟发货_扣款")  # nothing to do with feedback
    taken_back = "planted_s77_damaged_by_logistics"
    exports.pinduoduo_bill(CASE, taken_back, 500)
    for order in (case, first, plain, *others):
        exports.pinduoduo_ticket(*_at(due, order))
    exports.pinduoduo_ticket(CASE, "never-judged", 500)
    exports.figure(SECOND, "service", (3, 100), "0.03")
    exports.figure(FIRST, "service", (3, 100), "3")
    exports.figure(CASE, "service", (101, 100), "1.01")
    return [
        ("missing", "bill", CASE, case, None, due[case][1]),
        ("duplicate", "bill", FIRST, first, due[first][1], None),
        ("over_amount", "bill", SECOND, high, due[high][1] + 100, due[high][1]),
        ("without_basis", "bill", CASE, "never-judged", 500, None),
        ("refund_due", "bill", CASE, taken_back, 500, 0),
        ("missing", "ticket", SECOND, high, None, due[high][1]),
        ("without_basis", "ticket", CASE, "never-judged", 500, None),
        ("rate_is_percent", "figure", FIRST, None, None, None),
        ("num_above_den", "figure", CASE, None, None, None),
    ]


def plant_douyin(house: TestHouse, exports: Exports) -> list[Found]:
    """Of three fines one is not billed, one is billed twice, one too high; one is of no decision."""
    exports.douyin_bill(SEVERE, "b1", 700_000, "v1")
    exports.douyin_bill(SEVERE, "b2", 700_000, "v1")
    exports.douyin_bill(MILD, "b3", 250_000, "v2")
    exports.douyin_bill(GOOD, "b4", 200_000, "v3")
    exports.douyin_violation(SEVERE, "v1", 700_000)
    exports.douyin_violation(MILD, "v2", 200_000)
    exports.douyin_violation(SERVICE, "v4", 700_000)
    mild, severe, service = (counts(house, shop) for shop in (MILD, SEVERE, SERVICE))
    exports.figure(MILD, "ccr_rate", mild, f"{mild[0] / mild[1]:.4f}")
    exports.figure(SEVERE, "ccr_rate", (severe[0] + 1, severe[1]), f"{(severe[0] + 1) / severe[1]:.4f}")
    exports.figure(SERVICE, "ccr_rate", service, f"{service[0] / service[1] + 0.01:.4f}")
    return [
        ("duplicate", "bill", SEVERE, None, 700_000, None),
        ("over_amount", "bill", MILD, None, 250_000, 200_000),
        ("missing", "bill", SERVICE, None, None, 700_000),
        ("without_basis", "bill", GOOD, None, 200_000, None),
        ("figure_differs", "figure", SEVERE, None, None, None),
        ("rate_not_quotient", "figure", SERVICE, None, None, None),
    ]


def reconciled(house: TestHouse, platform: str) -> list[Found]:
    """What the command says does not agree."""
    said = house.ccr("reconcile", "--day", DAY, "--json")
    rows = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    return [
        (
            row["exception"],
            row["claim_type"],
            row["shop_key"].removeprefix(f"{platform}:"),
            row["order_key"] and row["order_key"].removeprefix(f"{platform}:"),
            row["claimed_fen"],
            row["expected_fen"],
        )
        for row in rows
        if row["platform"] == platform
    ]


def plant(house: TestHouse, folder: Path) -> dict[str, list[Found]]:
    """Brings in what both platforms wrote, runs the days to it, and says what should come out."""
    planted: dict[str, list[Found]] = {}
    for platform, planting in (("pinduoduo", plant_pinduoduo), ("douyin", plant_douyin)):
        exports = Exports(folder, platform)
        planted[platform] = planting(house, exports)
        exports.bring_in(house)
    house.run(f"{AFTER}..{DAY}")
    return planted


@pytest.fixture(scope="module")
def billed(
    golden: TestHouse, tmp_path_factory: pytest.TempPathFactory
) -> tuple[TestHouse, dict[str, list[Found]]]:
    """A copy of the market that was run, and what its platforms exported later."""
    folder = tmp_path_factory.mktemp("billed")
    shutil.copytree(golden.home, folder / "home")
    house = TestHouse(folder / "home", folder / "landing")
    return house, plant(house, folder)


@pytest.mark.parametrize("platform", ["pinduoduo", "douyin"])
def test_exactly_what_was_planted_comes_out(
    billed: tuple[TestHouse, dict[str, list[Found]]], platform: str
) -> None:
    house, planted = billed
    assert sorted(reconciled(house, platform), key=str) == sorted(planted[platform], key=str)


def _at(due: dict[str, tuple[str, int]], order: str) -> tuple[str, str, int]:
    shop, fen = due[order]
    return shop, order, fen
