"""What all tests share."""

import os

from hypothesis import settings

# Tests that want a language model say so; for the others the same words decide everywhere.
os.environ.setdefault("HOIDAP_EMBEDDINGS", "off")

# A busy machine is slow now and then; how fast things are is for the benchmarks to tell.
settings.register_profile("hoidap", deadline=None)
settings.load_profile("hoidap")
