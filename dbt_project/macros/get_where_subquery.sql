{# The rows that a generic test reads, by its `where`: those of the days of its run, as earlier days were tested when
   they were run and all of them take longer every day. A rule that spans days reads all rows of the feedback
   of these days, or all rows; a table without days is read whole. Anything else is SQL of its own. #}
{% macro get_where_subquery(relation) -%}
    {%- set of_the_run = in_window("business_day") -%}
    {%- set where = config.get("where", "") -%}
    {%- set condition = {
        "days_of_the_run": of_the_run if has_days(model.attached_node) else "",
        "feedback_of_the_run":
            "feedback_key in (select feedback_key from " ~ relation ~ " where " ~ of_the_run ~ ")",
        "all_rows": "",
    }.get(where, where) -%}
    {{ return("(select * from " ~ relation ~ " where " ~ condition ~ ") as rows_tested" if condition else relation) }}
{%- endmacro %}

{# Whether rows of a model are of a business day. #}
{% macro has_days(model_id) -%}
    {{ return(execute and "business_day" in graph.nodes[model_id].columns) }}
{%- endmacro %}
