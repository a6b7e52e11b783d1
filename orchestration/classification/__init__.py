"""Reads what consumers wrote: issues, their words, guards, a calibrated decision. Knows no Dagster."""
