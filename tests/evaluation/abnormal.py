"""Measures what the search for abnormal evaluations finds and loses on labelled reviews.

`python -m tests.evaluation.abnormal --data DIR`: DIR holds reviews_zh_jd_abnormal.parquet (tag -1
worthless, 0 says nothing of the goods, 1 negative, 2 neutral, 3 positive; product, user, time)
and reviews_zh_binary.parquet (is_negative). No stars are shown to the rules.
Exit code 1 where more than one real negative in a hundred would be lost.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.classification.abnormal.comparisons import TEMPLATE_DAYS, find_repeated
from orchestration.classification.abnormal.evaluations import find_in_reviews, find_wrong_goods
from orchestration.classification.abnormal.prints import prints_of
from orchestration.classification.abnormal.schemas import REVIEWS_SCHEMA
from tests.evaluation.sets import unseen_reviews

# logistics_only is told apart, and no policy here excludes it
NOT_EXCLUDING = frozenset({"logistics_only"})
MOST_LOST = 0.01

Codes = dict[str, set[str]]


def by_words(reviews: pa.Table, product_words: dict[str, str]) -> Codes:
    """The codes of each review by its own words."""
    found = find_in_reviews(reviews)
    codes: Codes = {}
    for row in found.rows + find_wrong_goods(found.naming_goods, product_words):
        codes.setdefault(row["feedback_key"], set()).add(row["code"])
    return codes


def by_comparison(reviews: pa.Table, days: Sequence[object]) -> Codes:
    """The codes of each review by the texts of the days before it, day by day."""
    connection = duckdb.connect()
    connection.execute("create schema classified; create schema intermediate")
    events = pa.table({"feedback_key": reviews["feedback_key"], "text": reviews["text"]})
    connection.register("events", events)
    connection.execute(
        "create table intermediate.int_feedback_events as select *, true as is_first_version from events"
    )
    prints = prints_of(reviews)
    day_of = dict(zip(reviews["feedback_key"].to_pylist(), days, strict=True))
    known = pa.array([day_of[key] for key in prints["feedback_key"].to_pylist()], pa.date32())
    connection.register("prints", prints.append_column("business_day", known))
    connection.execute("create table classified.text_prints as select * from prints")
    codes: Codes = {}
    for (day,) in connection.execute(
        "select distinct business_day from classified.text_prints where business_day is not null order by all"
    ).fetchall():
        for repeated in find_repeated(connection, day):
            codes.setdefault(repeated.feedback_key, set()).add(repeated.code)
    return codes


def as_reviews(texts: Sequence[str], shops: Sequence[str | None], buyers: Sequence[str | None]) -> pa.Table:
    """The rows as the search reads them, numbered, without stars."""
    rows = [
        {
            "feedback_key": str(number),
            "text": text,
            "shop_key": shop,
            "buyer_key": buyer,
            "native_order_key": "o",
        }
        for number, (text, shop, buyer) in enumerate(zip(texts, shops, buyers, strict=True))
    ]
    return pa.Table.from_pylist(rows, REVIEWS_SCHEMA)


def report(name: str, labels: Sequence[int], codes: Codes) -> dict[int, float]:
    """Prints the share found of each label, and gives back the share that would be excluded."""
    shares: dict[int, float] = {}
    print(f"{name}: {len(labels)} reviews")
    for label, count in sorted(Counter(labels).items()):
        found = [codes.get(str(number), set()) for number, given in enumerate(labels) if given == label]
        shares[label] = sum(bool(each - NOT_EXCLUDING) for each in found) / count
        by_code = Counter(code for each in found for code in each)
        detail = ", ".join(f"{code} {number / count:.4f}" for code, number in sorted(by_code.items()))
        print(
            f"  label {label:>2}: {count:>6} reviews, "
            f"excluded {shares[label]:.4f} ({detail or 'nothing found'})"
        )
    return shares


def merged(*found: Codes) -> Codes:
    """The codes of all searches together."""
    together: Codes = {}
    for codes in found:
        for key, each in codes.items():
            together[key] = together.get(key, set()) | each
    return together


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures both files; 1 where too many real negatives are lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    folder = parser.parse_args(arguments).data

    jd = pq.read_table(folder / "reviews_zh_jd_abnormal.parquet").to_pydict()
    reviews = as_reviews(jd["text"], jd["product_id"], jd["user_hash"])
    words = {str(number): name for number, name in enumerate(jd["product_name"])}
    days = [None if at is None else at.date() for at in jd["created_at"]]
    print(f"templates look back {TEMPLATE_DAYS} days within a product")
    jd_lost = report("JD", jd["tag"], merged(by_words(reviews, words), by_comparison(reviews, days)))[1]

    binary = unseen_reviews(folder).to_pydict()
    nobody = [None] * len(binary["text"])
    reviews = as_reviews(binary["text"], nobody, nobody)
    words = {str(number): name for number, name in enumerate(binary["category"])}
    binary_lost = report("online shopping and takeaway", binary["is_negative"], by_words(reviews, words))[1]

    print(f"real negatives lost: JD {jd_lost:.4f}, the others {binary_lost:.4f}; at most {MOST_LOST}")
    return int(max(jd_lost, binary_lost) > MOST_LOST)


if __name__ == "__main__":
    sys.exit(main())
