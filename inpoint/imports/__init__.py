"""Stage 1: bytes arrive, are looked at, and become a mezzanine: chunks, an index, a grid, a ladder."""
