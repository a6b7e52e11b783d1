{# Enforced only where the policy enforces, and not before it does; otherwise the candidate is a shadow. #}
{% macro candidate_mode(mode, enforced_from, period_end) -%}
    case
        when {{ mode }} = 'enforce' and {{ period_end }} >= {{ enforced_from }} then 'enforce'
        else 'shadow'
    end
{%- endmacro %}
