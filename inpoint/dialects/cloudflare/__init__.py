"""Cloudflare Stream API words over our core."""
