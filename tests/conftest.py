"""What all tests share."""

import os
from pathlib import Path

from hypothesis import settings

# Tests that want a language model say so; for the others the same words decide everywhere.
os.environ.setdefault("HOIDAP_EMBEDDINGS", "off")

# How wide a table is drawn is for a test to say, not for the terminal that it was started from.
for size in ("COLUMNS", "LINES"):
    os.environ.pop(size, None)

# Nothing here asks the Internet. Every HTTP client reads the authorities it trusts when it is made,
# and the usual two hundred take longer than most tests: one that nobody has the key of will do.
os.environ["SSL_CERT_FILE"] = str(Path(__file__).with_name("nobody.pem"))

# A busy machine is slow now and then; how fast things are is for the benchmarks to tell.
settings.register_profile("hoidap", deadline=None)
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "hoidap"))
