"""Penalties: what was decided, once and for good. Computes no score and knows no rule by name."""
