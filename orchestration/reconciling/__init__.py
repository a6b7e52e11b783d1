"""What platforms took and published, set against what the ledger says. Decides nothing."""
