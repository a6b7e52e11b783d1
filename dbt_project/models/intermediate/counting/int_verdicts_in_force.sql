{#
    One row per verdict with the days it holds: from business_day to the day before until_day, and the
    dimension it counts under by the rate policy of the day it was made.
    A verdict holds until the feedback is judged again; what was taken back has no row.
#}
{{ config(materialized='view') }}

with

verdicts_in_turn as (

    select
        *,
        lead(business_day) over (
            partition by feedback_key, dimension, needs_content_theme order by business_day
        ) as until_day
    from {{ ref('int_feedback_verdicts') }}

),

verdicts_standing as (

    select * from verdicts_in_turn
    where not is_taken_back

),

{# Where the rate policy of a day counts a dimension as another. #}
dimension_rules as (

    select
        policies.business_day,
        policies.platform,
        rules.dimension,
        rules.count_as
    from {{ ref('int_policies_in_force') }} as policies
    inner join {{ source('policies', 'policy_dimensions') }} as rules
        on
            policies.policy_id = rules.policy_id
            and policies.policy_version = rules.version
            and rules.count_as <> rules.dimension
    where policies.kind = 'rate'

),

verdicts_counted as (

    select
        verdicts_standing.*,
        coalesce(own_rules.count_as, verdicts_standing.dimension) as counts_as,
        coalesce(product_rules.count_as, 'product') as product_counts_as
    from verdicts_standing
    left join dimension_rules as own_rules
        on
            verdicts_standing.business_day = own_rules.business_day
            and verdicts_standing.platform = own_rules.platform
            and verdicts_standing.dimension = own_rules.dimension
    left join dimension_rules as product_rules
        on
            verdicts_standing.business_day = product_rules.business_day
            and verdicts_standing.platform = product_rules.platform
            and product_rules.dimension = 'product'

)

select * from verdicts_counted
