{#
    One row per delivered version of a feedback and reason why it is no valid evaluation, from the
    day the version became known: what its facts say, and of a first version what its words say. That
    an appeal against it was upheld is such a reason too, from the day of that decision on.
    The policies of the platform in force that day say which reasons keep it out: one is enough.
    Without a policy there is no list, and every reason does.
#}

with

facts as (

    select
        business_day,
        platform,
        feedback_key,
        version_no,
        is_first_version,
        occurred_at,
        {{ each_element('exclusion_codes') }} as exclusion_code
    from {{ ref('int_feedback_events') }}
    where {{ in_window('business_day') }}

),

words as (

    select
        events.business_day,
        events.platform,
        events.feedback_key,
        events.version_no,
        events.is_first_version,
        events.occurred_at,
        abnormal.code as exclusion_code
    from {{ source('classified', 'abnormal_evaluations') }} as abnormal
    inner join {{ ref('int_feedback_events') }} as events
        on
            abnormal.feedback_key = events.feedback_key
            and abnormal.business_day = events.business_day
            and events.is_first_version
    where {{ in_window('abnormal.business_day') }}

),

{# A feedback is taken out once, however often it is appealed. #}
upheld_in_turn as (

    select
        business_day,
        feedback_key,
        exclusion_code,
        row_number() over (
            partition by feedback_key, exclusion_code order by business_day, appeal_key
        ) as turn
    from {{ source('appeals', 'upheld_feedback') }}
    where business_day <= {{ window_end() }}

),

appeals_upheld as (

    select
        upheld.business_day,
        events.platform,
        events.feedback_key,
        events.version_no,
        events.is_first_version,
        events.occurred_at,
        upheld.exclusion_code
    from upheld_in_turn as upheld
    inner join {{ ref('int_feedback_events') }} as events
        on
            upheld.feedback_key = events.feedback_key
            and events.is_first_version
    where
        upheld.turn = 1
        and {{ in_window('upheld.business_day') }}

),

found as (

    select * from facts
    union all
    select * from words
    union all
    select * from appeals_upheld

),

platforms_with_policy as (

    select distinct
        business_day,
        platform
    from {{ ref('int_policies_in_force') }}
    where {{ in_window('business_day') }}

),

codes_listed as (

    select distinct
        policies.business_day,
        policies.platform,
        exclusions.exclusion_code
    from {{ ref('int_policies_in_force') }} as policies
    inner join {{ source('policies', 'policy_exclusions') }} as exclusions
        on
            policies.policy_id = exclusions.policy_id
            and policies.policy_version = exclusions.version
            and exclusions.scope = 'evaluation'
    where {{ in_window('policies.business_day') }}

),

excluded as (

    select
        found.business_day,
        found.platform,
        found.feedback_key,
        found.version_no,
        found.is_first_version,
        found.exclusion_code,
        platforms_with_policy.platform is null or codes_listed.exclusion_code is not null as is_excluding,
        found.occurred_at
    from found
    left join platforms_with_policy
        on
            found.business_day = platforms_with_policy.business_day
            and found.platform = platforms_with_policy.platform
    left join codes_listed
        on
            found.business_day = codes_listed.business_day
            and found.platform = codes_listed.platform
            and found.exclusion_code = codes_listed.exclusion_code

)

select * from excluded
