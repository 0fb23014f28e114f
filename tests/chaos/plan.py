"""What will happen, from a seed alone: who asks what, when the program is killed, what fails."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum

from tests.chaos.faq import SUBJECTS

_KILLING = 0.8  # of the run; afterwards a platform may have no message left to be killed at

SIDES = ("telegram", "zalo_oa", "zalo_bot")


class Moment(StrEnum):
    """When a kill comes. All but the last two need something to happen on a platform."""

    ARRIVING = "while a message is being delivered"
    RECEIVED = "when a platform was told that a message is received"
    SENDING = "when a platform has taken a reply and the bot was not told"
    ASKED = "when Zalo was asked for new tokens and has not made them"
    MADE = "when Zalo has made new tokens and their answer is under way"
    RENEWED = "when the first reply is sent with a renewed Zalo token"
    ANY = "at any time"
    STARTING = "while the program starts"


@dataclass(frozen=True, slots=True)
class Kill:
    """One SIGKILL: after so many answers, at the next such moment on a platform."""

    moment: Moment
    side: str
    after: int
    delay: float  # seconds after the moment


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and which older question of the same person is delivered once more then."""

    subject: int
    way: int
    again: int | None


@dataclass(frozen=True, slots=True)
class Size:
    """How much is done."""

    people: int
    questions: int
    kills: int
    webhooks: bool = True  # or do the bots ask for their messages?
    beside: bool = False  # does a process beside answer?

    @property
    def messages(self) -> int:
        return self.people * self.questions


class Plan:
    """Everything that chance decides beforehand; what fails meanwhile takes its own numbers."""

    def __init__(self, seed: int, size: Size) -> None:
        self.seed = seed
        self.size = size
        dice = random.Random(seed)
        self.questions = [self._questions(dice) for _ in range(size.people)]
        self.kills = self._kills(dice)
        self.dice = dice

    def side(self, person: int) -> str:
        """Tell on which platform somebody is. The bot sends no more than 30 a second on Telegram."""
        return ("telegram", "zalo_oa", "zalo_bot", "zalo_oa", "zalo_bot")[person % 5]

    def _questions(self, dice: random.Random) -> list[Question]:
        """Ask each thing once at most, so that an answer tells which message it belongs to."""
        subjects = dice.sample(range(len(SUBJECTS)), self.size.questions)
        return [
            Question(
                subject,
                dice.randrange(4),
                dice.randrange(number) if number and dice.random() < 0.1 else None,
            )
            for number, subject in enumerate(subjects)
        ]

    def _kills(self, dice: random.Random) -> list[Kill]:
        """Spread the kills over the run. Those at a start follow another kill at once."""
        hooked = [(Moment.RECEIVED, side) for side in SIDES if self.size.webhooks]
        kinds = [(Moment.SENDING, side) for side in SIDES]
        kinds += [(Moment.ARRIVING, side) for side in SIDES[1:]]
        tokens = [(moment, "zalo_oa") for moment in (Moment.ASKED, Moment.MADE, Moment.RENEWED)]
        dice.shuffle(tokens)
        tokens = tokens[: self.size.kills // 2]
        kinds += [dice.choice(hooked or kinds), (Moment.ANY, "")]
        dice.shuffle(kinds)
        starts = self.size.kills // 5
        kinds = tokens + kinds[: self.size.kills - starts - len(tokens)]
        dice.shuffle(kinds)
        step = _KILLING * self.size.messages / len(kinds)
        kills = [
            Kill(moment, side, int(step * (number + dice.uniform(0.3, 1))), dice.uniform(0, 0.01))
            for number, (moment, side) in enumerate(kinds)
        ]
        for _ in range(starts):
            place = dice.randrange(1, len(kills) + 1)
            kills.insert(
                place, Kill(Moment.STARTING, "", kills[place - 1].after, dice.uniform(0.1, 2))
            )
        return kills
