"""Expectations in the words of this house."""
