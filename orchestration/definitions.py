"""The only entry point: what webserver, daemon and command line load."""

import dagster as dg

from orchestration.defs.assembly import build_definitions

defs: dg.Definitions = build_definitions()
