"""The dashboard, as a browser gets it."""
