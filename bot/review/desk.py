"""The reviewers' desk: what waits, and what is decided about it.

An action is made on a version of a cluster: whoever was slower is told who was faster, and nothing
is done. Texts that get into a proposal are masked once more, and lose what was masked. The trail hears
numbers, not words.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.editing import AddOutOfScope, AddPhrasings
from bot.privacy import mask, without_placeholders
from bot.review import showing, undoing
from bot.review.cluster import (
    Cluster,
    Decision,
    Filters,
    Likely,
    Near,
    Page,
    Progress,
    ReviewError,
    Sample,
    StaleError,
    State,
    Waiting,
)
from bot.review.neighbours import neighbours
from bot.review.places import Places
from bot.review.why import why
from bot.store import regrouping
from bot.store import review_desk as table

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from sqlalchemy import Connection

    from bot.faq import Faq
    from bot.proposals import Proposals
    from bot.store import Store
    from bot.trail import Trail

_SIZE = 30
_SAMPLES = 50
_LONGEST = 200  # characters of a phrasing
_MOST_TEXTS = 50
_DAY_BEGINS = timedelta(hours=7)  # in Vietnam, before UTC


class Desk:
    """The desk over one store. Raises `ReviewError`, `StaleError`, `StoreError`."""

    def __init__(
        self,
        store: Store,
        proposals: Proposals,
        trail: Trail,
        faq: Callable[[], Faq],
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._proposals = proposals
        self._trail = trail
        self._faq = faq
        self._now = now
        self._gathering: Progress | None = None
        self.places = Places(lambda: faq().knowledge)
        """What like questions are found by; the intake of the same program fills it."""

    # --- what waits

    async def queue(self, filters: Filters) -> Page:
        """A page of clusters, the most urgent first."""
        entries = None
        if filters.topic:
            entries = [entry.id for entry in self._faq().catalog.entries_of(filters.topic)]
        wanted = table.Wanted(
            state=filters.state,
            channel=filters.channel,
            reason=filters.reason,
            words=filters.words,
            entries=entries,
        )
        now = self._now()

        def query(connection: Connection) -> Page:
            offset = (filters.page - 1) * _SIZE
            rows, count = table.found(connection, wanted, limit=_SIZE, offset=offset)
            trends = showing.trends(connection, [row["id"] for row in rows], now)
            return Page([showing.row(row, trends[row["id"]], now) for row in rows], count, _SIZE)

        return await self._store.read(query, long=True)

    async def cluster(self, number: int) -> Cluster | None:
        """Everything of a cluster; None if there is none, or it was merged into another."""
        now = self._now()

        def query(connection: Connection) -> Cluster | None:
            found = table.cluster(connection, number)
            if found is None:
                return None
            row = {**found._mapping}  # noqa: SLF001  # SQLAlchemy's public name for it
            shown, count = table.samples(connection, number, limit=_SAMPLES)
            history = table.history(connection, number)
            last = next((made for made in history if made.undone_at is None), None)
            undoable = last.id if last and undoing.undoable(connection, last) else 0
            readings = table.newest_readings(connection, number, limit=50)
            return Cluster(
                row=showing.row(row, showing.trends(connection, [number], now)[number], now),
                first_at=row["first_at"],
                reasons=row["reasons"],
                why=why(readings),
                readings=len(readings),
                likely=[Likely(one["entry"], one["score"]) for one in row["likely"]],
                samples=[Sample(q.id, q.text, q.turns, q.people, q.last_at) for q in shown],
                more=count - len(shown),
                history=[showing.decision(made, can_undo=made.id == undoable) for made in history],
                entry=row["entry"],
                proposal=row["proposal_id"],
                told=table.told(connection, number),
            )

        return await self._store.read(query, long=True)

    async def went_into(self, number: int) -> int | None:
        """The cluster that a merged one is part of now; None if it was not merged."""
        return await self._store.read(lambda connection: table.went_into(connection, number))

    async def near(self, number: int) -> Sequence[Near]:
        """Open clusters that may ask the same, the likest first; the first time takes seconds."""
        return await neighbours(self._store, self.places, number, self._now())

    def gather(self, progress: Progress | None) -> None:
        """Hear how far the gathering came."""
        self._gathering = progress

    async def progress(self) -> Progress | None:
        """How far the gathering came; None when it is at the newest turn."""
        return self._gathering

    async def waiting(self) -> Waiting:
        """How many clusters are open, and how many of them began today, in Vietnam."""
        local = self._now() + _DAY_BEGINS
        since = local.replace(hour=0, minute=0, second=0, microsecond=0) - _DAY_BEGINS
        both = await self._store.read(
            lambda connection: table.counts(connection, since), long=True
        )
        return Waiting(*both)

    async def last_of(self, account: str) -> Decision | None:
        """Somebody's newest decision that stands."""

        def query(connection: Connection) -> Decision | None:
            made = table.last_of(connection, account)
            if made is None:
                return None
            return showing.decision(made, can_undo=undoing.undoable(connection, made))

        return await self._store.read(query)

    async def claim(self, number: int, *, by: str) -> None:
        """Tell the others that somebody looks at a cluster."""
        at = self._now()
        if not await self._store.write(lambda c: table.claim(c, number, by, at)):
            raise ReviewError(f"Không có nhóm {number}: có thể nhóm đã được gộp.")

    # --- what is decided

    async def accept(
        self,
        number: int,
        version: int,
        *,
        by: str,
        entry: str,
        questions: Sequence[int],
        apart: Sequence[int] = (),
    ) -> int:
        """Propose questions (all of them: none named) as phrasings; the proposal's id.

        Those that are `apart` mean something else: they wait on, in a cluster of their own.
        """
        target = self._faq().catalog.entries.get(entry)
        if target is None:
            raise ReviewError(f"Không có mục “{entry[:64]}”: bạn chọn lại mục trong danh sách.")
        phrasings = await self._phrasings(number, version, questions)
        known = {text.casefold() for text in target.phrasings}
        new = [text for text in phrasings if text.casefold() not in known]
        if not new:
            raise ReviewError("Mục này đã có các câu hỏi đó rồi: bạn chọn câu khác hoặc mục khác.")
        title = f"Thêm {len(new)} cách hỏi vào “{target.title}”"
        version = await self._set_apart(number, version, by, apart)
        proposal = await self._proposals.propose(
            [AddPhrasings(entry, tuple(new))], author=by, title=title, clusters=(number,)
        )
        values = {"state": State.ACCEPTED.value, "entry": entry, "proposal_id": proposal}
        await self._rest_on(number, version, by, "accept", values)
        self._proposals.start_trial(proposal)
        return proposal

    async def out_of_scope(
        self,
        number: int,
        version: int,
        *,
        by: str,
        questions: Sequence[int],
        apart: Sequence[int] = (),
    ) -> None:
        """Set the cluster aside, and propose its questions for the out-of-scope set.

        Those that are `apart` wait on, in a cluster of their own.
        """
        texts = await self._phrasings(number, version, questions)
        version = await self._set_apart(number, version, by, apart)
        proposal = await self._proposals.propose(
            [AddOutOfScope(tuple(texts[:5]))],
            author=by,
            title=f"Đánh dấu ngoài phạm vi: nhóm {number}",
            clusters=(number,),
        )
        values = {"state": State.OUT_OF_SCOPE.value, "proposal_id": proposal}
        await self._rest_on(number, version, by, "out_of_scope", values)

    async def case_data(self, number: int, version: int, *, by: str) -> None:
        """Set the cluster aside: only whoever has the citizen's file can answer."""
        await self._decide(number, version, by, "case_data", {"state": State.CASE_DATA.value})

    async def ignore(self, number: int, version: int, *, by: str) -> None:
        """Set the cluster aside for good."""
        await self._decide(number, version, by, "ignore", {"state": State.IGNORED.value})

    async def reopen(self, number: int, version: int, *, by: str) -> None:
        """Let the cluster wait again."""
        values = {"state": State.OPEN.value, "entry": None, "closed_at": None}
        await self._decide(number, version, by, "reopen", values)

    async def merge(self, number: int, version: int, *, by: str, other: int) -> None:
        """Move everything to another cluster."""
        await self._regroup(number, version, by=by, action="merge", questions=None, other=other)

    async def split(self, number: int, version: int, *, by: str, questions: Sequence[int]) -> int:
        """Make a cluster of these questions; its id."""
        return await self._regroup(
            number, version, by=by, action="split", questions=questions, other=None
        )

    async def move(
        self, number: int, version: int, *, by: str, questions: Sequence[int], other: int
    ) -> None:
        """Move questions to another cluster."""
        await self._regroup(
            number, version, by=by, action="move", questions=questions, other=other
        )

    async def undo(self, decision: int, *, by: str) -> int:
        """Take a decision back; the cluster's id. What was published must be rolled back first."""
        made, possible = await self._store.read(
            lambda c: (table.decision(c, decision), regrouping.can_undo(c, decision))
        )
        if made is None:
            raise ReviewError("Không có việc đó để hoàn tác.")
        proposal = made.after.get("proposal_id")
        if proposal:
            await undoing.must_be_unpublished(self._proposals, proposal)
        if possible:
            await undoing.must_hold(self._proposals, made.before)
        at = self._now()
        if not await self._store.write(lambda c: regrouping.undo(c, decision, by, at), long=True):
            raise ReviewError(
                "Việc này đã được hoàn tác, hoặc sau đó nhóm đã đổi: tải lại để xem."
            )
        if proposal:
            await undoing.give_up(self._proposals, proposal, by)
        await self._trail.note(by, "review_undone", f"cluster:{made.cluster_id}")
        return int(made.cluster_id)

    # --- within

    async def _set_apart(
        self, number: int, version: int, by: str, questions: Sequence[int]
    ) -> int:
        """Split these questions off, if there are any; the version that the cluster has then."""
        if not questions:
            return version
        await self.split(number, version, by=by, questions=questions)
        return version + 1

    async def _phrasings(self, number: int, version: int, questions: Collection[int]) -> list[str]:
        def query(connection: Connection) -> tuple[Any, list[str]]:
            return table.cluster(connection, number), table.texts(connection, number, questions)

        found, texts = await self._store.read(query, long=True)
        if found is None or found.version != version:
            raise await self._stale(number)
        cut = (without_placeholders(mask(text).text)[:_LONGEST].strip() for text in texts)
        distinct = {text.casefold(): text for text in cut if text}
        if not distinct:
            raise ReviewError("Nhóm không còn câu nào đã chọn: bạn tải lại trang rồi chọn lại.")
        return list(distinct.values())[:_MOST_TEXTS]

    async def _decide(
        self, number: int, version: int, by: str, action: str, values: dict[str, Any]
    ) -> None:
        at = self._now()

        def write(connection: Connection) -> int | None:
            return table.decide(
                connection, number, version, account=by, action=action, at=at, values=values
            )

        if await self._store.write(write) is None:
            raise await self._stale(number)
        shown = {name: value for name, value in values.items() if name != "closed_at"}
        await self._trail.note(by, f"review_{action}", f"cluster:{number}", after=shown)

    async def _rest_on(
        self, number: int, version: int, by: str, action: str, values: dict[str, Any]
    ) -> None:
        """Decide with a proposal, which is given up if somebody was faster."""
        try:
            await self._decide(number, version, by, action, values)
        except StaleError:
            await self._proposals.withdraw(values["proposal_id"], undoing.person(by))
            raise

    async def _regroup(
        self,
        number: int,
        version: int,
        *,
        by: str,
        action: str,
        questions: Collection[int] | None,
        other: int | None,
    ) -> int:
        if questions is not None and not questions:
            raise ReviewError("Bạn hãy chọn ít nhất một câu hỏi.")
        at = self._now()

        def write(connection: Connection) -> int | None:
            return regrouping.regroup(
                connection,
                number,
                version,
                account=by,
                action=action,
                at=at,
                chosen=questions,
                other=other,
            )

        target = await self._store.write(write, long=True)
        if target is None:
            if other is not None and (other == number or await self._missing(other)):
                raise ReviewError(f"Không có nhóm {other}: bạn hãy xem lại số trong danh sách.")
            raise await self._stale(number)
        after = {"other": target}
        await self._trail.note(by, f"review_{action}", f"cluster:{number}", after=after)
        return target

    async def _missing(self, number: int) -> bool:
        return await self._store.read(lambda c: table.cluster(c, number)) is None

    async def _stale(self, number: int) -> StaleError:
        made = await self._store.read(lambda c: regrouping.newest_touching(c, number))
        if made is None:
            return StaleError(
                f"Nhóm {number} vừa đổi, hoặc không còn. Việc bạn yêu cầu chưa được làm."
            )
        return StaleError(
            f"{made.account} vừa xử lý nhóm {number} trước bạn. Việc bạn yêu cầu chưa được làm."
        )
