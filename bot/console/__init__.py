"""The console: where officials read, review and improve the FAQ. Pages under /quan-tri/."""
