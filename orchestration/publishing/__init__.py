"""Publishing: what leaves the house, with checksums. Decides nothing."""
