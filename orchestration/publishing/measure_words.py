"""Measures in the words a merchant reads, in Chinese and in English."""

from typing import Any

_WORDS: dict[str, tuple[str, str]] = {
    "warning": ("警告", "warning"),
    "violation_points": ("违规扣分", "violation points"),
    "fine": ("罚款", "fine"),
    "consumer_compensation": ("消费者赔付金", "consumer compensation"),
    "product_delist": ("商品下架", "product delisted"),
    "listing_block": ("限制上新", "new listings blocked"),
    "order_close": ("关闭订单", "orders closed"),
    "order_cap": ("限制单量", "orders capped"),
    "funds_freeze": ("冻结店铺资金", "funds frozen"),
    "withdrawal_restrict": ("限制提现", "withdrawal restricted"),
    "deposit_deduct": ("扣除保证金", "deposit deducted"),
    "deposit_deduct_all": ("扣除全部保证金", "all deposits deducted"),
    "promotion_ban": ("禁止参加活动", "promotions barred"),
    "exposure_reduce": ("降低曝光", "exposure reduced"),
    "search_demotion": ("搜索降权", "search rank lowered"),
    "extended_settlement": ("延长结算", "settlement delayed"),
    "qc_required": ("要求质检", "quality control required"),
    "exam_required": ("要求考试", "exam required"),
    "shop_clearance": ("清退店铺", "shop cleared"),
}
_PAYOUTS: dict[str, tuple[str, str]] = {
    "coupon_no_threshold_50y": (
        "以 50 年有效的无门槛现金券发放",
        "paid as a cash coupon without threshold, valid for 50 years",
    ),
}


def in_words(measure: dict[str, Any], params: dict[str, Any]) -> tuple[str, str]:
    """One measure in Chinese and in English, with its amount; an unknown code speaks for itself."""
    code = measure["measure_code"]
    zh, en = _WORDS.get(code, (code, code))
    if measure["amount_fen"] is not None:
        amount = yuan(measure["amount_fen"])
        zh, en = f"{zh} {amount} 元", f"{en} {amount} yuan"
    if measure["points"] is not None:
        zh, en = f"{zh} {measure['points']} 分", f"{measure['points']} {en}"
    if "pct" in params:
        zh, en = f"{zh}至 {params['pct']}%", f"{en} at {params['pct']} %"
    if measure["days"] is not None:
        zh, en = f"{zh} {measure['days']} 天", f"{en} for {measure['days']} days"
    payout = params.get("payout")
    if payout is not None:
        payout_zh, payout_en = _PAYOUTS.get(payout, (payout, payout))
        zh, en = f"{zh}，{payout_zh}", f"{en}, {payout_en}"
    return zh, en


def yuan(fen: int) -> str:
    """Fen as yuan with two decimals, without passing through a float."""
    return f"{fen // 100}.{fen % 100:02d}"
