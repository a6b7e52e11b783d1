{#
    One row per business day, shop or platform and length of window: what the rate of the window will
    be once it is mature, with a 95 % interval, from how complete order days of each age have been
    (int_completion_factors). The derivation is in docs/history.md; its letters are the columns here.
#}

{% set longest = window_lengths() | max %}
{% set most_history = 20 %}

with

window_lengths as (

    {{ window_lengths_rows() }}

),

increments as (

    {%- for subject_type, subject in [('shop', 'subject_id'), ('platform', 'platform')] %}
    select
        platform,
        '{{ subject_type }}' as subject_type,
        {{ subject }} as subject_id,
        order_day,
        business_day,
        sum(den_effective) as den,
        sum(num_effective_overall) as num
    from {{ ref('int_daily_counts') }}
    where
        subject_type = 'shop'
        and business_day <= {{ window_end() }}
        and order_day > {{ days_after(window_start(), -longest) }}
        and (den_effective <> 0 or num_effective_overall <> 0)
    group by platform{{ ", subject_id" if subject_type == 'shop' }}, order_day, business_day
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

{# What is known of an order day, from the day it became known until the next change. #}
levels as (

    select
        platform,
        subject_type,
        subject_id,
        order_day,
        greatest(business_day, order_day) as from_day,
        lead(business_day) over by_day as until_day,
        sum(den) over so_far as den,
        sum(num) over so_far as num
    from increments
    window
        by_day as (partition by platform, subject_type, subject_id, order_day order by business_day),
        so_far as (
            partition by platform, subject_type, subject_id, order_day
            order by business_day
            rows between unbounded preceding and current row
        )

),

factors as (

    select
        *,
        {{ days_after('business_day', '-age_days') }} as order_day
    from {{ ref('int_completion_factors') }}
    where {{ in_window('business_day') }}

),

cells as (

    select
        factors.business_day,
        levels.platform,
        levels.subject_type,
        levels.subject_id,
        factors.age_days,
        levels.num,
        levels.den * factors.den_growth as den,
        levels.den * factors.den_moves as den_moves,
        factors.rate_known,
        factors.rate_to_come,
        factors.rate_known_sd,
        factors.rate_to_come_sd,
        factors.clustering
    from levels
    inner join factors
        on
            levels.platform = factors.platform
            and levels.order_day = factors.order_day
            and factors.business_day >= levels.from_day
            and (levels.until_day is null or factors.business_day < levels.until_day)

),

windows as (

    select
        cells.business_day,
        cells.platform,
        cells.subject_type,
        cells.subject_id,
        window_lengths.window_days,
        sum(cells.num) as num,
        {{ exact_sum('cells.den') }} as den,
        {{ exact_sum('cells.den_moves') }} as den_moves,
        {{ exact_sum('cells.den * cells.rate_known') }} as known,
        {{ exact_sum('cells.den * cells.rate_known_sd') }} as known_sd,
        {{ exact_sum('cells.den * cells.rate_to_come') }} as to_come,
        {{ exact_sum('cells.den * cells.rate_to_come_sd') }} as to_come_sd,
        {{ exact_sum('cells.clustering * cells.den * cells.rate_to_come * cells.den * cells.rate_to_come') }}
            as to_come_clustered,
        max(cells.clustering) as clustering,
        bool_and(cells.num = 0 or cells.rate_known > 0) as is_divisible,
        {{ exact_sum(
            'case when cells.rate_known > 0 '
            ~ 'then cells.num * (cells.rate_known + cells.rate_to_come) / cells.rate_known else 0 end'
        ) }} as num_by_age
    from cells
    inner join window_lengths on cells.age_days < window_lengths.window_days
    group by
        cells.business_day, cells.platform, cells.subject_type, cells.subject_id, window_lengths.window_days

),

{# How many negatives the history is worth against those of the window: the fewer, the more its order days differ. #}
platforms as (

    select
        business_day,
        platform,
        window_days,
        case when clustering * {{ most_history }} > 1 then 1 / clustering else {{ most_history }} end as history
    from windows
    where subject_type = 'platform'

),

{# The shops of a platform lend each other what they have in common: a mean and a spread of risks. #}
pools as (

    select
        windows.business_day,
        windows.platform,
        windows.window_days,
        platforms.history,
        (sum(windows.num) + platforms.history) / ({{ exact_sum('windows.known') }} + platforms.history)
            as mean_risk,
        {{ exact_sum('windows.known') }} + platforms.history as evidence,
        sum(windows.num) as num,
        {{ exact_sum('windows.known') }} as known,
        {{ exact_sum('windows.known * windows.known') }} as known_squared,
        sum(windows.num * windows.num) as num_squared,
        {{ exact_sum('windows.num * windows.known') }} as num_by_known
    from windows
    inner join platforms
        on
            windows.business_day = platforms.business_day
            and windows.platform = platforms.platform
            and windows.window_days = platforms.window_days
    where windows.subject_type = 'shop'
    group by windows.business_day, windows.platform, windows.window_days, platforms.history

),

{# Only twenty negatives and what is above one standard error of chance tell a spread: a few early ones do not. #}
spreads as (

    select
        *,
        case
            when num >= {{ most_history }} and known_squared > 0
                then greatest(
                    0,
                    num_squared - 2 * mean_risk * num_by_known + mean_risk * mean_risk * known_squared
                    - mean_risk * known
                    - sqrt(mean_risk * known + 2 * mean_risk * mean_risk * known_squared)
                ) / known_squared
            else 0
        end as spread
    from pools

),

weighed as (

    select
        windows.*,
        spreads.mean_risk,
        {# How much the subject's own negatives decide its risk; a platform leans on its history. #}
        case
            when windows.subject_type = 'platform' then windows.known / (windows.known + spreads.history)
            else spreads.spread * windows.known / (spreads.mean_risk + spreads.spread * windows.known)
        end as own_weight,
        case
            when windows.subject_type = 'platform' then windows.known + spreads.history
            else windows.known + spreads.mean_risk / nullif(spreads.spread, 0)
        end as evidence,
        case
            when windows.subject_type = 'platform' then 0
            else
                spreads.mean_risk / spreads.evidence
                + spreads.spread * spreads.known_squared / (spreads.evidence * spreads.evidence)
        end as mean_variance
    from windows
    inner join spreads
        on
            windows.business_day = spreads.business_day
            and windows.platform = spreads.platform
            and windows.window_days = spreads.window_days

),

risks as (

    select
        *,
        case
            when subject_type = 'platform' then mean_risk
            when own_weight > 0 then own_weight * num / known + (1 - own_weight) * mean_risk
            else mean_risk
        end as risk
    from weighed

),

expected as (

    select
        *,
        risk * to_come as num_expected,
        risk * to_come
        + to_come * to_come * (
            coalesce(risk / evidence, 0) + (1 - own_weight) * (1 - own_weight) * mean_variance
        )
        + risk * risk * (
            to_come_clustered
            + to_come_sd * to_come_sd
            + case when known > 0 then own_weight * to_come * known_sd / known else 0 end
            * case when known > 0 then own_weight * to_come * known_sd / known else 0 end
        ) as num_variance
    from risks

),

bounded as (

    select
        expected.*,
        {{ count_to_come_low('num_expected', 'num_variance') }} as come_low,
        {{ count_to_come_high('num_expected', 'num_variance') }} as come_high,
        floor(den - {{ wilson_z() }} * sqrt(den_moves)) as den_low,
        ceil(den + {{ wilson_z() }} * sqrt(den_moves)) as den_high
    from expected

),

projected as (

    select
        scores.business_day,
        scores.platform,
        scores.subject_type,
        scores.subject_id,
        scores.window_days,
        scores.window_start,
        cast({{ maturity_days() }} as integer) as maturity_days,
        scores.num_effective,
        scores.den_effective,
        scores.rate,
        {{ ratio('bounded.known', '(bounded.known + bounded.to_come)') }} as completion,
        bounded.num_expected,
        scores.num_effective + bounded.num_expected as num_projected,
        cast(scores.num_effective + bounded.come_low as bigint) as num_low,
        cast(scores.num_effective + bounded.come_high as bigint) as num_high,
        case when bounded.is_divisible then bounded.num_by_age end as num_by_age,
        bounded.den as den_projected,
        cast(bounded.den_low as bigint) as den_low,
        cast(bounded.den_high as bigint) as den_high,
        case when bounded.num_expected is not null then 'ok' else 'insufficient_history' end as history
    from {{ ref('fct_ccr') }} as scores
    left join bounded
        on
            scores.business_day = bounded.business_day
            and scores.platform = bounded.platform
            and scores.subject_type = bounded.subject_type
            and scores.subject_id = bounded.subject_id
            and scores.window_days = bounded.window_days
            and scores.den_effective > 0
    where
        scores.subject_type in ('shop', 'platform')
        and scores.dimension = 'overall'
        and {{ in_window('scores.business_day') }}

),

quotients as (

    select
        *,
        {{ ratio('num_projected', 'den_projected') }} as projected_quotient,
        {{ ratio('num_low', 'den_high') }} as low_quotient,
        case when den_low > 0 then {{ ratio('num_high', 'den_low') }} when den_low <= 0 then 1 end
            as high_quotient
    from projected

),

final_columns as (

    select
        business_day,
        platform,
        subject_type,
        subject_id,
        window_days,
        window_start,
        maturity_days,
        num_effective,
        den_effective,
        rate,
        completion,
        num_expected,
        num_projected,
        num_low,
        num_high,
        num_by_age,
        den_projected,
        den_low,
        den_high,
        {%- for end in ['projected', 'low', 'high'] %}
        {# A count expected by the rate of others may be above the orders there are. #}
        case when {{ end }}_quotient > 1 then 1 else {{ end }}_quotient end as rate_{{ end }},
        {%- endfor %}
        case when den_effective = 0 then 'no_orders' else history end as status
    from quotients

)

select * from final_columns
