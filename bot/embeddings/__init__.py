"""Models of meaning behind `intents.embedding.Embedder`: in this process, or on a server.

`choose_embedder` gives the one that the settings ask for. Put the FAQ's texts through a
`CachedEmbedder` around it, and a citizen's question through the embedder itself: what a citizen
asks is never kept.
"""

from bot.embeddings.cache import CachedEmbedder
from bot.embeddings.choice import choose_embedder

__all__ = ["CachedEmbedder", "choose_embedder"]
