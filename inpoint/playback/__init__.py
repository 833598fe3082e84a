"""Stage 4: a media becomes something that a player opens."""
