"""Trials that run beside the work: begun, followed, ended; what comes out is kept with the proposal."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from bot.editing import EditError
from bot.proposals import trial
from bot.proposals.effects import Job
from bot.proposals.files import digests
from bot.proposals.meaning import Vectors
from bot.proposals.proposal import ProposalError, State
from bot.store import proposals as table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.proposals.ledger import Ledger
    from bot.proposals.versions import Known

_RECENT_DAYS = 30
_MOST_RECENT = 2000
_ERASED = "(câu này đã được xóa theo yêu cầu của người hỏi)"
_MOST_KNOWN = 2  # versions of the FAQ: the next trial begins with one of them

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a running trial is."""

    percent: int
    what: str


@dataclass(slots=True)
class Trials:
    """The trials of a program, one at a time."""

    ledger: Ledger
    trying: dict[int, Progress] = field(default_factory=dict)
    failed: dict[int, str] = field(default_factory=dict)  # why the last trial came to nothing
    _tasks: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _known: tuple[Known, ...] = ()
    _vectors: Vectors = field(default_factory=Vectors)
    _one: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))

    def start(self, number: int) -> None:
        """Begin a trial in the background; `trying` and `failed` tell how it goes."""
        if number not in self._tasks:
            self.trying[number] = Progress(0, "Đang chờ")
            task = asyncio.create_task(self._try_aside(number))
            self._tasks[number] = task
            task.add_done_callback(lambda _: self._tasks.pop(number, None))

    def cancel(self, number: int) -> None:
        """End a running trial; nothing of it is kept."""
        if task := self._tasks.get(number):
            task.cancel()

    async def close(self) -> None:
        """End what runs in the background."""
        tasks = [*self._tasks.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _try_aside(self, number: int) -> None:
        self.failed.pop(number, None)
        try:
            await self.run(number, lambda percent, what: self._tell(number, percent, what))
        except (ProposalError, EditError) as error:
            self.failed[number] = str(error)
        except Exception as error:
            log.exception("a trial failed", proposal=number, error=type(error).__name__)
            self.failed[number] = f"Thử không xong ({type(error).__name__}) – hãy thử lại."
        finally:
            self.trying.pop(number, None)

    def _tell(self, number: int, percent: int, what: str) -> None:
        self.trying[number] = Progress(percent, what)

    async def run(
        self, number: int, progress: Callable[[int, str], None] = lambda _percent, _what: None
    ) -> dict[str, Any]:
        """Try a proposal on the files as they are now, and keep what came out.

        One at a time; what is served goes on. Raises EditError when the edits cannot be made.
        """
        async with self._one:
            proposal = await self.ledger.open(number)
            texts = await self.ledger.read()
            changed = await self.ledger.applied(texts, proposal.edits)
            since = self.ledger.now() - timedelta(days=_RECENT_DAYS)
            recent = await self.ledger.store.read(
                lambda connection: table.recent_questions(connection, since, _MOST_RECENT),
                long=True,
            )
            job = Job(
                self.ledger.files.golden,
                self.ledger.data_dir,
                texts,
                changed,
                list(recent),
                edits=proposal.edits,
                embedder=self.ledger.embedder,
                known=self._known,
                vectors=self._vectors,
            )
            tried = await trial.run(job, progress)
            self._known = (*self._known, *tried.known)[-_MOST_KNOWN:]
            self._vectors = tried.vectors
            _name_turns(tried.result, recent)
            base = digests(texts)
            values: dict[str, Any] = {"base": base, "trial": tried.result}
            if proposal.state is State.APPROVED and base != proposal.base:
                # Whoever approved it saw another difference.
                values |= {"state": State.WAITING, "approved_by": None, "approved_at": None}
            await self.ledger.change(proposal, **values)
            return tried.result

    async def told(self, trial: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        """A trial as people read it, with the words of citizens that are still kept."""
        trial = _complete(trial)
        changes = _of_citizens(trial)
        if trial is None or not changes:
            return trial
        numbers = [one["turn"] for one in changes if "turn" in one]
        texts = await self.ledger.store.read(
            lambda connection: table.texts_of(connection, numbers), long=True
        )
        recent = {
            **trial["effect"]["recent"],
            "changes": [
                {**one, "text": texts.get(one.get("turn", 0), _ERASED)} for one in changes
            ],
        }
        return {**trial, "effect": {**trial["effect"], "recent": recent}}


def _complete(trial: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """A trial of an earlier version of this program told less."""
    if trial is None or not trial.get("effect"):
        return trial and {"by_words": False, **trial}
    effect = {
        name: {
            "elsewhere": 0,
            "elsewhere_worse": 0,
            **group,
            "changes": [{"aimed": True, **one} for one in group["changes"]],
        }
        for name, group in trial["effect"].items()
    }
    return {"by_words": False, **trial, "effect": effect}


def _name_turns(trial: Mapping[str, Any], numbers: Mapping[str, int]) -> None:
    """Keep the number of a turn in place of its words: whoever has them erased erases them here."""
    for one in _of_citizens(trial):
        one["turn"] = numbers[one.pop("text")]


def _of_citizens(trial: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    effect = (trial or {}).get("effect") or {}
    found: list[dict[str, Any]] = effect.get("recent", {}).get("changes", [])
    return found
