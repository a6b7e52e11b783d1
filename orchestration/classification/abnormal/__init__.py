"""Evaluations that should not count: each with its code, the detail and the words. Decides no exclusion."""
