"""The same project on Spark: a session, the lake as its tables, dbt over them, the classifier in workers.

Part of the wiring and no room: rooms know neither dbt nor one another, and this puts dbt's project,
the lake's tables and the classifier together on another engine. Nothing else imports pyspark.
"""
