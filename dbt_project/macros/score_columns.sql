{# What a score says and rests on, in its order: the columns of scored.shop_scores that are published. #}
{% macro score_columns() %}
    {{ return([
        "prior_alpha", "prior_beta", "prior_level", "prior_subjects", "rate_eb", "jeffreys_low",
        "jeffreys_high", "threshold", "prob_above_threshold", "funnel_p", "funnel_q", "is_flagged",
        "ratio_eb_to_benchmark", "score", "score_status",
    ]) }}
{% endmacro %}
