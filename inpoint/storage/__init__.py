"""Bytes by key, behind ``ports.BlobStore``."""
