"""What an operator is told of as a sentence, never as a traceback."""

from __future__ import annotations


class Fault(Exception):  # noqa: N818  # the errors below it have the names
    """Something outside the program is not as it must be; the message (Vietnamese) tells how to mend it.

    A module of its own and light: whoever catches faults need not load what raises them.
    """
