"""Stage 2: a media becomes an encoding: chunks, an index, a grid, a ladder; segments are made of it."""
