"""HTTP that answers a viewing: manifests, segments, files. Knows no vendor."""
