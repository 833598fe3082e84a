"""Stage 4: a timeline as players read it: playlists, manifests, captions, an MP4's index. Pure."""
