"""What all tests share."""

from hypothesis import settings

# A busy machine is slow now and then; how fast things are is for the benchmarks to tell.
settings.register_profile("hoidap", deadline=None)
settings.load_profile("hoidap")
