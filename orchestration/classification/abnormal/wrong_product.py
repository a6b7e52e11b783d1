"""Reviews of other goods than were bought (买A评B), by families of goods that have nothing in common."""

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

from orchestration.classification.abnormal.finding import Finding, first_letters
from orchestration.classification.normal import in_normal_letters

FAMILIES_FILE = Path(__file__).with_name("families.yaml")

# Who was sent something else, or names the goods to compare, reviews the right goods.
_SENT_OR_COMPARED = re.compile(
    "发错|寄错|送错|错发|发成|寄成|不是我[买要]|我[买要]的是|结果是|却是|居然|竟然|变成|换成|货不对板|拿来|配|放在?|装|送的|赠|像"
    "|比|一起|同时|另外|还买|也买|上次|之前|以前"
)


class _Families(NamedTuple):
    goods: dict[str, re.Pattern[str]]
    said: dict[str, re.Pattern[str]]


@cache
def _families() -> _Families:
    families = yaml.safe_load(FAMILIES_FILE.read_text("utf-8"))["families"]
    goods = {name: re.compile("|".join(family["goods"])) for name, family in families.items()}
    said = {
        name: re.compile(
            rf"(?:这[款个台双件条本套只瓶支盒部辆袋箱]?|给.{{1,3}}买的?|买的|拍的|第.次买)(?:{'|'.join(family['said'])})"
        )
        for name, family in families.items()
    }
    return _Families(goods, said)


def family_named(text: str) -> Finding | None:
    """Where a text says which goods it is about; the detail is their family."""
    letters = first_letters(text)
    if _SENT_OR_COMPARED.search(letters):
        return None
    for name, said in _families().said.items():
        match = said.search(letters)
        if match is not None:
            return Finding("wrong_product_review", name, *match.span())
    return None


def find_wrong_product(text: str, product_words: str | None) -> Finding | None:
    """The words about other goods; `product_words` are titles and category names of what was bought.

    Nothing is found unless what was bought is of one known family and the text has no word of it.
    """
    if not product_words:
        return None
    named = family_named(text)
    if named is None:
        return None
    titles = in_normal_letters(product_words)
    bought = [name for name, goods in _families().goods.items() if goods.search(titles)]
    if len(bought) != 1 or bought[0] == named.detail:
        return None
    if _families().goods[bought[0]].search(in_normal_letters(text)):
        return None
    return named._replace(detail=f"{named.detail}_for_{bought[0]}")
