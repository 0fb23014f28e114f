"""What was learned of the words of a FAQ, as tables that can be kept: counting takes a second."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from intents.accents import Accents
from intents.vocabulary import Counts

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Tables:
    """`counts` tell what repairs may change, `accents` put back those that were left out."""

    counts: Counts
    accents: Accents

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything as a plain array."""
        counts = self.counts
        kept = (counts.folded, counts.forms, counts.folded_pairs, counts.pairs)
        said = json.dumps([*kept, self.accents.options]).encode()
        return {"tables": np.frombuffer(said, np.uint8)}

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> Self:
        """The reverse of `arrays`.

        Raises:
            KeyError, ValueError, TypeError: when they are not of `arrays`.
        """
        *counts, options = json.loads(arrays["tables"].tobytes())
        restored = {bare: [tuple(option) for option in found] for bare, found in options.items()}
        return cls(Counts(*counts), Accents(restored))
