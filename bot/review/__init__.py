"""The review of what was not answered: flagged turns, the questions they ask, clusters."""
