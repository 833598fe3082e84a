"""Stage 1: bytes arrive and become a media."""
