"""Rows, behind ``ports.Catalog``."""
