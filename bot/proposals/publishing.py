"""Publishing and its way back, and what a crash between the two leaves.

The rows are the truth of who did what, the files of what is served. Between the two stands the
state `publishing`: whoever finds it after a crash (`recover`) finishes or takes back.
"""

from __future__ import annotations

import asyncio
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from bot.editing import EditError
from bot.proposals import history
from bot.proposals.files import Files, called, changed, digest, digests
from bot.proposals.ledger import must_be_tried
from bot.proposals.proposal import ConflictError, Proposal, ProposalError, Published, State
from bot.proposals.undoing import digest_of, undone
from bot.store import proposals as table
from intents.catalog import load
from intents.problems import CatalogError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from bot.proposals.ledger import Ledger
    from bot.proposals.proposal import Person

_PATIENCE = 10.0  # seconds for another publishing to end

log = structlog.get_logger(__name__)


async def publish(ledger: Ledger, number: int, person: Person) -> Published:
    """Write the files, all or none, and tell the hooks.

    Raises:
        ProposalError: when it was not tried or approved, has errors, or cannot be written.
        ConflictError: when the files changed since it was tried.
    """
    async with ledger.store.alone("publish", patience=_PATIENCE):
        proposal = await ledger.open(number)
        _must_be_ready(ledger, proposal)
        texts = await ledger.read()
        if digests(texts) != proposal.base:
            await _conflict(ledger, proposal, texts)
        after = await ledger.applied(texts, proposal.edits)
        before = {name: texts.get(name) for name in after}
        written = {name: digest(text) for name, text in after.items()}
        await _switch(
            ledger,
            proposal,
            after,
            journal={"before": before, "after": written, "published_at": ledger.now()},
            done={"state": State.PUBLISHED, "published_by": person.name},
        )
    # Who waits for it hears first: a full disk must not keep clusters open and people waiting.
    told = await ledger.told(ledger.on_published, proposal, person.name, after)
    await asyncio.to_thread(
        partial(
            history.keep,
            ledger.files,
            ledger.data_dir,
            number=number,
            title=proposal.title,
            author=person.name,
            at=ledger.now(),
            before=before,
            after=after,
        )
    )
    await ledger.note(person.name, "publish", number, after={"files": sorted(after)})
    return told


async def roll_back(ledger: Ledger, number: int, person: Person) -> Published:
    """Put the former text back; what others changed since in the same files stays.

    Raises:
        ConflictError: when they changed the very lines.
    """
    async with ledger.store.alone("publish", patience=_PATIENCE):
        proposal = await ledger.get(number)
        if proposal.state is not State.PUBLISHED or proposal.before is None:
            raise ProposalError(f"Thay đổi {number} chưa công bố, hoặc đã hoàn tác rồi.")
        texts = await ledger.read()
        back = await asyncio.to_thread(undone, proposal, texts)
        await asyncio.to_thread(_must_load, number, texts, back)
        before = {name: texts.get(name) for name in back}
        await _switch(ledger, proposal, back, journal={}, done={"state": State.ROLLED_BACK})
    told = await ledger.told(ledger.on_rolled_back, proposal, person.name, back)
    await asyncio.to_thread(
        partial(
            history.keep,
            ledger.files,
            ledger.data_dir,
            number=number,
            title=f"Hoàn tác: {proposal.title}",
            author=person.name,
            at=ledger.now(),
            before=before,
            after=back,
        )
    )
    await ledger.note(person.name, "roll_back", number, after={"files": sorted(back)})
    return told


async def recover(ledger: Ledger) -> Sequence[int]:
    """Finish or take back what a crash left half published; the ids that were mended."""

    def half_done(connection: Connection) -> Sequence[dict[str, Any]]:
        return table.unfinished(connection, State.PUBLISHING)

    if not await ledger.store.read(half_done):
        return []
    async with ledger.store.alone("publish", patience=_PATIENCE):
        rows = await ledger.store.read(half_done)  # another program may be publishing
        for proposal in map(Proposal.of, rows):
            await _mend(ledger, proposal)
    return [row["id"] for row in rows]


async def _mend(ledger: Ledger, proposal: Proposal) -> None:
    before, after = proposal.before or {}, proposal.after or {}
    texts = await ledger.read()
    now = {name: digest_of(texts.get(name)) for name in after}
    undoing = proposal.published_by is not None
    if undoing:
        state = await _finish_roll_back(ledger, proposal, texts)
    elif now == after:
        state = State.PUBLISHED
    else:  # only what this publishing wrote is put back
        ours = {name: before[name] for name in after if now[name] == after[name]}
        await asyncio.to_thread(ledger.files.write, ours)
        state = State.DRAFT
    log.warning("a publishing was mended", proposal=proposal.id, state=state.value)
    await ledger.change(proposal, state=state)
    if state is (State.ROLLED_BACK if undoing else State.PUBLISHED):
        hooks = ledger.on_rolled_back if undoing else ledger.on_published
        await ledger.told(hooks, proposal, proposal.published_by or proposal.author, after)


async def _finish_roll_back(ledger: Ledger, proposal: Proposal, texts: Mapping[str, str]) -> State:
    """Take back what is left; what others changed in the same lines meanwhile is for a person."""
    try:
        back = await asyncio.to_thread(undone, proposal, texts)
    except ConflictError:
        return State.PUBLISHED
    await asyncio.to_thread(ledger.files.write, back)
    return State.ROLLED_BACK


def _must_load(number: int, texts: Mapping[str, str], back: Mapping[str, str | None]) -> None:
    """What came after may need what is taken back. Raises ProposalError if so; takes seconds."""
    after = {name: text for name, text in {**texts, **back}.items() if text is not None}
    first = _first_error(after)
    if first and not _first_error(texts):
        raise ProposalError(
            f"Chưa hoàn tác được thay đổi {number}: FAQ sẽ không đọc được nữa ({first}). "
            "Hãy sửa chỗ đó, hoặc hoàn tác thay đổi sau nó trước."
        )


def _first_error(texts: Mapping[str, str]) -> str:
    """What keeps a FAQ of these files from being loaded; "" if nothing does."""
    with tempfile.TemporaryDirectory(prefix="hoidap-") as home:
        folder = Path(home) / "faq"
        Files(folder, Path(home) / "golden.yaml").write(texts)
        try:
            load(folder)
        except CatalogError as error:
            first = str(error.problems[0]) if error.problems else "không đọc được FAQ"
            return first.replace(f"{folder}/", "")
    return ""


async def _switch(
    ledger: Ledger,
    proposal: Proposal,
    after: Mapping[str, str | None],
    *,
    journal: Mapping[str, Any],
    done: Mapping[str, Any],
) -> None:
    """Write the files between two notes in the row: what a crash leaves can be told."""
    await ledger.change(proposal, state=State.PUBLISHING, **journal)
    begun = await ledger.get(proposal.id)
    try:
        await asyncio.to_thread(ledger.files.write, after)
    except Exception:  # who is cancelled leaves the files to a thread, and the row to `recover`
        kept = {"before": proposal.before, "after": proposal.after}
        await ledger.change(begun, state=proposal.state, **kept)
        raise
    await ledger.change(begun, **done)


async def _conflict(ledger: Ledger, proposal: Proposal, texts: Mapping[str, str]) -> None:
    """Say that the files changed since the trial; the proposal stays as it is."""
    names = changed(proposal.base, digests(texts))
    since = f"từ lúc bạn thử ({', '.join(map(called, names))})"
    touched = (proposal.trial or {}).get("diff", {})
    try:
        ours = await ledger.applied(texts, proposal.edits)
    except EditError as error:
        theirs = {name: texts[name] for name in names if name in texts and name in touched}
        raise ConflictError(
            f"FAQ đã bị sửa {since}, và thay đổi này không còn khớp: {error}", theirs, {}
        ) from None
    theirs = {name: texts[name] for name in names if name in texts and name in ours}
    where = "" if theirs else "ở chỗ khác "
    raise ConflictError(
        f"FAQ đã bị sửa {where}{since}. Thay đổi này vẫn khớp – hãy thử lại rồi công bố.",
        theirs,
        ours,
    )


def _must_be_ready(ledger: Ledger, proposal: Proposal) -> None:
    result = must_be_tried(proposal)
    if result["errors"]:
        raise ProposalError(
            f"Thay đổi {proposal.id} còn {result['errors']} lỗi mới – sửa các lỗi đó rồi thử lại."
        )
    if ledger.second_approval and proposal.state is not State.APPROVED:
        raise ProposalError("Thay đổi này cần một người khác duyệt trước khi công bố.")
