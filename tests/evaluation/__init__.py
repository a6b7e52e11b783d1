"""What `make evaluate` measures: the classifier on labelled sets of others, the score on simulated shops."""
