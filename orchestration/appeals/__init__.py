"""Appeals of merchants: what may be filed, what follows what, by when, and what an upheld one takes away.

Knows no Dagster, no warehouse and no policy document: events, facts and terms are handed in.
"""
