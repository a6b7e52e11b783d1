"""Reads what consumers wrote: issues, the words that show them, guards, and a calibrated decision. Pure; knows no Dagster."""
