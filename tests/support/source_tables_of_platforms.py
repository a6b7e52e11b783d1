"""The columns of what platforms deliver about their own penalties, written by hand from the contract."""

from typing import Final

RECEIPT: Final = {
    "_source_file": "varchar",
    "_line": "bigint",
    "_batch_id": "varchar",
    "_row_sha256": "varchar",
    "_extra": "varchar",
    "business_day": "date",
}

OF_PLATFORMS: Final[dict[str, dict[str, str]]] = {
    "platform_tickets": {
        "platform": "varchar",
        "ticket_id": "varchar",
        "shop_id": "varchar",
        "order_id": "varchar",
        "ticket_type": "varchar",
        "status": "varchar",
        "appeal_status": "varchar",
        "amount_fen": "bigint",
        "reason": "varchar",
        "created_at": "timestamptz",
        "updated_at": "timestamptz",
    }
    | RECEIPT,
    "bills": {
        "platform": "varchar",
        "bill_id": "varchar",
        "shop_id": "varchar",
        "order_id": "varchar",
        "ticket_id": "varchar",
        "kind": "varchar",
        "account_name": "varchar",
        "amount_fen": "bigint",
        "reason": "varchar",
        "billed_at": "timestamptz",
    }
    | RECEIPT,
    "platform_figures": {
        "platform": "varchar",
        "shop_id": "varchar",
        "metric": "varchar",
        "period_starts_at": "timestamptz",
        "period_ends_at": "timestamptz",
        "num": "integer",
        "den": "integer",
        "rate": "varchar",
        "updated_at": "timestamptz",
    }
    | RECEIPT,
}
