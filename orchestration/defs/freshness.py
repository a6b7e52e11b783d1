"""By when the tables that others rely on must have been made anew."""

from datetime import timedelta

import dagster as dg

# after 02:00, since a run of the evening before would be of the day before
BY_SIX = dg.FreshnessPolicy.cron(
    deadline_cron="0 6 * * *", lower_bound_delta=timedelta(hours=4), timezone="Asia/Shanghai"
)
