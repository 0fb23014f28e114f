"""What the bot would say to a question, and why, in the words of the try-it pane. Nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import replies, show
from bot.console.previews import previews
from bot.conversation import Conversation, Message, Session
from bot.feedback import unasked
from bot.messages import Content, Status, readable
from bot.privacy import mask, placeholders
from bot.understanding import Understanding
from intents.verdict import Answer

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from bot.console.previews import Preview
    from bot.faq import Faq
    from bot.messages import Reply
    from intents.calibration import Bands
    from intents.catalog import Catalog
    from intents.reading import Explanation, Reading
    from intents.verdict import Candidate

_LONG_STORY = 120  # characters
_SHORT = 20

PARTS = {
    "linear": "điểm của mục",
    "lead": "hơn mục thứ nhì",
    "topic": "điểm của chủ đề",
    "topic_gap": "kém chủ đề đầu",
    "phrasing": "cách hỏi gần nhất",
    "phrasings": "ba cách hỏi gần nhất",
    "beyond": "điểm “ngoài phạm vi”",
    "outside": "câu ngoài phạm vi gần nhất",
    "outside_gap": "hơn câu ngoài phạm vi",
    "fuzzy_sort": "giống từng chữ",
    "fuzzy_set": "giống tập chữ",
    "covered": "phần câu hỏi mục biết",
    "titled": "phần tên mục được nhắc",
    "length": "độ dài câu",
    "small_talk": "giống câu xã giao",
}
"""What the parts of a score are called on the page."""


_DOES = {
    Status.ANSWERED: "trả lời",
    Status.MENU: "đưa danh mục",
    Status.PRIVACY: "nói về quyền riêng tư",
    Status.ERASED: "xóa dữ liệu",
    Status.UNKNOWN_WEAK: "báo chưa chắc hiểu đúng",
    Status.UNKNOWN_OUT_OF_SCOPE: "báo ngoài phạm vi",
    Status.UNKNOWN_NO_SUBJECT: "nhờ nói rõ muốn hỏi gì",
    Status.NONE_FITS: "nhờ hỏi lại bằng lời khác",
    Status.EXPIRED: "báo câu trả lời đã hết hạn",
    Status.PERSONAL_DATA: "nhắc đừng gửi thông tin cá nhân",
    Status.EMPTY: "mời bạn hỏi",
    Status.STALE_CHOICE: "báo nút đã cũ",
    Status.FAILED: "báo lỗi bên trong",
}


def _does(status: Status) -> str:
    """What the bot is about to do, where the label of a status tells what was done."""
    return _DOES.get(status, replies.LABELS[status])


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate as a row: its probability, and the numbers it was made from."""

    entry: str
    title: str
    score: float
    words: float | None
    meaning: float | None
    parts: Sequence[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Told:
    """One explanation in the words of the page. `share` is the first candidate's of the scope."""

    text: str
    repaired: str
    verdict: str
    asked: Sequence[str]
    by_meaning: bool
    scope: float
    share: float
    bands: Bands
    ranking: Sequence[Ranked]


@dataclass(frozen=True, slots=True)
class Tried:
    """Everything the page shows of one question."""

    text: str
    masked: bool
    holes: Sequence[str]  # where something personal was masked, now or when it was kept
    does: str
    segments: Sequence[tuple[str, Told]]
    chosen: Sequence[Told]
    previews: Sequence[Preview]
    right: str
    style: str


class Bench:
    """Asks one FAQ as the front desk would, beside it."""

    def __init__(self, faq: Faq, *, takes_feedback: bool) -> None:
        self.faq = faq
        self._takes_feedback = takes_feedback
        self._conversation = Conversation(faq.catalog, faq.matcher)
        self._understanding = Understanding(faq.matcher)

    def close(self) -> None:
        """Let go of the thread."""
        self._understanding.close()

    async def ask(self, text: str, today: dt.date) -> Tried:
        """Answer a question; what is personal in it is masked first."""
        masked = mask(readable(text))
        message = Message(Content.TEXT, masked.text, None, holds_personal_data=bool(masked.found))
        asked = self._conversation.asked(message, Session())
        reading = None if asked is None else await self._understanding.read(asked)
        decision = self._conversation.respond(message, Session(), today, reading)
        said = [one.reply for one in (decision, *decision.following)]
        if not self._takes_feedback:
            said = [unasked(reply) for reply in said]
        return _tried(masked.text, said, reading, self.faq.catalog, masked=bool(masked.found))


def _tried(
    text: str, said: Sequence[Reply], reading: Reading | None, catalog: Catalog, *, masked: bool
) -> Tried:
    chosen = [_told(one, catalog) for one in reading.chosen] if reading else []
    parts: list[tuple[str, Told]] = []
    if reading and len(reading.all) > 1:
        parts = [("cả tin nhắn", _told(reading.whole, catalog))]
        parts += [("phần hỏi", _told(one, catalog)) for one in reading.parts]
        parts += [("phần kể", _told(one, catalog)) for one in reading.told]
    ranking = chosen[0].ranking if chosen else ()
    return Tried(
        text=text,
        masked=masked,
        does=", ".join(dict.fromkeys(_does(one.status) for one in said)),
        holes=tuple(dict.fromkeys(placeholders(text))),
        segments=parts,
        chosen=chosen,
        previews=previews(said),
        right=ranking[0].entry if ranking else "",
        style=style_of(text),
    )


def _told(one: Explanation, catalog: Catalog) -> Told:
    verdict = one.verdict
    best = verdict.ranking[0].score if verdict.ranking else 0.0
    asked = verdict.asked if isinstance(verdict, Answer) else ()
    return Told(
        text=one.text,
        repaired=" ".join(one.question.words),
        verdict=show.verdict_name(verdict),
        asked=replies.facet_labels(asked),
        by_meaning=one.by_meaning,
        scope=one.scope,
        share=best / one.scope if one.scope else 0.0,
        bands=one.bands,
        ranking=[_ranked(candidate, catalog) for candidate in verdict.ranking],
    )


def _ranked(candidate: Candidate, catalog: Catalog) -> Ranked:
    parts: Mapping[str, float] = candidate.parts
    entry = catalog.entries.get(candidate.entry)
    return Ranked(
        candidate.entry,
        entry.title if entry else candidate.entry,
        candidate.score,
        parts.get("phrasing"),
        parts.get("meaning_phrasing"),
        [(_part(name), value) for name, value in parts.items()],
    )


def _part(name: str) -> str:
    plain = name.removeprefix("meaning_")
    label = PARTS.get(plain, plain)
    return f"{label} (ý nghĩa)" if plain != name else label


def style_of(text: str) -> str:
    """How a question is most likely written, but for what was masked; the editor may know better."""
    for hole in placeholders(text):
        text = text.replace(hole, "")
    text = " ".join(text.split())
    if len(text) >= _LONG_STORY:
        return "story"
    if len(text) <= _SHORT:
        return "short"
    return "no_accents" if text.isascii() else "plain"
