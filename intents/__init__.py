"""Understanding Vietnamese questions: FAQ text in, verdict out.

Pure by contract: no network, no event loop, no clock, no database.
"""
