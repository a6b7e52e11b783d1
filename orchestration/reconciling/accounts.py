"""What the names on a platform's bills and tickets mean here."""

from pathlib import Path

import pyarrow as pa
import yaml

_FILE = Path(__file__).with_name("accounts.yaml")

# `sign_no` is the place in the document: of several signs that fit, the first speaks.
SIGNS = pa.schema(
    [
        ("platform", pa.string()),
        ("found_in", pa.string()),  # account | ticket_type
        ("sign_no", pa.int32()),
        ("sign", pa.string()),
        ("measure_code", pa.string()),  # NULL: nothing to do with feedback
    ]
)
FIGURES = pa.schema([("platform", pa.string()), ("metric", pa.string()), ("dimension", pa.string())])
LAGS = pa.schema([("platform", pa.string()), ("bill_lag_days", pa.int32())])


def meanings() -> tuple[pa.Table, pa.Table, pa.Table]:
    """Signs of accounts and ticket types, figures that are ours too, and how late bills may come."""
    document = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    signs = [
        {
            "platform": platform,
            "found_in": found_in,
            "sign_no": number,
            "sign": each["sign"],
            "measure_code": None if each["measure"] == "none" else each["measure"],
        }
        for platform, said in document.items()
        for found_in, listed in (("account", said["accounts"]), ("ticket_type", said["ticket_types"]))
        for number, each in enumerate(listed)
    ]
    figures = [
        {"platform": platform, "metric": metric, "dimension": each["dimension"]}
        for platform, said in document.items()
        for metric, each in said["figures"].items()
    ]
    lags = [
        {"platform": platform, "bill_lag_days": said["bill_lag_days"]} for platform, said in document.items()
    ]
    return (
        pa.Table.from_pylist(signs, SIGNS),
        pa.Table.from_pylist(figures, FIGURES),
        pa.Table.from_pylist(lags, LAGS),
    )
