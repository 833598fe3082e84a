"""Vendors' words over our core."""
