"""Dagster objects, declared and nothing more."""
