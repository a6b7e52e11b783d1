{# Numbers that differ where the content differs, to compare a row with the one before it. #}
{% macro row_hash(columns) %}{{ return(adapter.dispatch("row_hash")(columns)) }}{% endmacro %}

{% macro duckdb__row_hash(columns) %}hash({{ columns | join(", ") }}){% endmacro %}

{# xxhash64 passes over NULL: what is missing has to be said #}
{% macro spark__row_hash(columns) -%}
    xxhash64({% for column in columns %}{{ column }}, {{ column }} is null{{ ", " if not loop.last }}{% endfor %})
{%- endmacro %}

{# A number of 60 bits that stands for a key, the same in every engine and version of one, so that it may be kept: earlier
   rows are found by eight bytes instead of by text. #}
{% macro key_hash(key) %}{{ return(adapter.dispatch("key_hash")(key)) }}{% endmacro %}

{% macro duckdb__key_hash(key) %}cast('0x' || substr(md5({{ key }}), 1, 15) as bigint){% endmacro %}

{% macro spark__key_hash(key) %}cast(conv(substr(md5({{ key }}), 1, 15), 16, 10) as bigint){% endmacro %}

{# The same for a group of distinct keys, in any order. #}
{% macro keys_hash(key) %}bit_xor({{ key_hash(key) }}){% endmacro %}
