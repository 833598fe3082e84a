"""Our own API, for what no vendor has a word."""
