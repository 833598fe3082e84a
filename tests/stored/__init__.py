"""Data folders of earlier releases, kept: what is stored today plays under every later release."""
