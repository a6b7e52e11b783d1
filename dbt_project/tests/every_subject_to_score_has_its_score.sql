{#
    Whoever the policy measures has a score made from the counts and the version as they are now, and
    it is the one that is published; nobody else has any.
#}
{{ config(meta={"dagster": {"ref": {"name": "fct_ccr"}}}) }}

with

to_score as (

    select
        business_day,
        platform,
        subject_type,
        subject_id,
        window_days,
        policy_id,
        policy_version,
        num,
        den
    from {{ ref('int_subjects_to_score') }}
    where {{ in_window('business_day') }}

),

made as (

    select
        business_day,
        platform,
        subject_type,
        subject_id,
        window_days,
        policy_id,
        policy_version,
        num,
        den,
        score,
        score_status
    from {{ source('scored', 'shop_scores') }}
    where {{ in_window('business_day') }}

),

published as (

    select
        business_day,
        platform,
        subject_type,
        subject_id,
        window_days,
        policy_id,
        policy_version,
        num_effective as num,
        den_effective as den,
        score,
        score_status
    from {{ ref('fct_ccr') }}
    where
        {{ in_window('business_day') }}
        and score_status is not null

),

made_from as (

    select
        business_day,
        platform,
        subject_type,
        subject_id,
        window_days,
        policy_id,
        policy_version,
        num,
        den
    from made

),

differing as (

    (select business_day, subject_id from (select * from made except select * from published))
    union all
    (select business_day, subject_id from (select * from published except select * from made))
    union all
    (select business_day, subject_id from (select * from to_score except select * from made_from))
    union all
    (select business_day, subject_id from (select * from made_from except select * from to_score))

)

select * from differing
