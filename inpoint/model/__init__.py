"""The nouns: frozen values without I/O. Standard library only."""
