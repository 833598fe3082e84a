"""``python -m inpoint`` is the ``inpoint`` command."""

from inpoint.cli import main

main()
