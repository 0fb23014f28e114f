"""Any server with OpenAI's `/v1/embeddings`: a model of the site's own, or a rented one."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Self

import httpx
import numpy as np
import structlog
from pydantic import BaseModel, ValidationError

from bot.embeddings.text import embeddable
from intents.embedding import EmbeddingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_BATCH = 64  # texts in one request; some servers take no more
_BUSY = {408, 429, 500, 502, 503, 504}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a server is waited for."""

    timeout: float  # seconds for an answer to begin, and between its parts
    tries: int
    longest_pause: float  # seconds between two tries, whatever the server asks for

    def pause(self, tried: int, retry_after: str | None, now: datetime) -> float:
        """Seconds to wait after so many tries: what the server asks for, within bounds."""
        asked = _seconds(retry_after, now)
        return min(max(0.5 * 2**tried if asked is None else asked, 0), self.longest_pause)


QUESTION = Patience(timeout=5, tries=2, longest_pause=1)  # one text: somebody waits for it
BULK = Patience(timeout=60, tries=5, longest_pause=30)  # the FAQ: better late than not at all


class _Row(BaseModel):
    embedding: list[float]
    index: int | None = None


class _Answer(BaseModel):
    data: list[_Row]


class EndpointEmbedder:
    """Embeds by HTTP. `close` it, or use it as a context manager."""

    def __init__(
        self,
        address: str,
        *,
        model: str,
        key: str | None = None,
        question: Patience = QUESTION,
        bulk: Patience = BULK,
    ) -> None:
        """Take an address that ends before `/embeddings`. Nothing is sent yet.

        Raises:
            EmbeddingError: when the key cannot be sent.
        """
        base = httpx.URL(address.rstrip("/").removesuffix("/embeddings").rstrip("/"))
        self._url = base.copy_with(path=f"{base.path.rstrip('/')}/embeddings")
        self._model = model
        self._question, self._bulk = question, bulk
        key = (key or "").strip()
        if not (key.isascii() and key.isprintable()):
            raise EmbeddingError(
                "HOIDAP_EMBEDDINGS_KEY có ký tự lạ – chép lại khóa, chỉ gồm chữ không dấu và số"
            )
        self._client = httpx.Client(headers={"Authorization": f"Bearer {key}"} if key else {})

    @property
    def name(self) -> str:
        return f"{self._model} ({self._place})"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts in batches; one text alone is a question, and is waited for less long."""
        patience = self._question if len(texts) == 1 else self._bulk
        clean = [embeddable(text) for text in texts]
        parts = [
            self._embed(clean[start : start + _BATCH], patience)
            for start in range(0, len(clean), _BATCH)
        ]
        if len({part.shape[1] for part in parts}) > 1:
            raise self._useless("các vectơ dài ngắn khác nhau")
        return np.concatenate(parts) if parts else np.empty((0, 0), np.float32)

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _embed(self, texts: list[str], patience: Patience) -> NDArray[np.float32]:
        response = self._ask(texts, patience)
        try:
            data = _Answer.model_validate_json(response.content).data
        except ValidationError:
            raise self._useless("câu trả lời không theo mẫu của OpenAI") from None
        places = [n if row.index is None else row.index for n, row in enumerate(data)]
        if sorted(places) != list(range(len(texts))):
            raise self._useless(f"gửi {len(texts)} câu, nhận {len(data)} vectơ")
        if len({len(row.embedding) for row in data}) > 1:
            raise self._useless("các vectơ dài ngắn khác nhau")
        rows = np.empty((len(data), len(data[0].embedding)))
        for place, row in zip(places, data, strict=True):
            rows[place] = row.embedding
        with np.errstate(over="ignore"):
            lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        # Also keeps out infinite numbers, numbers that are none, and vectors of no size.
        if not ((lengths > 0) & np.isfinite(lengths)).all():
            raise self._useless("có vectơ rỗng hoặc không phải số")
        unit: NDArray[np.float32] = (rows / lengths).astype(np.float32)
        return unit

    def _ask(self, texts: list[str], patience: Patience) -> httpx.Response:
        body = {"model": self._model, "input": texts, "encoding_format": "float"}
        for tried in range(patience.tries):
            retry_after = None
            try:
                response = self._client.post(self._url, json=body, timeout=patience.timeout)
            except httpx.TimeoutException:
                why = f"không trả lời trong {patience.timeout:g} giây"
            except httpx.RequestError as error:
                why = f"không kết nối được ({type(error).__name__})"
            else:
                if response.is_success:
                    return response
                if response.status_code not in _BUSY:
                    raise self._refused(response.status_code)
                why = f"đang bận hoặc hỏng (mã {response.status_code})"
                retry_after = response.headers.get("Retry-After")
            if tried + 1 < patience.tries:
                pause = patience.pause(tried, retry_after, datetime.now(UTC))
                log.info("embeddings server failed, trying again", tried=tried + 1, pause=pause)
                time.sleep(pause)
        raise EmbeddingError(
            f"máy chủ embeddings {self._place} {why} – kiểm tra máy chủ, hoặc đặt embeddings: off"
        )

    @property
    def _place(self) -> str:
        """The address without a name and password in it."""
        return str(self._url.copy_with(userinfo=b""))

    def _refused(self, status: int) -> EmbeddingError:
        """A refusal that a second try would not change. The server's own words may hold the texts."""
        place = f"máy chủ embeddings {self._place}"
        if status in {401, 403}:
            return EmbeddingError(
                f"{place} không nhận khóa (mã {status}) – đặt lại biến môi trường "
                "HOIDAP_EMBEDDINGS_KEY"
            )
        if status == 404:
            return EmbeddingError(
                f"{place} không có địa chỉ này hoặc không có mô hình “{self._model}” (mã 404) – "
                "xem lại embeddings (địa chỉ thường kết thúc bằng /v1) và embeddings_model"
            )
        return EmbeddingError(
            f"{place} không nhận yêu cầu (mã {status}) – xem lại embeddings và embeddings_model"
        )

    def _useless(self, why: str) -> EmbeddingError:
        return EmbeddingError(
            f"máy chủ embeddings {self._place} trả về kết quả không dùng được ({why}) – "
            "xem lại embeddings và embeddings_model"
        )


def _seconds(retry_after: str | None, now: datetime) -> float | None:
    """Read a Retry-After header: seconds or a date; anything else says nothing."""
    if retry_after is None:
        return None
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
        return (moment - now).total_seconds()
    except (ValueError, TypeError, OverflowError):  # no date, or one without a time zone
        return None
