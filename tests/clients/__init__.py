"""Clients that others' generators make of the OpenAPI document."""
