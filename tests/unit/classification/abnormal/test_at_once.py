"""What is found in many reviews at once is what is found in each; prints are those of a plain MinHash."""

from zlib import crc32

import numpy as np
import pyarrow as pa
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.classification.abnormal.contradiction import find_contradiction
from orchestration.classification.abnormal.evaluations import find_in_reviews
from orchestration.classification.abnormal.meaningless import find_meaningless
from orchestration.classification.abnormal.prints import (
    BANDS,
    PERMUTATIONS,
    SEED,
    pairs_of,
    print_of,
    prints_of,
    prints_of_letters,
)
from orchestration.classification.abnormal.schemas import REVIEWS_SCHEMA

TEXTS = (
    "", " ", "好", "好评", "差差差差", "asdfgh", "😡", "垃圾，骗子", "非常满意，好评，推荐购买",
    "物流很快，给力", "加微信abc12345领红包", "这双鞋子很舒服，穿着不累", "系统默认好评",
    "质量太差，坏了", "a" * 5_000,
)  # fmt: skip
STARS = st.sampled_from([None, 1, 2, 3, 5])
REVIEW = st.fixed_dictionaries(
    {
        "text": st.none() | st.sampled_from(TEXTS),
        "rating_overall": STARS,
        "rating_product": STARS,
        "rating_service": STARS,
        "rating_logistics": STARS,
        "text_probability": st.sampled_from([None, 0.001, 0.5, 0.99, 1.0]),
        "native_order_key": st.sampled_from([None, "o"]),
    }
)
LETTERS = st.text(st.characters(exclude_categories=("Cs",)), min_size=2, max_size=40)


@settings(deadline=None)
@given(st.lists(REVIEW, max_size=20))
def test_reviews_at_once_are_found_as_each_alone(reviews: list[dict[str, object]]) -> None:
    rows = [{"feedback_key": f"k{number}", **review} for number, review in enumerate(reviews)]
    together = find_in_reviews(pa.Table.from_pylist(rows, REVIEWS_SCHEMA))
    alone = [find_in_reviews(pa.Table.from_pylist([row], REVIEWS_SCHEMA)) for row in rows]
    assert together.rows == [row for found in alone for row in found.rows]
    assert together.naming_goods == [row for found in alone for row in found.naming_goods]


def test_stars_decide_what_the_same_words_are() -> None:
    stars = [{"rating_overall": 5}, {"rating_overall": 5, "rating_service": 1}, {"rating_overall": 1}, {}]
    texts = ("好评", "非常满意，好评，推荐购买", "垃圾，骗子")
    rows = [
        {"feedback_key": f"{text}{number}", "text": text, **given}
        for text in texts
        for number, given in enumerate(stars)
    ]
    found = {(row["feedback_key"], row["code"]) for row in find_in_reviews(
        pa.Table.from_pylist(rows, REVIEWS_SCHEMA)
    ).rows}  # fmt: skip
    for row in rows:
        given = [row[name] for name in ("rating_overall", "rating_service") if name in row]
        overall = row.get("rating_overall")
        key, text = row["feedback_key"], row["text"]
        meaningless = find_meaningless(text, lowest_stars=min(given, default=None))
        assert ((key, "meaningless_text") in found) == (meaningless is not None)
        contradiction = find_contradiction(text, lowest_stars=overall, highest_stars=overall)
        assert ((key, "rating_text_contradiction") in found) == (contradiction is not None)
    assert {code for _, code in found} == {"meaningless_text", "rating_text_contradiction"}


@settings(deadline=None)
@given(st.lists(LETTERS, max_size=8))
def test_prints_are_those_of_a_plain_minhash(texts: list[str]) -> None:
    together = prints_of_letters(texts)
    assert together == [print_of(letters) for letters in texts]
    multipliers = [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5]
    for letters, found in zip(texts, together, strict=True):
        plain = MinHash(num_perm=PERMUTATIONS, seed=SEED, hashfunc=crc32)
        plain.update_batch(sorted(pair.encode() for pair in pairs_of(letters)))
        rows = plain.hashvalues.astype(np.uint64).reshape(BANDS, -1)
        mixed = (rows * np.array(multipliers, "u8")).sum(axis=1, dtype=np.uint64)
        assert found.bands == tuple(mixed.view(np.int64).tolist())


def test_prints_keep_the_order_of_their_reviews() -> None:
    texts = [
        "包装精美物流很快质量非常好",
        "短",
        "包装精美，物流很快，质量非常好！",
        "第二句话和第一句话完全不一样",
    ]
    rows = [
        {"feedback_key": f"k{number}", "shop_key": "s", "buyer_key": f"b{number}", "text": text}
        for number, text in enumerate(texts)
    ]
    made = prints_of(pa.Table.from_pylist(rows, REVIEWS_SCHEMA)).to_pylist()
    assert [row["feedback_key"] for row in made] == ["k0", "k2", "k3"]
    assert made[0]["bands"] == made[1]["bands"] != made[2]["bands"]
    assert made[0]["skeleton"] == made[1]["skeleton"] != made[2]["skeleton"]
