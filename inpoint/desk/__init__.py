"""What may be done, by subject: the one door behind the dialects, the command line and the upkeep.

Each act takes and gives the model's values, checks the house rules, changes rows in one transaction with the events
that tell of it, and starts the jobs that follow. Whoever translates words stands before it; nobody goes around it.
"""
