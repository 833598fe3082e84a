"""In-memory twins of ports, for unit tests. Each passes the contract suite of the real part: twins may not lie."""
