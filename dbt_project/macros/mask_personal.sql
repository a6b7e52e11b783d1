{# A free text with what points at a person replaced by [email] [id] [phone] [address].
   Masking a masked text changes nothing; evidence spans count in the masked text.
   A pattern that keeps its neighbours (groups 1 and 2) runs twice: two numbers with one space
   between them share that space. #}
{% macro mask_personal(column) %}
    {%- set digit -%}[0-9０-９]{%- endset -%}
    {%- set number -%}[0-9０-９零〇一二两三四五六七八九十百]{1,5}{%- endset -%}
    {#- Han, without the words that commonly stand before an address or a complaint -#}
    {%- set name -%}[^\P{Han}到至在往寄送发给住址是的了和与差坏烂退去从一知号]{1,6}{%- endset -%}
    {%- set email -%}[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:[.][A-Za-z0-9-]+)+{%- endset -%}
    {%- set id_card -%}
        (^|[^0-9])[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]($|[^0-9Xx])
    {%- endset -%}
    {%- set mobile -%}
        (^|[^0-9０-９])(?:[+＋]?86[- ]?)?[1１][3-9３-９]{{ digit }}(?:[- ]?{{ digit }}{4}){2}($|[^0-9０-９])
    {%- endset -%}
    {%- set landline -%}
        (^|[^0-9])(?:[(（]?0[1-9][0-9]{1,2}[)）]?[- ]?[2-9][0-9]{6,7}|[48]00[- ]?[0-9]{3}[- ]?[0-9]{4})($|[^0-9])
    {%- endset -%}
    {%- set street -%}
        {{ name }}(?:路|街|大街|街道|大道|巷|弄|胡同|村){{ number }}(?:号|弄)(?:院|楼)?
    {%- endset -%}
    {%- set building -%}
        {{ number }}(?:栋|幢|号楼)(?:{{ number }}单元)(?:{{ number }}(?:室|号|房)?)?|{{ number }}(?:栋|幢|号楼){{ digit }}{2,5}(?:室|号|房)?|{{ number }}单元{{ digit }}{2,5}(?:室|号|房)?
    {%- endset -%}
    {%- set masked = namespace(text=column) -%}
    {%- for pattern, replacement in [
        (email, "[email]"),
        (id_card, "\\1[id]\\2"), (id_card, "\\1[id]\\2"),
        (mobile, "\\1[phone]\\2"), (mobile, "\\1[phone]\\2"),
        (landline, "\\1[phone]\\2"), (landline, "\\1[phone]\\2"),
        (street, "[address]"),
        (building, "[address]"),
    ] -%}
        {%- set masked.text = text_replaced(masked.text, pattern | trim, replacement) -%}
    {%- endfor -%}
    {#- most texts hold neither a digit nor an address word: they skip nine replacements -#}
    case when {{ text_matches(column, "[0-9０-９@号弄栋幢]") }} then {{ masked.text }} else {{ column }} end
{%- endmacro %}
