{# The versions that were the state of orders, with the span of days of each: from the end of known_from until
   the day before known_to, the first day on which a better version came. The latest updated_at is best, so
   a version delivered late with an older one never is the state. `hashes` is a query of order hashes, `columns`
   are more of what the versions say. #}
{% macro states_of_orders(hashes, columns=[]) %}
    {{ known_versions(ref('stg_orders'), hashes, ["order_key", "row_sha256"] + columns, "coalesce(
                min(business_day) over (
                    partition by order_key order by updated_at, row_sha256, business_day
                    rows between 1 following and unbounded following
                ),
                " ~ open_end() ~ "
            )") }}
{% endmacro %}

{# The same of order lines. They carry no updated_at, so the last delivery counts: of two versions of one day
   the first gives way on that day, and was never known at its end. #}
{% macro states_of_lines(hashes) %}
    {{ known_versions(
        ref('stg_order_lines'),
        hashes,
        [
            "order_key",
            "line_key",
            "line_id",
            "platform",
            "product_key",
            "creator_key",
            "quantity",
            "pay_amount_fen",
            "theme",
            "coalesce(is_gift, false) as is_gift",
        ],
        "lead(business_day, 1, " ~ open_end() ~ ") over (partition by line_key order by business_day, row_sha256)",
    ) }}
{% endmacro %}

{# The versions of some orders with the days on whose ends they were known; those that never were are left out.
   Hashes are all that is read of the other orders, and all that is held in memory: an order whose hash is
   another's by chance may be among them, so what is made of them is joined by keys. #}
{% macro known_versions(versions, hashes, columns, known_to) %}
    select * from (
        select
            {{ columns | join(",\n            ") }},
            business_day as known_from,
            {{ known_to }} as known_to
        from {{ versions }}
        where
            business_day <= {{ window_end() }}
            and order_hash in ({{ hashes }})
    ) as versions
    where known_from < known_to
{% endmacro %}
