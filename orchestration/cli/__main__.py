"""`python -m orchestration.cli` is `ccr`."""

from orchestration.cli.app import app

app()
