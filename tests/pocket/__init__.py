"""A dialect that exists only here: what the house asks of one, and what the house does for it."""
