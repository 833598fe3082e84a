"""Inpoint: video clips that are instant, exact to the frame and independent of their source.

Four stages, in the order in which the data passes them:

    ingest     bytes arrive and become a media
    encodings  a media becomes an encoding: chunks, an index, a grid, a ladder
    clips      a range of a timeline becomes a clip
    playback   a media becomes something that a player opens
"""

__version__ = "0.1.0"
