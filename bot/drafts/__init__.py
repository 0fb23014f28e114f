"""Entries as editors type them in a form: read from the FAQ's files, checked, compared, proposed.

Nothing here writes a file (`bot.editing` does) or draws a page (`bot.console` does).
"""
