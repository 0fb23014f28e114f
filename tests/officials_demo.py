"""Three months of a small commune's questions, made up, for pictures and for trying the console.

Every question goes through the real front desk with a clock of the past, so that turns are what
the bot would have stored. The same seed gives the same months.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.front_desk import FrontDesk
from bot.messages import Content, Incoming, Status
from intents.entry import Kind
from intents.noise import Noise, NoiseMaker

if TYPE_CHECKING:
    from bot.faq import Faq
    from bot.messages import Turn
    from bot.store import Store

DAYS = 90
_CHANNELS = {"zalo_oa": 0.5, "web": 0.3, "telegram": 0.15, "zalo_bot": 0.05}
_DISLIKED = 0.12  # of the answers that get a thumb

# What no answer is written for, or what is asked in words that no phrasing has; with how many
# people ask it and over how many of the last days.
_UNANSWERED = {
    ("quên mật mã mở máy của vneid", 9, 12): (
        "quên pát cốt vneid làm sao giờ",
        "nhap sai pat cot hoai bi khoa luon",
        "pass code vneid quên mất tiêu rồi",
        "mật mã 6 số vneid tôi ko nhớ",
        "quen passcode cua app dinh danh",
        "bấm sai pát cốt 5 lần giờ sao mở",
    ),
    ("chợ phiên", 6, 20): (
        "chợ phiên xã mình họp ngày nào",
        "lịch họp chợ phiên tháng này",
        "cho phien hop ngay may am",
    ),
    ("xin chữ ký số miễn phí", 8, 9): (
        "chữ ký số cá nhân miễn phí đăng ký chỗ nào",
        "dang ky chu ky so ca nhan mien phi",
        "nghe nói dân được cấp chữ ký số free hả",
        "cấp chữ ký số cho người dân làm sao",
    ),
    ("bảng điện tử giá đất", 5, 30): (
        "tra giá đất thổ cư xã mình ở đâu",
        "xem bang gia dat nam nay",
        "bảng giá đất mới coi trên mạng chỗ nào",
    ),
    ("hồ sơ của tôi", 5, 6): (
        "hồ sơ đất của tôi nộp tuần trước sao chưa thấy gì",
        "sao ho so cua em tre hen ma khong ai goi",
        "giấy hẹn ghi hôm qua mà chưa có kết quả",
    ),
    ("mua xe máy điện trả góp", 3, 40): (
        "mua xe máy điện trả góp cần gì",
        "lãi suất trả góp xe điện",
    ),
}


@dataclass(slots=True)
class _Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


async def fill(
    store: Store, faq: Faq, *, secret: bytes, until: datetime, seed: int = 7, a_day: int = 14
) -> int:
    """Ask what a commune asks in the days before `until`; how many messages there were."""
    chance = random.Random(seed)
    clock = _Clock(until)
    desk = FrontDesk(faq, store, secret=secret, now=clock)
    noise = NoiseMaker(faq.catalog.lexicon.teencode, seed)
    asked = [*_usual(faq, noise, chance, a_day), *_in_vain(chance)]
    moments = sorted(
        (until - timedelta(days=day, minutes=chance.uniform(0, 600)), number, text, person)
        for number, (day, text, person) in enumerate(asked)
    )
    try:
        for moment, _, text, person in moments:
            clock.now = moment
            await _ask(desk, text, person, chance, clock)
    finally:
        desk.close()
    return len(moments)


def _usual(
    faq: Faq, noise: NoiseMaker, chance: random.Random, a_day: int
) -> list[tuple[float, str, str]]:
    """Questions that the FAQ knows: a few entries are asked for much more than the others."""
    entries = [entry for entry in faq.catalog.entries.values() if entry.kind is Kind.ANSWER]
    chance.shuffle(entries)
    weights = [1 / (place + 3) for place in range(len(entries))]
    questions = []
    for day in range(DAYS):
        growth = 0.5 + 0.5 * (DAYS - day) / DAYS
        for _ in range(round(a_day * growth * chance.uniform(0.6, 1.4))):
            (entry,) = chance.choices(entries, weights)
            text = chance.choice(entry.phrasings)
            kind = chance.choice([None, None, Noise.NO_ACCENTS, Noise.TYPOS, Noise.TEENCODE])
            person = f"nguoi-{chance.randrange(400)}"
            questions.append((float(day), noise.variant(text, kind) if kind else text, person))
    return questions


def _in_vain(chance: random.Random) -> list[tuple[float, str, str]]:
    questions = []
    for (name, people, days), texts in _UNANSWERED.items():
        for person in range(people):
            for _ in range(chance.choice([1, 1, 2])):
                day = days * chance.random() ** 2
                questions.append((day, chance.choice(texts), f"{name} {person}"))
    return questions


async def _ask(
    desk: FrontDesk, text: str, person: str, chance: random.Random, clock: _Clock
) -> None:
    (channel,) = chance.choices(list(_CHANNELS), list(_CHANNELS.values()))
    turn = await desk.respond(Incoming(channel, person, Content.TEXT, text))
    clock.now += timedelta(seconds=20)
    if turn.reply.status is Status.CLARIFIED and chance.random() < 0.8:
        choice = chance.choice(
            turn.reply.choices[:-1] if chance.random() < 0.85 else turn.reply.choices[-1:]
        )
        turn = await desk.respond(Incoming(channel, person, Content.CHOICE, choice=choice.id))
        clock.now += timedelta(seconds=20)
    await _rate(desk, turn, channel, person, chance)


async def _rate(
    desk: FrontDesk, turn: Turn, channel: str, person: str, chance: random.Random
) -> None:
    if turn.reply.asks_feedback and chance.random() < 0.3:
        useful = chance.random() > _DISLIKED
        await desk.rate(turn.id, channel=channel, user=person, useful=useful)
