"""libav through PyAV, behind ``ports.Engine``; untrusted media is opened in confined processes only."""
