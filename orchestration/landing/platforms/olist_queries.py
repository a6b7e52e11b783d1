"""The SQL of the Olist importer: from Olist's tables to the rows of the landing contract."""

TABLES: dict[str, tuple[str, ...]] = {
    "orders": (
        "order_id",
        "customer_id",
        "order_status",
        "order_purchase_timestamp",
        "order_approved_at",
        "order_delivered_carrier_date",
        "order_delivered_customer_date",
    ),
    "order_items": (
        "order_id",
        "order_item_id",
        "product_id",
        "seller_id",
        "shipping_limit_date",
        "price",
        "freight_value",
    ),
    "order_payments": ("order_id", "payment_value"),
    "order_reviews": (
        "review_id",
        "order_id",
        "review_score",
        "review_comment_title",
        "review_comment_message",
        "review_creation_date",
        "review_answer_timestamp",
    ),
    "customers": ("customer_id", "customer_unique_id"),
    "products": ("product_id", "product_category_name"),
    "sellers": ("seller_id",),
    "translations": ("product_category_name", "product_category_name_english"),
}
ORIGINAL_NAMES = {
    "translations": "product_category_name_translation.csv",
    **{table: f"olist_{table}_dataset.csv" for table in TABLES if table != "translations"},
}
OPTIONAL = {"translations"}

NO_SELLER = "no_seller"
"""The shop of orders without lines: a shop order must have a shop, and Olist names none."""

NO_CATEGORY = "unknown"

# Olist writes the local time of Brazil.
_UTC = "timezone('America/Sao_Paulo', {}::TIMESTAMP)"
_FEN = "(round({}::DECIMAL(18, 2) * 100))::BIGINT"


def _utc(column: str, name: str) -> str:
    return f"{_UTC.format(column)} AS {name}"


def _iso(column: str) -> str:
    return f"strftime({column}, '%Y-%m-%dT%H:%M:%SZ')"


# The state of an order is delivered once for each Shanghai day on which it changed. The time of a
# cancellation is not in the source: it is told with the last thing that is.
PREPARATION = f"""
CREATE TEMP TABLE trade AS
SELECT order_id, order_status, coalesce(customer_unique_id, customer_id) AS buyer_id,
    {_utc("order_purchase_timestamp", "created_at")},
    {_utc("order_approved_at", "paid_at")},
    {_utc("order_delivered_carrier_date", "shipped_at")},
    {_utc("order_delivered_customer_date", "signed_at")}
FROM orders LEFT JOIN customers USING (customer_id);

CREATE TEMP TABLE sold AS
SELECT order_id, order_item_id, product_id, seller_id,
    {_FEN.format("price")} + {_FEN.format("freight_value")} AS pay_amount_fen,
    {_utc("shipping_limit_date", "promised_ship_by")}
FROM order_items;

CREATE TEMP TABLE shop_orders AS
WITH sellers_of AS (
    SELECT order_id, count(DISTINCT seller_id) AS seller_count,
        count(DISTINCT left(seller_id, 8)) = count(DISTINCT seller_id) AS short_is_enough
    FROM sold GROUP BY order_id
), by_seller AS (
    SELECT order_id, seller_id, sum(pay_amount_fen)::BIGINT AS pay_amount_fen,
        min(promised_ship_by) AS promised_ship_by
    FROM sold GROUP BY order_id, seller_id
), paid AS (
    SELECT order_id, sum({_FEN.format("payment_value")})::BIGINT AS pay_amount_fen
    FROM order_payments GROUP BY order_id
)
SELECT trade.order_id AS olist_order_id, coalesce(seller_id, '{NO_SELLER}') AS shop_id,
    CASE WHEN seller_count > 1 THEN
        '-' || CASE WHEN short_is_enough THEN left(seller_id, 8) ELSE seller_id END
    ELSE '' END AS suffix,
    trade.order_id || suffix AS order_id, coalesce(seller_count, 0) AS seller_count,
    coalesce(by_seller.pay_amount_fen, paid.pay_amount_fen, 0) AS pay_amount_fen, promised_ship_by
FROM trade
LEFT JOIN by_seller USING (order_id)
LEFT JOIN sellers_of USING (order_id)
LEFT JOIN paid USING (order_id);

CREATE TEMP TABLE changes AS
WITH times AS (
    SELECT order_id, unnest([created_at, paid_at, shipped_at, signed_at]) AS moment FROM trade
)
SELECT *, updated_at = min(updated_at) OVER sequence AS is_first,
    updated_at = max(updated_at) OVER sequence AS is_last
FROM (
    SELECT order_id AS olist_order_id, CAST(moment + INTERVAL 8 HOUR AS DATE) AS day,
        max(moment) AS updated_at
    FROM times WHERE moment IS NOT NULL GROUP BY ALL
)
WINDOW sequence AS (PARTITION BY olist_order_id);

CREATE TEMP TABLE landing_orders AS
SELECT day, shop_orders.order_id AS sort_key, to_json({{
    'order_id': shop_orders.order_id,
    'shop_id': shop_id,
    'buyer_id': buyer_id,
    'status': CASE
        WHEN is_last THEN CASE order_status
            WHEN 'delivered' THEN 'finished' WHEN 'canceled' THEN 'cancelled'
            WHEN 'unavailable' THEN 'closed' WHEN 'shipped' THEN 'shipped'
            WHEN 'created' THEN 'created' ELSE 'paid' END
        WHEN signed_at <= updated_at THEN 'signed'
        WHEN shipped_at <= updated_at THEN 'shipped'
        WHEN paid_at <= updated_at THEN 'paid'
        ELSE 'created' END,
    'created_at': {_iso("created_at")},
    'paid_at': CASE WHEN paid_at <= updated_at THEN {_iso("paid_at")} END,
    'shipped_at': CASE WHEN shipped_at <= updated_at THEN {_iso("shipped_at")} END,
    'signed_at': CASE WHEN signed_at <= updated_at THEN {_iso("signed_at")} END,
    'pay_amount_fen': pay_amount_fen,
    'order_kind': 'normal',
    'promised_ship_by': {_iso("promised_ship_by")},
    'updated_at': {_iso("updated_at")}
}})::VARCHAR AS line
FROM changes
JOIN trade ON trade.order_id = olist_order_id
JOIN shop_orders USING (olist_order_id);

CREATE TEMP TABLE landing_order_lines AS
SELECT day, shop_orders.order_id || '-' || lpad(order_item_id, 6, '0') AS sort_key, to_json({{
    'order_id': shop_orders.order_id,
    'line_id': order_item_id,
    'product_id': product_id,
    'quantity': 1,
    'pay_amount_fen': sold.pay_amount_fen,
    'is_gift': false
}})::VARCHAR AS line
FROM sold
JOIN shop_orders ON olist_order_id = sold.order_id AND shop_id = seller_id
JOIN changes ON changes.olist_order_id = sold.order_id AND is_first;

CREATE TEMP TABLE shop_reviews AS
WITH placed AS (
    SELECT *, count(*) OVER (PARTITION BY review_id) > 1 AS is_on_several_orders,
        {_utc("review_creation_date", "created_at")},
        {_utc("coalesce(review_answer_timestamp, review_creation_date)", "updated_at")}
    FROM order_reviews
)
SELECT CAST(updated_at + INTERVAL 8 HOUR AS DATE) AS day,
    review_id || CASE WHEN is_on_several_orders THEN '-' || left(placed.order_id, 8) ELSE '' END
        || coalesce(suffix, '') AS review_id,
    coalesce(shop_orders.order_id, placed.order_id) AS order_id,
    coalesce(shop_id, '{NO_SELLER}') AS shop_id, buyer_id, review_score,
    nullif(concat_ws(chr(10), review_comment_title, review_comment_message), '') AS text,
    placed.created_at, updated_at
FROM placed
LEFT JOIN shop_orders ON olist_order_id = placed.order_id
LEFT JOIN trade ON trade.order_id = placed.order_id;

CREATE TEMP TABLE landing_reviews AS
SELECT day, review_id AS sort_key, to_json({{
    'review_id': review_id,
    'order_id': order_id,
    'shop_id': shop_id,
    'buyer_id': buyer_id,
    'rating_overall': review_score::INTEGER,
    'text': text,
    'created_at': {_iso("created_at")},
    'updated_at': {_iso("updated_at")}
}})::VARCHAR AS line
FROM shop_reviews;

CREATE TEMP TABLE landing_shops AS
WITH categories_sold AS (
    SELECT seller_id, coalesce(product_category_name, '{NO_CATEGORY}') AS category_id,
        count(*) AS piece_count
    FROM sold LEFT JOIN products USING (product_id) GROUP BY ALL
), main_categories AS (
    SELECT seller_id, arg_min(category_id, (-piece_count, category_id)) AS category_id
    FROM categories_sold GROUP BY seller_id
)
SELECT seller_id AS sort_key, to_json({{
    'shop_id': seller_id, 'name': 'seller ' || left(seller_id, 8), 'main_category_id': category_id
}})::VARCHAR AS line
FROM sellers LEFT JOIN main_categories USING (seller_id)
UNION ALL
SELECT '{NO_SELLER}', to_json({{
    'shop_id': '{NO_SELLER}', 'name': 'orders without a seller', 'main_category_id': NULL
}})::VARCHAR
FROM (SELECT DISTINCT shop_id FROM shop_orders WHERE shop_id = '{NO_SELLER}');

CREATE TEMP TABLE landing_products AS
SELECT product_id AS sort_key, to_json({{
    'product_id': product_id,
    'shop_id': seller_id,
    'title': coalesce(product_category_name, '{NO_CATEGORY}'),
    'category_id': coalesce(product_category_name, '{NO_CATEGORY}')
}})::VARCHAR AS line
FROM products JOIN (
    SELECT product_id, arg_min(seller_id, (-piece_count, seller_id)) AS seller_id
    FROM (SELECT product_id, seller_id, count(*) AS piece_count FROM sold GROUP BY ALL)
    GROUP BY product_id
) USING (product_id);

CREATE TEMP TABLE landing_categories AS
SELECT category_id AS sort_key, to_json({{
    'category_id': category_id,
    'name': coalesce(product_category_name_english, category_id)
}})::VARCHAR AS line
FROM (SELECT DISTINCT coalesce(product_category_name, '{NO_CATEGORY}') AS category_id FROM products)
LEFT JOIN translations ON product_category_name = category_id;
"""

SPAN = """
SELECT min(day), max(day) FROM (SELECT day FROM changes UNION ALL SELECT day FROM shop_reviews)
"""

COUNTS = {
    "orders": "SELECT count(*) FROM trade",
    "shop_orders": "SELECT count(*) FROM shop_orders",
    "order_versions": "SELECT count(*) FROM landing_orders",
    "orders_of_several_sellers": """
        SELECT count(DISTINCT olist_order_id) FROM shop_orders WHERE seller_count > 1""",
    "orders_without_lines": f"SELECT count(*) FROM shop_orders WHERE shop_id = '{NO_SELLER}'",
    "orders_received_without_approval": """
        SELECT count(*) FROM trade WHERE signed_at IS NOT NULL AND paid_at IS NULL""",
    "order_lines": "SELECT count(*) FROM landing_order_lines",
    "reviews": "SELECT count(*) FROM order_reviews",
    "shop_reviews": "SELECT count(*) FROM landing_reviews",
    "review_ids_on_several_orders": """
        SELECT count(*) FROM (FROM order_reviews SELECT review_id GROUP BY ALL HAVING count(*) > 1)""",
    "orders_with_several_reviews": """
        SELECT count(*) FROM (FROM order_reviews SELECT order_id GROUP BY ALL HAVING count(*) > 1)""",
    "reviews_of_unknown_orders": """
        SELECT count(*) FROM order_reviews WHERE order_id NOT IN (SELECT order_id FROM trade)""",
    "shops": "SELECT count(*) FROM landing_shops",
    "products": "SELECT count(*) FROM landing_products",
    "categories": "SELECT count(*) FROM landing_categories",
}


def by_day(source: str) -> str:
    """SQL of the text of each day's file."""
    return f"SELECT day, string_agg(line, chr(10) ORDER BY sort_key) FROM landing_{source} GROUP BY day"


def whole(source: str) -> str:
    """SQL of the text of a snapshot."""
    return f"SELECT string_agg(line, chr(10) ORDER BY sort_key) FROM landing_{source}"
