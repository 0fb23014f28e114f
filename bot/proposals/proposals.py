"""Proposals from the first edit to publishing and back.

The rows are the truth of who did what, the files of what is served. Between the two stands the
state `publishing`: whoever finds it after a crash (`recover`) finishes or takes back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import structlog

from bot.editing import EditError, apply, to_json
from bot.proposals import history, trial
from bot.proposals.files import Files, digest, digests, merged
from bot.proposals.proposal import (
    OPEN,
    ConflictError,
    Person,
    Proposal,
    ProposalError,
    Published,
    StaleError,
    State,
)
from bot.store import proposals as table

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from bot.editing import Edit
    from bot.store import Store

Hook = Callable[[Published], Awaitable[object]]

_RECENT_DAYS = 30
_MOST_RECENT = 2000
_LONGEST_TITLE = 200
_MOST_EDITS = 200
_PATIENCE = 10.0  # seconds for another publishing to end

log = structlog.get_logger(__name__)


class Trail(Protocol):
    """Where it is noted who did what."""

    async def note(
        self,
        account: str,
        action: str,
        object: str,  # noqa: A002  # the trail's word
        before: Any = None,  # noqa: ANN401
        after: Any = None,  # noqa: ANN401
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a running trial is."""

    percent: int
    what: str


@dataclass(slots=True)
class Proposals:
    """Everything that can be done with proposals. `second_approval`: nobody publishes alone."""

    store: Store
    files: Files
    data_dir: Path
    second_approval: bool = False
    trail: Trail | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    on_proposed: list[Hook] = field(default_factory=list)
    on_withdrawn: list[Hook] = field(default_factory=list)
    on_published: list[Hook] = field(default_factory=list)
    on_rolled_back: list[Hook] = field(default_factory=list)
    trying: dict[int, Progress] = field(default_factory=dict)
    failed: dict[int, str] = field(default_factory=dict)  # why the last trial came to nothing
    _tasks: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _one: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))

    async def propose(
        self,
        edits: Sequence[Edit],
        *,
        author: str,
        title: str,
        clusters: Sequence[int] = (),
        note: str = "",
    ) -> int:
        """Keep edits as a draft; its id. Raises EditError when they cannot be made now."""
        texts = await self._read()
        await self._applied(texts, edits)
        now = self.now()
        values = {
            "state": State.DRAFT,
            "title": _titled(title),
            "author": author,
            "created_at": now,
            "changed_at": now,
            "edits": list(map(to_json, edits)),
            "base": digests(texts),
            "clusters": list(clusters),
            "note": note[:4000],
        }
        number = await self.store.write(partial(table.add, values=values))
        await self._note(author, "propose", number, after={"title": values["title"]})
        await self._told(self.on_proposed, await self.get(number), author, {})
        return number

    async def revise(
        self,
        number: int,
        version: int,
        edits: Sequence[Edit],
        *,
        by: str,
        title: str | None = None,
    ) -> None:
        """Put other edits in place of those of an open proposal; it must be tried and approved anew."""
        proposal = await self._open(number)
        if proposal.version != version:
            raise StaleError(number)
        texts = await self._read()
        await self._applied(texts, edits)
        await self._change(
            proposal,
            state=State.DRAFT,
            title=_titled(title or proposal.title),
            edits=list(map(to_json, edits)),
            base=digests(texts),
            trial=None,
            approved_by=None,
            approved_at=None,
        )
        await self._note(by, "revise", number)

    async def get(self, number: int) -> Proposal:
        """Find a proposal. Raises ProposalError when there is none."""
        row = await self.store.read(lambda connection: table.get(connection, number))
        if row is None:
            raise ProposalError(f"Không có thay đổi số {number} – xem danh sách thay đổi.")
        return Proposal.of(row)

    async def list(self, *states: State, limit: int = 100) -> list[dict[str, Any]]:
        """List the newest, without their edits and texts."""
        return await self.store.read(
            lambda connection: table.listed(connection, states, limit), long=True
        )

    async def preview(self, number: int) -> dict[str, str]:
        """The texts that publishing would write now. Raises EditError in a conflict."""
        proposal = await self.get(number)
        return await self._applied(await self._read(), proposal.edits)

    def start_trial(self, number: int) -> None:
        """Begin a trial in the background; `trying` and `failed` tell how it goes."""
        if number not in self._tasks:
            self.trying[number] = Progress(0, "Đang chờ")
            task = asyncio.create_task(self._try_aside(number))
            self._tasks[number] = task
            task.add_done_callback(lambda _: self._tasks.pop(number, None))

    def cancel_trial(self, number: int) -> None:
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
            await self.trial(number, lambda percent, what: self._tell(number, percent, what))
        except (ProposalError, EditError) as error:
            self.failed[number] = str(error)
        except Exception as error:
            log.exception("a trial failed", proposal=number, error=type(error).__name__)
            self.failed[number] = f"Thử không xong ({type(error).__name__}) – hãy thử lại."
        finally:
            self.trying.pop(number, None)

    def _tell(self, number: int, percent: int, what: str) -> None:
        self.trying[number] = Progress(percent, what)

    async def trial(
        self, number: int, progress: Callable[[int, str], None] = lambda _percent, _what: None
    ) -> dict[str, Any]:
        """Try a proposal on the files as they are now, and keep what came out.

        One at a time; what is served goes on. Raises EditError when the edits cannot be made.
        """
        async with self._one:
            proposal = await self._open(number)
            texts = await self._read()
            changed = await self._applied(texts, proposal.edits)
            since = self.now() - timedelta(days=_RECENT_DAYS)
            recent = await self.store.read(
                lambda connection: table.recent_questions(connection, since, _MOST_RECENT),
                long=True,
            )
            job = trial.Job(
                self.files.folder, self.files.golden, self.data_dir, texts, changed, recent
            )
            result = await trial.run(job, progress)
            await self._change(proposal, base=digests(texts), trial=result)
            return result

    async def ask_approval(self, number: int, person: Person) -> None:
        """Send it to a second person."""
        proposal = await self._open(number)
        _must_be_tried(proposal)
        await self._change(proposal, state=State.WAITING)
        await self._note(person.name, "ask_approval", number)

    async def approve(self, number: int, person: Person) -> None:
        """Approve what somebody else proposed."""
        proposal = await self._open(number)
        _must_be_tried(proposal)
        if self.second_approval and person.name == proposal.author:
            raise ProposalError("Bạn không tự duyệt thay đổi của mình được – nhờ một người khác.")
        await self._change(
            proposal, state=State.APPROVED, approved_by=person.name, approved_at=self.now()
        )
        await self._note(person.name, "approve", number)

    async def withdraw(self, number: int, person: Person) -> None:
        """Give a proposal up; it stays readable."""
        proposal = await self._open(number)
        self.cancel_trial(number)
        await self._change(proposal, state=State.WITHDRAWN)
        await self._note(person.name, "withdraw", number)
        await self._told(self.on_withdrawn, proposal, person.name, {})

    async def publish(self, number: int, person: Person) -> Published:
        """Write the files, all or none, and tell the hooks.

        Raises:
            ProposalError: when it was not tried or approved, has errors, or cannot be written.
            ConflictError: when the files changed since it was tried.
        """
        async with self.store.alone("publish", patience=_PATIENCE):
            proposal = await self._open(number)
            self._must_be_ready(proposal)
            texts = await self._read()
            if digests(texts) != proposal.base:
                await self._conflict(proposal, texts)
            changed = await self._applied(texts, proposal.edits)
            before = {name: texts.get(name) for name in changed}
            written = {name: digest(text) for name, text in changed.items()}
            await self._switch(
                proposal,
                changed,
                journal={"before": before, "after": written, "published_at": self.now()},
                done={"state": State.PUBLISHED, "published_by": person.name},
            )
        await asyncio.to_thread(
            partial(
                history.keep,
                self.files,
                self.data_dir,
                number=number,
                title=proposal.title,
                author=person.name,
                at=self.now(),
                before=before,
                after=changed,
            )
        )
        await self._note(person.name, "publish", number, after={"files": sorted(changed)})
        return await self._told(self.on_published, proposal, person.name, changed)

    async def roll_back(self, number: int, person: Person) -> Published:
        """Put the former text back; what others changed since in the same files stays.

        Raises:
            ConflictError: when they changed the very lines.
        """
        async with self.store.alone("publish", patience=_PATIENCE):
            proposal = await self.get(number)
            if proposal.state is not State.PUBLISHED or proposal.before is None:
                raise ProposalError(f"Thay đổi {number} chưa đăng, hoặc đã hoàn tác rồi.")
            texts = await self._read()
            back = await asyncio.to_thread(_undone, proposal, texts)
            before = {name: texts.get(name) for name in back}
            await self._switch(proposal, back, journal={}, done={"state": State.ROLLED_BACK})
        await asyncio.to_thread(
            partial(
                history.keep,
                self.files,
                self.data_dir,
                number=number,
                title=f"Hoàn tác: {proposal.title}",
                author=person.name,
                at=self.now(),
                before=before,
                after=back,
            )
        )
        await self._note(person.name, "roll_back", number, after={"files": sorted(back)})
        return await self._told(self.on_rolled_back, proposal, person.name, back)

    async def recover(self) -> Sequence[int]:
        """Finish or take back what a crash left half published; the ids that were mended."""

        def half_done(connection: Connection) -> Sequence[dict[str, Any]]:
            return table.unfinished(connection, State.PUBLISHING)

        if not await self.store.read(half_done):
            return []
        async with self.store.alone("publish", patience=_PATIENCE):
            rows = await self.store.read(half_done)  # another program may be publishing
            for proposal in map(Proposal.of, rows):
                await self._mend(proposal)
        return [row["id"] for row in rows]

    async def _mend(self, proposal: Proposal) -> None:
        before, after = proposal.before or {}, proposal.after or {}
        texts = await self._read()
        now = {name: _digest(texts.get(name)) for name in after}
        undoing = proposal.published_by is not None
        if now == after and not undoing:
            state = State.PUBLISHED
        else:  # only what this publishing wrote is put back; a roll back is finished
            ours = {name: before[name] for name in after if now[name] == after[name]}
            await asyncio.to_thread(self.files.write, ours)
            state = State.ROLLED_BACK if undoing else State.DRAFT
        log.warning("a publishing was mended", proposal=proposal.id, state=state.value)
        await self._change(proposal, state=state)

    async def _switch(
        self,
        proposal: Proposal,
        after: Mapping[str, str | None],
        *,
        journal: Mapping[str, Any],
        done: Mapping[str, Any],
    ) -> None:
        """Write the files between two notes in the row: what a crash leaves can be told."""
        await self._change(proposal, state=State.PUBLISHING, **journal)
        begun = await self.get(proposal.id)
        try:
            await asyncio.to_thread(self.files.write, after)
        except BaseException:
            kept = {"before": proposal.before, "after": proposal.after}
            await self._change(begun, state=proposal.state, **kept)
            raise
        await self._change(begun, **done)

    async def _conflict(self, proposal: Proposal, texts: Mapping[str, str]) -> None:
        """Say that the files changed since the trial; the proposal stays as it is."""
        theirs = {n: t for n, t in texts.items() if proposal.base.get(n) != digest(t)}
        try:
            ours = await self._applied(texts, proposal.edits)
        except EditError as error:
            raise ConflictError(
                f"FAQ đã bị sửa từ lúc bạn thử, và thay đổi này không còn khớp: {error}",
                theirs,
                {},
            ) from None
        raise ConflictError(
            "FAQ đã bị sửa từ lúc bạn thử. Thay đổi này vẫn khớp – hãy thử lại rồi đăng.",
            theirs,
            ours,
        )

    def _must_be_ready(self, proposal: Proposal) -> None:
        result = _must_be_tried(proposal)
        if result["errors"]:
            raise ProposalError(
                f"Thay đổi {proposal.id} còn {result['errors']} lỗi mới – sửa các lỗi đó rồi thử lại."
            )
        if self.second_approval and proposal.state is not State.APPROVED:
            raise ProposalError("Thay đổi này cần một người khác duyệt trước khi đăng.")

    async def _open(self, number: int) -> Proposal:
        proposal = await self.get(number)
        if proposal.state not in OPEN:
            raise ProposalError(f"Thay đổi {number} không còn mở – tạo một thay đổi mới.")
        return proposal

    async def _read(self) -> dict[str, str]:
        return await asyncio.to_thread(self.files.read)

    async def _applied(self, texts: Mapping[str, str], edits: Sequence[Edit]) -> dict[str, str]:
        if not edits or len(edits) > _MOST_EDITS:
            raise ProposalError(f"Cần từ 1 đến {_MOST_EDITS} chỗ sửa trong một thay đổi.")
        changed = await asyncio.to_thread(apply, texts, edits)
        if not changed:
            raise ProposalError("Không có gì thay đổi: FAQ đã như vậy rồi.")
        return changed

    async def _change(self, proposal: Proposal, **values: Any) -> None:  # noqa: ANN401
        values["changed_at"] = self.now()
        write = partial(table.change, number=proposal.id, version=proposal.version, values=values)
        if not await self.store.write(write):
            raise StaleError(proposal.id)

    async def _note(
        self,
        account: str,
        action: str,
        number: int,
        after: Any = None,  # noqa: ANN401
    ) -> None:
        if self.trail:
            await self.trail.note(account, action, f"proposal:{number}", after=after)

    async def _told(
        self, hooks: Sequence[Hook], proposal: Proposal, by: str, files: Mapping[str, object]
    ) -> Published:
        event = Published(
            proposal.id, by, proposal.entries, proposal.clusters, tuple(files), proposal.begins
        )
        for hook in hooks:
            try:
                await hook(event)
            except Exception as error:  # the files are live: one hook must not keep others from it
                log.exception("a hook failed", proposal=proposal.id, error=type(error).__name__)
        return event


def _titled(title: str) -> str:
    plain = " ".join(title.split())[:_LONGEST_TITLE]
    if not plain:
        raise ProposalError("Thay đổi chưa có tên – viết một câu nói bạn sửa gì.")
    return plain


def _digest(text: str | None) -> str | None:
    return None if text is None else digest(text)


def _must_be_tried(proposal: Proposal) -> Mapping[str, Any]:
    if proposal.trial is None:
        raise ProposalError(
            f"Thay đổi {proposal.id} chưa được thử – bấm “Thử” và chờ kết quả rồi làm tiếp."
        )
    return proposal.trial


def _undone(proposal: Proposal, texts: Mapping[str, str]) -> dict[str, str | None]:
    """The texts without what a proposal changed."""
    before, after = proposal.before or {}, proposal.after or {}
    former = {name: text for name, text in before.items() if text is not None}
    result: dict[str, str | None] = {}
    published: dict[str, str] | None = None
    for name in before:
        current = texts.get(name)
        if _digest(current) == after.get(name):
            result[name] = before[name]
            continue
        if published is None:
            published = _as_published(proposal, former, texts)
        back = merged(published.get(name, ""), before[name] or "", current or "")
        if back is None or before[name] is None:
            raise ConflictError(
                f"{name} đã bị sửa đúng chỗ này sau khi đăng, không hoàn tác tự động được – "
                "sửa mục đó trong bảng điều khiển.",
                {name: current or ""},
                {name: before[name] or ""},
            )
        result[name] = back
    return result


def _as_published(
    proposal: Proposal, former: Mapping[str, str], texts: Mapping[str, str]
) -> dict[str, str]:
    """What was written then: the edits made again on the text before them."""
    try:
        return apply({**texts, **former}, proposal.edits)
    except EditError:
        return {}
