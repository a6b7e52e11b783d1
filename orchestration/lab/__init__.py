"""What two judgements of the same days come to, side by side: sums, moves, files, pictures."""
