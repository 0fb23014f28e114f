"""`make bench`: how well and how fast questions are matched, beside what is commonly used.

One thread everywhere. It must be asked for before numpy is loaded: so here.
"""

import os

for _library in ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM"):
    os.environ[f"{_library}_NUM_THREADS"] = "1"
