"""Measures the classifier on labelled data that is not part of the project: `make evaluate`."""
