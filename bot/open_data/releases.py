"""Titles that officials release of clusters: nobody else's words are published, and no personal data."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from bot.errors import Fault
from bot.privacy import mask
from bot.review.cluster import State
from bot.store import open_data as table
from bot.store import review_desk
from intents.text import clean, tokens

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.store import Store
    from bot.trail import Trail

LEAST, MOST = 10, 120
"""Characters of a title."""
UNANSWERED = frozenset({State.OPEN, State.ACCEPTED, State.DRAFTED})
"""The states of a cluster that is in the queue, or on its way to an answer."""


class ReleaseError(Fault):
    """A title cannot be released: what, where and how to mend it (Vietnamese)."""


class Releases:
    """Releases titles and takes them back; `changed` hears of both. Raises `StoreError` too."""

    def __init__(
        self,
        store: Store,
        trail: Trail,
        now: Callable[[], datetime],
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._trail = trail
        self._now = now
        self._changed = changed

    async def title_of(self, number: int) -> str | None:
        """The title under which a cluster is released; None if it is not."""
        found = await self._store.read(lambda c: table.released(c, number))
        return found and str(found.title)

    async def release(self, number: int, title: str, *, by: str) -> str:
        """Release a cluster under a title, or under another one; the title as it is kept.

        Raises:
            ReleaseError: when the title or the cluster is not one to publish.
        """
        written = checked_title(title)
        state, texts = await self._store.read(lambda c: _asked(c, number), long=True)
        if state is None:
            raise ReleaseError(f"Không có nhóm {number}: có thể nhóm đã được gộp.")
        if state not in UNANSWERED:
            raise ReleaseError(
                f"Nhóm {number} không còn chờ trả lời nên không công bố được. "
                "Bạn mở lại nhóm trước, nếu câu hỏi vẫn chưa có câu trả lời."
            )
        if _words(written) in {_words(text) for text in texts}:
            raise ReleaseError(
                "Tiêu đề trùng với câu người dân gõ: bạn viết lại bằng lời của cơ quan."
            )
        at = self._now()
        before = await self._store.write(
            lambda c: table.release(c, number, written, account=by, at=at)
        )
        await self._trail.note(
            by,
            "open_data_release",
            f"cluster:{number}",
            before={"title": before} if before else None,
            after={"title": written},
        )
        self._changed()
        return written

    async def take_back(self, number: int, *, by: str) -> None:
        """Take a released title back.

        Raises:
            ReleaseError: when none is released.
        """
        before = await self._store.write(lambda c: table.take_back(c, number))
        if before is None:
            raise ReleaseError(f"Nhóm {number} chưa được công bố nên không có gì để gỡ.")
        await self._trail.note(
            by, "open_data_take_back", f"cluster:{number}", before={"title": before}
        )
        self._changed()


def checked_title(written: str) -> str:
    """The title as it is kept.

    Raises:
        ReleaseError: when it is not one line of some length, or holds personal data.
    """
    title = unicodedata.normalize("NFC", written).strip()
    if not title.isprintable():
        raise ReleaseError("Tiêu đề phải là một dòng chữ thường: bạn bỏ chỗ xuống dòng, ký tự lạ.")
    title = " ".join(title.split())
    if not LEAST <= len(title) <= MOST:
        raise ReleaseError(
            f"Tiêu đề có {len(title)} ký tự; cần từ {LEAST} đến {MOST}. "
            "Bạn viết một câu ngắn nói người dân hỏi việc gì."
        )
    masked = mask(title)
    if masked.found:
        raise ReleaseError(
            f"Tiêu đề có dữ liệu cá nhân (chỗ bị che: “{masked.text}”): bạn bỏ phần đó rồi gửi lại."
        )
    return title


def _asked(connection: Connection, number: int) -> tuple[State | None, list[str]]:
    found = review_desk.cluster(connection, number)
    if found is None:
        return None, []
    return State(found.state), [found.title, *review_desk.texts(connection, number, ())]


def _words(text: str) -> tuple[str, ...]:
    """What is the same for whoever reads it: no capitals, no marks."""
    return tuple(word.casefold() for word in tokens(clean(text)))
