"""Inpoint: video clips that are instant, exact to the frame and independent of their source.

The rooms, in the order in which a request passes them:

    dialects      words of vendors and of our own, translated
    desk          what may be done: the one door
    imports       bytes arrive and become an encoding: chunks, an index, a grid, a ladder
    clips         a range of a timeline becomes a clip
    making        segments, stills and files, made when wanted
    background    what nobody waits for
    presentation  a timeline becomes something that a player opens
    delivery      and is sent to it
"""

__version__ = "0.1.0"
