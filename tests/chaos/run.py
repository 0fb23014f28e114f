"""One run: people ask, the program is killed and started again, platforms fail, until all is answered."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from tests.chaos import faq
from tests.chaos.database import on_their_way
from tests.chaos.faults import Faults
from tests.chaos.ledger import Copy, Ledger, Person
from tests.chaos.plan import Kill, Moment, Plan
from tests.chaos.program import Bot, ChaosError
from tests.chaos.sides import PUBLIC, Platforms

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_IN_FLIGHT = 5  # questions of one person that are not answered yet
_AHEAD = 4  # questions that somebody may ask before all others have got so far
_LOOK = 0.02  # seconds between looks at what has happened
_SETTLING = 20.0  # seconds until nothing is on its way any more


class StuckError(ChaosError):
    """The time is over."""


class Chaos:
    """Watches the platforms, kills the program, and keeps the ledger."""

    def __init__(self, home: Path, plan: Plan) -> None:
        self.home = home
        self.plan = plan
        self.bot = Bot(home)
        self.platforms = Platforms(self)
        people = [
            Person(plan.side(n), self.platforms.sides[plan.side(n)].join(n))
            for n in range(plan.size.people)
        ]
        self.ledger = Ledger(people)
        self._by_name = {(person.side, person.id): person for person in people}
        self._armed: Kill | None = None
        self._next: Kill | None = None
        self._access = ""  # the newest access token a reply was sent with
        self._polled: tuple[Person, int] | None = None  # what a poll got last, and only once

    async def run(self, seconds: float) -> None:
        """Do all of it. Raises `ChaosError`; what else is wrong afterwards `judge` finds."""
        faq.install(self.home)
        async with self.platforms:
            try:
                async with asyncio.timeout(seconds):
                    await self._all()
            except TimeoutError:
                kills = (
                    f"; the next kill: {self._next}, armed: {self._armed}" if self._next else ""
                )
                raise StuckError(f"not at an end after {seconds:.0f} seconds{kills}") from None
            except ExceptionGroup as group:
                raise group.exceptions[0] from None
            finally:
                await self.bot.clear()
                self._note_lost()
                self.ledger.ended = time.monotonic()

    def took(self, side: str, person: str, text: str) -> None:
        """Note a reply."""
        ledger, somebody = self.ledger, self._by_name[side, person]
        subject = faq.answered(text)
        ledger.sends[side] += 1
        if subject is None:
            somebody.odd.append(text)
        else:
            somebody.got.append(Copy(subject, ledger.process, time.monotonic()))
        if side == "zalo_oa" and self._access != self.platforms.oa.oauth.access:
            self._access = self.platforms.oa.oauth.access
            self._happened(Moment.RENEWED, side)
        self._happened(Moment.SENDING, side)

    def told(self, side: str, status: int) -> None:
        """Note a delivery."""
        self.ledger.deliveries[status] += 1
        if status == 200:
            self._happened(Moment.RECEIVED, side)

    def polled(self, side: str, event: Any) -> None:
        """Note what was handed out once and for all."""
        person = self._by_name[side, event["message"]["chat"]["id"]]
        self._polled = (person, person.subject_of(event["message"]["text"]))
        if not self.bot.alive:
            self._excuse()

    def asked_for_tokens(self) -> None:
        """Note a request for new Zalo tokens."""
        self._happened(Moment.ASKED, "zalo_oa")

    def made_tokens(self) -> None:
        """Note that Zalo has made new tokens."""
        self._happened(Moment.MADE, "zalo_oa")

    async def _all(self) -> None:
        await self._start()
        async with asyncio.TaskGroup() as group:
            killing = group.create_task(self._kill_again_and_again())
            if self.plan.size.webhooks:  # what is said before waits for a poll, for ever
                await _until(
                    lambda: self.platforms.telegram.webhook and self.platforms.bot.webhook
                )
            breaking = group.create_task(self._break_again_and_again())
            async with asyncio.TaskGroup() as people:
                for number in range(self.plan.size.people):
                    people.create_task(self._ask(number))
            breaking.cancel()
            await _until(lambda: self._next is None)
            killing.cancel()
        await self._settle()
        await self.bot.stop()

    async def _start(self) -> None:
        self.ledger.process += 1
        more = {"public_url": PUBLIC} if self.plan.size.webhooks else {}
        more["answering_process"] = str(self.plan.size.beside).lower()
        self.platforms.find(self.bot.url)
        await self.bot.start(self.platforms.settings() | more)

    async def _ask(self, number: int) -> None:
        """Ask all questions of one person, then wait for the last answers."""
        person, questions = self.ledger.people[number], self.plan.questions[number]
        side = self.platforms.sides[person.side]
        for place, question in enumerate(questions):
            await _until(lambda: len(person.waiting) < _IN_FLIGHT)
            # No platform may be done while kills are due.
            early = (place - _AHEAD) * self.plan.size.people
            await _until(lambda: self.ledger.answered >= early)  # noqa: B023  # it is over before the next
            text = faq.question(question.subject, question.way)
            person.asked.append(question.subject)
            person.texts.append(text)
            self._happened(Moment.ARRIVING, person.side)
            person.events.append(await side.say(person.id, text))
            if question.again is not None and self.plan.size.webhooks:
                self.ledger.injected["delivered again"] += 1
                await side.again(person.events[question.again])
        await _until(lambda: not person.waiting)

    def _happened(self, moment: Moment, side: str) -> None:
        kill = self._armed
        if not kill or not self.bot.alive or (kill.moment, kill.side) != (moment, side):
            return
        self._armed = None
        if moment in {Moment.SENDING, Moment.RENEWED, Moment.ASKED, Moment.MADE}:
            self._strike(kill)  # at once, before the platform can answer
        else:
            asyncio.get_running_loop().call_later(kill.delay, self._strike, kill)

    def _strike(self, kill: Kill) -> None:
        self.bot.strike()
        self.ledger.kills[self.ledger.process] = (kill.moment, time.monotonic())
        self._excuse()

    def _excuse(self) -> None:
        """Note whose message was handed out and may have died with the program."""
        if self._polled:
            person, subject = self._polled
            person.excused.add(subject)

    async def _kill_again_and_again(self) -> None:
        for kill in self.plan.kills:
            self._next = kill
            arming = asyncio.create_task(self._arm(kill))
            try:
                await self.bot.gone()
            finally:
                arming.cancel()
            await self._start()
        self._next = None
        await self.bot.gone()  # nobody kills it any more: that would be a fault

    async def _arm(self, kill: Kill) -> None:
        """Wait for the kill's time; where it needs no moment, do it."""
        if kill.moment is not Moment.STARTING:
            await _until(lambda: self.ledger.answered >= kill.after)
        if kill.moment in {Moment.STARTING, Moment.ANY}:
            await asyncio.sleep(kill.delay)
            self._strike(kill)
            return
        self._armed = kill
        if kill.moment is Moment.RENEWED:
            self.platforms.zalo_oa.expire()
        elif kill.moment in {Moment.ASKED, Moment.MADE}:
            self.platforms.zalo_oa.expire_slowly(made=kill.moment is Moment.MADE)

    async def _break_again_and_again(self) -> None:
        faults, ledger = Faults(self.platforms.sides, self.plan.dice), self.ledger
        while True:
            late = ledger.answered > self.plan.size.messages / 2
            faults.look(ledger.sends, ledger.injected, late=late)
            await asyncio.sleep(_LOOK)

    async def _settle(self) -> None:
        """Wait until everything was delivered, answered and sent, repeated deliveries too."""
        try:
            async with asyncio.timeout(_SETTLING):
                await _until(lambda: not self.platforms.telegram.updates)
                await _until(lambda: on_their_way(self.home) == (0, 0))
        except TimeoutError:
            left = on_their_way(self.home)
            raise StuckError(f"all is answered, but {left} messages wait in and out") from None

    def _note_lost(self) -> None:
        for side in self.platforms.sides.values():
            for person, text in side.lost():
                subject = faq.answered(text)
                if subject is not None:
                    self.ledger.lost[side.name, person].add(subject)


async def _until(so: Callable[[], object]) -> None:
    """Wait until something is so; the whole run has an end."""
    while not so():  # noqa: ASYNC110  # too many things may make it so
        await asyncio.sleep(_LOOK)
