-- The version in force on known_on, if any, of the policy about chats that consumers rated badly.
create or replace temp table session_policies as
select
    versions.policy_id,
    versions.version as policy_version,
    versions.min_orders as min_sessions,
    terms.appealable,
    terms.window_days,
    terms.report_window_days
from policies.policy_versions as versions
left join policies.policy_appeals as terms
    on
        versions.policy_id = terms.policy_id
        and versions.version = terms.version
where
    versions.metric_id = 'im_dissatisfaction_rate'
    and versions.platform in ($platform, '*')
    and versions.effective_from <= $known_on
    and (versions.effective_to is null or versions.effective_to > $known_on)
order by versions.platform = '*', versions.effective_from desc, versions.policy_id, versions.version desc
limit 1
