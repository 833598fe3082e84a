"""The FastPix on-demand API."""
