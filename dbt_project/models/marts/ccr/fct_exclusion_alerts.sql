{#
    One row per business day and shop whose share of excluded orders jumped: the last seven days lie
    above the thirty that ended a week before, with no overlap of the two Wilson intervals.
    A jump is how an exclusion is abused: orders that would count against the shop are made to look
    abnormal. It punishes nobody; it asks a person to look.
#}

{% set fewest_excluded = 5 %}

with

shares as (

    select
        business_day,
        platform,
        subject_id as shop_key,
        window_days,
        den_real,
        den_real - den_effective as excluded
    from {{ ref('fct_ccr') }}
    where
        subject_type = 'shop'
        and dimension = 'overall'
        and business_day > {{ days_after(window_start(), -8) }}
        and business_day <= {{ window_end() }}

),

compared as (

    select
        latest.business_day,
        latest.platform,
        latest.shop_key,
        latest.den_real,
        latest.excluded,
        {{ ratio('latest.excluded', 'latest.den_real') }} as share,
        {{ wilson_low('latest.excluded', 'latest.den_real') }} as share_low,
        before.den_real as den_before,
        before.excluded as excluded_before,
        {{ ratio('before.excluded', 'before.den_real') }} as share_before,
        {{ wilson_high('before.excluded', 'before.den_real') }} as share_high_before
    from shares as latest
    inner join shares as before
        on
            latest.platform = before.platform
            and latest.shop_key = before.shop_key
            and before.window_days = 30
            and before.business_day = {{ days_after('latest.business_day', -7) }}
    where
        latest.window_days = 7
        and {{ in_window('latest.business_day') }}

),

jumps as (

    select * from compared
    where
        excluded >= {{ fewest_excluded }}
        and share_low > share_high_before

)

select * from jumps
