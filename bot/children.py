"""Processes begun beside this one: they end with it, and print nothing that a program reads."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading

import structlog

_PRINTED, _TOLD = 1, 2  # standard output and standard error


def settle() -> None:
    """Be called first by the code of a process that `multiprocessing` begins here."""
    # Whoever begins it may ignore this signal itself, or hold its output as a pipe.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the first one ends the rest
    os.dup2(_TOLD, _PRINTED)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)
