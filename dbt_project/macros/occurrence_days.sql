{# How many days back an occurrence is counted, the day itself included. #}
{% macro occurrence_days() %}{{ return(90) }}{% endmacro %}
