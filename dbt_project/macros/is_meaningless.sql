{# Whether a text says nothing: no letter at all, one character over and over, or a hand on the
   keyboard. A word that blames is not meaningless however often it is repeated (差差差差). #}
{% macro is_meaningless(text) %}
    {%- set letters -%}{{ text_replaced(text, "[^\\p{L}]", "") }}{%- endset -%}
    {%- set blaming = "差烂坏假臭骗慢破脏丑" -%}
    {%- set keyboard_rows -%}asdf|sdfg|dfgh|fghj|ghjk|hjkl|fdsa|gfds|hgfd|jhgf|kjhg|lkjh|qwer|rewq|poiu|zxcv|xcvb|cvbn|vbnm|vcxz{%- endset -%}
    trim({{ text }}) <> ''
    and (
        {{ letters }} = ''
        or (
            length({{ letters }}) >= 4
            and replace({{ letters }}, substr({{ letters }}, 1, 1), '') = ''
            and position(substr({{ letters }}, 1, 1) in '{{ blaming }}') = 0
        )
        or {{ text_matches("lower(trim(" ~ text ~ "))", "^[a-z]*(" ~ keyboard_rows ~ "|[bcdfghjklmnpqrstvwxz]{5})[a-z]*$") }}
    )
{%- endmacro %}
