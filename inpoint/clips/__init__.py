"""Stage 3: a range of a timeline becomes a clip, and what nothing plays is swept."""
