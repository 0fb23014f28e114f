"""A desk that follows a script, and a Telegram channel in front of it, for tests of the channel."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.channels.telegram import TelegramChannel
from bot.messages import Choice, Content, Incoming, Link, Reply, Section, Status, Turn
from tests.receptions import Answering, Ledger

if TYPE_CHECKING:
    import asyncio
    from pathlib import Path

    from tests.fakes.telegram_server import FakeTelegram

TOPICS = (Choice("t:bhyt", "Bảo hiểm y tế"),)
NASTY = "<b>Họ & tên</b> *x* _y_ [a](http://b.vn) </i>"


def plain(text: str, status: Status = Status.ANSWERED) -> Reply:
    return Reply(status, text)


CLARIFY = Reply(
    Status.CLARIFIED,
    "Bạn muốn hỏi về:",
    choices_title="Chạm vào một dòng hoặc gõ số:",
    choices=(Choice("e:moi", "Cấp mới"), Choice("e:lai", "Cấp lại")),
)
SCRIPT = {
    "/start": plain("Chào bạn.", Status.MENU),
    "/help": plain("Cứ hỏi như nói chuyện."),
    "/chu_de": plain("Các chủ đề:", Status.MENU),
    "căn cước": CLARIFY,
    "e:lai": Reply(Status.CHOSEN, "Cấp lại mất 7 ngày.", entry="lai", asks_feedback=True),
    "2": Reply(Status.CHOSEN, "Cấp lại mất 7 ngày.", entry="lai", asks_feedback=True),
    "dài": plain("\n\n".join(f"Đoạn {n} **đậm** & " + "chữ " * 200 for n in range(12))),
    "mẹo": Reply(
        Status.ANSWERED,
        NASTY,
        sections=(Section("steps", "", NASTY, (NASTY,)),),
        sources=(Link(NASTY, None),),
    ),
}


@dataclass(slots=True)
class ScriptedDesk:
    """Answers by the script, otherwise says what it heard; can be held back."""

    heard: list[Incoming] = field(default_factory=list)
    held: dict[str, asyncio.Event] = field(default_factory=dict)  # by text

    async def respond(self, incoming: Incoming) -> Turn:
        self.heard.append(incoming)
        said = incoming.choice or incoming.text
        if said in self.held:
            await self.held[said].wait()
        if incoming.content is Content.OTHER:
            return Turn(1, plain(f"Mình chỉ đọc được chữ. {said}", Status.NOT_TEXT))
        return Turn(len(self.heard), SCRIPT.get(said) or plain(f"Bạn nói: {said}"))

    async def rate(
        self, turn: int, *, channel: str, user: str, useful: bool, reason: str | None = None
    ) -> bool:
        del reason
        del useful
        return any(
            number == turn and (heard.channel, heard.user) == (channel, user)
            for number, heard in enumerate(self.heard, start=1)
        )


def channel_of(fake: FakeTelegram, **settings: Any) -> TelegramChannel:
    """A channel on the fake; it does not look long for rivals, and is not patient."""
    own: dict[str, Any] = {"topics": lambda: TOPICS, "watch": 0, "patience": 2.0}
    return TelegramChannel(token=fake.token, base_url=fake.url, **(own | settings))


def answering(
    fake: FakeTelegram, folder: Path, desk: ScriptedDesk | None = None, **settings: Any
) -> Answering:
    """A whole bot on the fake; what it stores outlives it in the folder."""
    ledger = Ledger(folder / "messages.db")
    return Answering(ledger, desk or ScriptedDesk(), channel_of(fake, **settings))
