"""Where our code meets the types of Dagster, dbt and DuckDB."""
