"""Policies: documents read, checked, dated, and laid out as rows. Decides nothing itself."""
