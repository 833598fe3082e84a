"""Stage 2: a segment, a picture or a file is made when it is wanted, once for all who ask."""
