"""Texts that speak of the delivery and of nothing else; they may be true complaints, to be told apart."""

import re

from orchestration.classification.abnormal.finding import Finding, letters_of, whole

_DELIVERY = (
    "快递员|快递小哥|快递|物流|发货|送货上门|送货员|送货|送达|送到家|配送员|配送|派送|运输|到货|收货|收到货|签收|包裹"
    "|小哥|骑手|京东物流|顺丰|中通|圆通|申通|韵达|邮政|ems|驿站|次日达|当日达"
)
_VERDICT = (
    "太慢|很慢|有点慢|慢|快|神速|给力|及时|准时|迅速|不错|很好|挺好|好|可以|满意|差劲|太差|很差|差|辛苦|谢谢|感谢|点赞|赞"
    "|棒|杠杠的|没收到|还没收到|还没到|没到|未收到|收到了|收到|到了|送到|等了|才到|就到|上门|热情|周到|态度|服务|速度|效率"
)
_AROUND = (
    "今天|昨天|昨晚|明天|上午|下午|晚上|早上|中午|第二天|隔天|当天|一天|两天|三天|几天|天|小时|个|半|星期|周|月|一|二|两|三|四"
    "|五|六|七|八|九|十|几|多|号|很|挺|太|非常|特别|超级|超|真的|真|还是|还|也|都|就|才|了|的|得|地|是|在|给|到|家|我|们|你"
    "|他|有|有点|啊|呀|吧|呢|哦|哈|啦|嘛|不|没|下单|下的单|买的|订的|一如既往|总是|每次|这次|相信|京东|速|点|比较|感觉|确实"
)
_ONLY = re.compile(rf"(?:{_DELIVERY}|{_VERDICT}|{_AROUND})+")
_NAMED = re.compile(_DELIVERY)
_JUDGED = re.compile(_VERDICT)


def find_logistics_only(text: str) -> Finding | None:
    """A text made of words about a delivery alone, or None as soon as one word is of something else."""
    letters = letters_of(text)
    if _ONLY.fullmatch(letters) and _NAMED.search(letters) and _JUDGED.search(_NAMED.sub("", letters)):
        return whole("logistics_only", "speaks_of_delivery_alone", text)
    return None
