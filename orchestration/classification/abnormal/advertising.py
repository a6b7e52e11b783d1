"""Advertising: contact data offered, links, trades in reviews. A complaint about such an offer is none."""

import re

from orchestration.classification.abnormal.finding import Finding, first_letters

_WECHAT = "微信|威信|薇信|徽信|卫星号|v信|vx|wx|wechat"
_HANDLE = r"[a-z][a-z0-9_-]{5,19}|\[phone\]|[0-9]{6,12}"
_OFFERS = (
    (
        "contact",
        re.compile(
            rf"(?:加|➕|\+|联系|私聊|咨询)(?:我的?|一下)?(?:{_WECHAT}|薇|v)(?:号)?[：: ]*(?:{_HANDLE})"
        ),
    ),
    ("contact", re.compile(rf"(?:{_WECHAT})(?:号|同号)?[：: ]{{0,3}}(?:是)?[：: ]*(?:{_HANDLE})")),
    ("contact", re.compile(r"(?:加|进|联系)(?:我的?)?(?:qq|扣扣|企鹅)(?:群|号)?[：: ]{0,3}[0-9]{6,11}")),
    (
        "contact",
        re.compile(r"(?:需要的|想要的|有意者?|感兴趣的?)(?:请|可以?)?(?:加|联系|私聊?)(?:我|[0-9\[])"),
    ),
    ("link", re.compile(r"https?://[^\s，。！？]{4,}|www\.[a-z0-9-]{2,}\.[a-z]{2,}")),
    (
        "trade_in_reviews",
        re.compile(r"代运营|代刷|专业刷单|刷单(?:兼职|平台|接单)|兼职刷|刷销量接单|补单(?:接单|平台)"),
    ),
    (
        "recruiting",
        re.compile(r"(?:诚招|招收?|长期招)(?:代理|加盟|兼职|学员)|(?:日入|日赚|月入|月赚)[0-9]{2,}"),
    ),
    (
        "other_shop",
        re.compile(
            r"(?:搜索?|关注|进入?)(?:店铺|公众号|小程序|某宝|淘宝)[^，。！？]{0,12}(?:领|优惠|券|便宜)"
        ),
    ),
    (
        "other_shop",
        re.compile(
            r"(?:领|送)(?:取)?[^，。！？]{0,6}(?:优惠券|红包)[^，。！？]{0,10}(?:复制|打开|搜索|淘口令|链接)"
        ),
    ),
)
# Told of the merchant, an offer is what the review complains about.
_TOLD = re.compile(
    r"客服|商家|卖家|店家|老板|店主|骗|让我|叫我|要我|要求|说加|加了|非要|必须加|卡片|小卡|返现|诈|假|差|垃圾|举报|投诉"
)


def find_advertising(text: str) -> Finding | None:
    """The first offer in a text that is the writer's own."""
    letters = first_letters(text)
    for detail, offer in _OFFERS:
        match = offer.search(letters)
        if match is not None:
            if _TOLD.search(letters):
                return None
            return Finding("advertising", detail, *match.span())
    return None
