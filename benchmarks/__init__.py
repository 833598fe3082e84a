"""Measured beside the peers."""
