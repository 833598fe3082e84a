"""Durable work, behind ``ports.Jobs``."""
