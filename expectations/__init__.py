"""The inspectors: the only room that knows Great Expectations. It has never heard of Dagster."""

import os

# GX reads this when it is first imported, and reports usage to its makers unless told otherwise.
os.environ["GX_ANALYTICS_ENABLED"] = "false"
