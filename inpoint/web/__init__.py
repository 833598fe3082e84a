"""HTTP bones without a vendor's word."""
