"""Works out again, from what had arrived by a day, what was said of an order, a shop or a decision."""
