"""From counts of orders to figures a statistician would sign: intervals, shrunk rates, flags, scores."""
