"""The reading of texts, compiled: code points in, hits, weights and verdicts out, no Python object a text."""
