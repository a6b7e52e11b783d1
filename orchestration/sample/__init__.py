"""An invented market with planted offenders and innocents, written from a seed as landing files."""
