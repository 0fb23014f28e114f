"""Proposals: tried first, published all or nothing, taken back without losing what came after."""

from __future__ import annotations

import asyncio
import subprocess
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.editing import AddOutOfScope, AddPhrasings, Edit, EditError, NewEntry, SetFields
from bot.faq import load_faq
from bot.messages import Content, Status
from bot.proposals import (
    ConflictError,
    Files,
    ProposalError,
    Proposals,
    Published,
    StaleError,
    State,
)
from bot.proposals.effects import Job, tried
from bot.proposals.files import digests
from bot.store import Store
from bot.store.proposals import recent_questions
from bot.store.records import TurnRecord
from intents.catalog import load
from tests.full_disk import full_disk
from tests.sample_faq import install

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

ENTRY = "vneid_quen_mat_khau"
PHRASING = "bí mật khẩu định danh thì bấm gì"
GOLDEN = f"{ENTRY}:\n  - {{text: em quên béng mật khẩu vneid, style: plain}}\n"
TRIED = {"errors": 0, "diff": {}, "new": [], "gone": [], "effect": None}


@dataclass(frozen=True, slots=True)
class Official:
    name: str


LAN, MINH = Official("lan"), Official("minh")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Proposals]:
    install(tmp_path)
    (tmp_path / "golden.yaml").write_text(GOLDEN, encoding="utf-8")
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'data' / 'hoidap.db'}")
    made = Proposals(store, Files(tmp_path / "faq", tmp_path / "golden.yaml"), tmp_path / "data")
    yield made
    await made.close()
    await store.close()


async def proposed(desk: Proposals, *edits: Edit, tried: bool = True) -> int:
    """A proposal by Lan; the trial's result is put there, for a real one takes seconds."""
    made = edits or (AddPhrasings(ENTRY, (PHRASING,)),)
    number = await desk.propose(made, author=LAN.name, title="Thêm cách hỏi", clusters=[7])
    if tried:
        await desk.change(await desk.get(number), trial=TRIED)
    return number


def texts(desk: Proposals) -> dict[str, str]:
    return desk.files.read()


async def test_trial_tells_what_would_change(desk: Proposals) -> None:
    """A trial in its process shows the difference, new findings, the effect; then loading is quick."""
    number = await proposed(desk, tried=False)
    with pytest.raises(ProposalError, match="chưa được thử"):
        await desk.publish(number, LAN)
    heard: list[int] = []

    result = await desk.trial(number, lambda percent, _what: heard.append(percent))

    assert f"+      - {PHRASING}" in result["diff"]["vneid.yaml"]
    assert result["errors"] == 0
    assert result["effect"]["golden"]["asked"] == 1
    assert heard[-1] == 100
    assert (await desk.get(number)).trial == result
    await desk.publish(number, LAN)
    refits: list[bool] = []
    load_faq(desk.files.folder, desk.data_dir, fitting=lambda: refits.append(True))
    assert refits == []


async def test_what_was_found_out_once_is_not_found_out_again(tmp_path: Path) -> None:
    """A trial leaves findings and verdicts of both versions; the next one finds the same with them."""
    install(tmp_path)
    old = Files(tmp_path / "faq", tmp_path / "golden.yaml").read()
    changed = {"vneid.yaml": old["vneid.yaml"].replace("quên mật khẩu", "quên mật mã")}
    job = Job(tmp_path / "golden.yaml", tmp_path / "data", old, changed, ["quên mật khẩu vneid"])
    first = tried(job, tmp_path / "first", lambda _percent, _what: None)
    known = replace(job, known=first.known)

    again = tried(known, tmp_path / "again", lambda _percent, _what: None)

    assert again.result == first.result
    before, after = first.known
    assert before.name != after.name
    unlike = replace(before, findings={}, verdicts={})
    other = replace(job, known=[unlike, after])
    found = tried(other, tmp_path / "other", lambda _percent, _what: None)
    assert len(found.result["new"]) == len(after.findings)  # it is used: what it lacks is new


async def test_a_change_that_mends_a_broken_faq_may_be_published(tmp_path: Path) -> None:
    """There is nothing to compare with, and no error."""
    install(tmp_path)
    good = Files(tmp_path / "faq", tmp_path / "golden.yaml").read()
    broken = {**good, "vneid.yaml": good["vneid.yaml"] + "\n  nonsense"}
    mended = {"vneid.yaml": good["vneid.yaml"]}
    job = Job(tmp_path / "golden.yaml", tmp_path / "data", broken, mended, [])
    result = tried(job, tmp_path / "home", lambda _percent, _what: None).result
    assert (result["errors"], result["effect"]) == (0, None)
    assert result["gone"]


async def test_error_of_the_checker_forbids_publishing(desk: Proposals) -> None:
    """A change that would break the FAQ is shown with its error, and cannot be published."""
    number = await proposed(desk, SetFields(ENTRY, {"related": ["khong_co"]}), tried=False)

    result = await desk.trial(number)

    assert result["errors"] == 1
    assert "khong_co" in result["new"][0]["what"]
    assert result["why"].startswith("vneid.yaml:")  # not where it was tried
    with pytest.raises(ProposalError, match="còn 1 lỗi"):
        await desk.publish(number, LAN)


async def test_published_and_taken_back(desk: Proposals) -> None:
    """Publishing writes the files and tells the hooks; one roll back puts every byte back."""
    before = texts(desk)
    heard: list[tuple[str, Published]] = []

    async def published(event: Published) -> None:
        heard.append(("published", event))

    async def rolled_back(event: Published) -> None:
        heard.append(("rolled back", event))

    desk.on_published.append(published)
    desk.on_rolled_back.append(rolled_back)
    number = await proposed(desk)

    await desk.publish(number, LAN)

    assert PHRASING in load(desk.files.folder).entries[ENTRY].phrasings
    assert (await desk.get(number)).published_by == "lan"
    await desk.roll_back(number, MINH)
    assert texts(desk) == before
    assert (await desk.get(number)).state is State.ROLLED_BACK
    assert [(what, event.entries, event.clusters) for what, event in heard] == [
        ("published", (ENTRY,), (7,)),
        ("rolled back", (ENTRY,), (7,)),
    ]


async def test_roll_back_keeps_what_came_after(desk: Proposals) -> None:
    """What others changed elsewhere in the file since then stays; on the same lines it is a conflict."""
    number = await proposed(desk)
    await desk.publish(number, LAN)
    path = desk.files.folder / "vneid.yaml"
    later = path.read_text("utf-8").replace("title: Đổi số điện thoại", "title: Đổi số máy")
    path.write_text(later, encoding="utf-8")

    await desk.roll_back(number, LAN)

    assert PHRASING not in path.read_text("utf-8")
    assert "Đổi số máy" in path.read_text("utf-8")
    other = await proposed(desk)
    await desk.publish(other, LAN)
    path.write_text(path.read_text("utf-8").replace(PHRASING, "câu khác hẳn"), encoding="utf-8")
    with pytest.raises(ConflictError, match="hoàn tác"):
        await desk.roll_back(other, LAN)
    assert "câu khác hẳn" in path.read_text("utf-8")


async def test_file_changed_on_disk_needs_a_new_trial(desk: Proposals) -> None:
    """An editor's change on disk is never overwritten: told, tried again, then both are there."""
    number = await proposed(desk)
    path = desk.files.folder / "vneid.yaml"
    path.write_text("# của tôi\n" + path.read_text("utf-8"), encoding="utf-8")

    with pytest.raises(ConflictError, match="vẫn khớp") as caught:
        await desk.publish(number, LAN)

    assert list(caught.value.theirs) == ["vneid.yaml"]
    assert (await desk.get(number)).state is State.DRAFT
    await desk.trial(number)
    await desk.publish(number, LAN)
    assert path.read_text("utf-8").startswith("# của tôi\n")
    assert PHRASING in path.read_text("utf-8")


async def test_entry_gone_from_disk_is_a_conflict(desk: Proposals) -> None:
    """When the edits fit no more, the proposal stays with all that it holds."""
    number = await proposed(desk)
    path = desk.files.folder / "vneid.yaml"
    path.write_text(path.read_text("utf-8").replace(f"id: {ENTRY}", "id: khac"), encoding="utf-8")

    with pytest.raises(ConflictError, match="không còn khớp"):
        await desk.publish(number, LAN)

    assert (await desk.get(number)).edits == (AddPhrasings(ENTRY, (PHRASING,)),)


async def test_full_disk_changes_no_file(desk: Proposals) -> None:
    """A disk that is full during the writing leaves every file as it was, and says so."""
    number = await proposed(desk, AddPhrasings(ENTRY, (PHRASING,)), AddOutOfScope(("giá xăng",)))
    before = texts(desk)

    def write(files: Files, changed: Any) -> None:
        with full_disk(100):
            Files(files.folder, files.golden).write(changed)

    proposal = await desk.get(number)
    with pytest.raises(ProposalError, match="Không tệp nào bị đổi"):
        write(desk.files, await desk.preview(number))

    assert texts(desk) == before
    assert [path.name for path in desk.files.folder.iterdir() if "part" in path.name] == []
    assert proposal.state is State.DRAFT


async def test_failed_writing_leaves_the_proposal_open(desk: Proposals) -> None:
    """A folder where nothing can be written is told, and publishing can be tried again."""
    number = await proposed(desk)
    path = desk.files.folder / "vneid.yaml"
    before = path.read_bytes()
    broken = Proposals(
        desk.store, BrokenFiles(desk.files.folder, desk.files.golden), desk.data_dir
    )

    with pytest.raises(ProposalError, match="Không ghi được FAQ"):
        await broken.publish(number, LAN)

    assert path.read_bytes() == before
    assert (await desk.get(number)).state is State.DRAFT
    await desk.publish(number, LAN)


class BrokenFiles(Files):
    """A folder that takes no file: its disk is full."""

    def write(self, texts: Any) -> None:
        with full_disk(0):
            Files(self.folder, self.golden).write(texts)


class DyingFiles(Files):
    """Ends after the first file, as a killed process does: nothing is cleaned up."""

    def write(self, texts: Any) -> None:
        name = next(iter(texts))
        Files(self.folder, self.golden).write({name: texts[name]})
        raise _Killed


class _Killed(BaseException):
    pass


async def test_two_publishing_at_once(desk: Proposals) -> None:
    """Of two who publish the same proposal one does it, the other is told."""
    number = await proposed(desk)

    done = await asyncio.gather(
        desk.publish(number, LAN), desk.publish(number, MINH), return_exceptions=True
    )

    assert sorted(type(one).__name__ for one in done) == ["ProposalError", "Published"]


TWO_FILES = (AddPhrasings(ENTRY, (PHRASING,)), AddOutOfScope(("giá xăng",)))


def dying(desk: Proposals) -> Proposals:
    """A process on the same files and rows that is killed between two files."""
    files = DyingFiles(desk.files.folder, desk.files.golden)
    return Proposals(desk.store, files, desk.data_dir)


async def test_crash_between_two_files_is_mended(desk: Proposals) -> None:
    """Half published at the time of a crash, the next start puts back what was written."""
    number = await proposed(desk, *TWO_FILES)
    before = texts(desk)
    with pytest.raises(_Killed):
        await dying(desk).publish(number, LAN)
    assert texts(desk) != before

    assert await desk.recover() == [number]

    assert texts(desk) == before
    assert (await desk.get(number)).state is State.DRAFT
    await desk.publish(number, LAN)


async def test_crash_in_a_roll_back_is_mended(desk: Proposals) -> None:
    """Half taken back, the next start takes back the rest; what others changed there stays."""
    number = await proposed(desk, *TWO_FILES)
    before = texts(desk)
    await desk.publish(number, LAN)
    with pytest.raises(_Killed):
        await dying(desk).roll_back(number, LAN)
    [left] = [name for name, text in texts(desk).items() if text != before[name]]
    path = desk.files.folder / left
    path.write_text(f"# ghi chú\n{path.read_text('utf-8')}", encoding="utf-8")

    assert await desk.recover() == [number]

    assert (await desk.get(number)).state is State.ROLLED_BACK
    assert texts(desk) == before | {left: f"# ghi chú\n{before[left]}"}


async def test_crash_in_a_roll_back_of_lines_that_others_changed(desk: Proposals) -> None:
    """Where it cannot be taken back any more nothing is claimed: it stays published."""
    number = await proposed(desk)
    await desk.publish(number, LAN)
    path = desk.files.folder / "vneid.yaml"
    published = path.read_text("utf-8")
    with pytest.raises(_Killed):
        await dying(desk).roll_back(number, LAN)
    theirs = published.replace(PHRASING, f"{PHRASING} vậy")
    path.write_text(theirs, encoding="utf-8")

    assert await desk.recover() == [number]

    assert (await desk.get(number)).state is State.PUBLISHED
    assert path.read_text("utf-8") == theirs
    with pytest.raises(ConflictError):
        await desk.roll_back(number, LAN)


async def test_second_person_approves(desk: Proposals) -> None:
    """Where two are asked for, nobody approves the own proposal, and nothing goes out unapproved."""
    desk.second_approval = True
    number = await proposed(desk)

    with pytest.raises(ProposalError, match="người khác duyệt"):
        await desk.publish(number, LAN)
    await desk.ask_approval(number, LAN)
    with pytest.raises(ProposalError, match="tự duyệt"):
        await desk.approve(number, LAN)
    await desk.approve(number, MINH)
    await desk.publish(number, LAN)


async def test_revised_by_two_at_once(desk: Proposals) -> None:
    """Who revises an old version is told, and a revision needs a new trial."""
    number = await proposed(desk)
    version = (await desk.get(number)).version

    await desk.revise(number, version, [AddPhrasings(ENTRY, ("câu khác",))], by="lan")

    with pytest.raises(StaleError):
        await desk.revise(number, version, [AddPhrasings(ENTRY, ("câu nữa",))], by="minh")
    with pytest.raises(ProposalError, match="chưa được thử"):
        await desk.publish(number, LAN)


async def test_withdrawn_is_closed(desk: Proposals) -> None:
    """What was given up stays in the list, and can be neither published nor tried."""
    number = await proposed(desk)

    await desk.withdraw(number, LAN)

    assert [row["id"] for row in await desk.list(State.WITHDRAWN)] == [number]
    with pytest.raises(ProposalError, match="không còn mở"):
        await desk.publish(number, LAN)


async def test_edits_that_do_nothing_are_refused(desk: Proposals) -> None:
    """A proposal always changes something, and names what exists."""
    with pytest.raises(ProposalError, match="Không có gì thay đổi"):
        await desk.propose(
            [AddPhrasings(ENTRY, ("quen mat khau vneid",))], author="lan", title="x"
        )
    with pytest.raises(EditError):
        await desk.propose([AddPhrasings("khong_co", ("x",))], author="lan", title="x")


async def test_history_is_a_commit_of_these_files_alone(desk: Proposals) -> None:
    """In a git work tree a publishing is one commit by its official; other changes stay uncommitted."""
    home = desk.files.folder.parent

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(home), "-c", "user.name=x", "-c", "user.email=x", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    git("init", "-q")
    git("add", "faq")
    git("commit", "-qm", "begin")
    number = await proposed(desk)
    other = desk.files.folder / "bhyt.yaml"
    other.write_text(other.read_text("utf-8") + "# đang sửa dở\n", encoding="utf-8")
    await desk.change(await desk.get(number), base=digests(texts(desk)))  # tried with it there

    await desk.publish(number, LAN)

    assert git("log", "-1", "--format=%an %s", "--name-only").split("\n\n") == [
        "lan Thêm cách hỏi",
        "faq/vneid.yaml\n",
    ]
    assert "bhyt.yaml" in git("status", "--short")


async def test_history_without_git_is_kept_in_the_data_folder(desk: Proposals) -> None:
    """Elsewhere both texts of each file are kept in the data folder."""
    await desk.publish(await proposed(desk), LAN)

    (kept,) = (desk.data_dir / "history").iterdir()
    assert PHRASING not in (kept / "before" / "vneid.yaml").read_text("utf-8")
    assert PHRASING in (kept / "after" / "vneid.yaml").read_text("utf-8")


async def test_questions_of_the_last_month_are_asked_again(desk: Proposals) -> None:
    """Each question once, the newest first, none older than was asked for."""
    moments = (("cũ", 40), ("hỏi một", 3), ("hỏi hai", 2), ("hỏi một", 1))
    now = datetime(2026, 11, 26, tzinfo=UTC)
    for text, days in moments:
        await desk.store.add_turn(
            TurnRecord(
                at=now - timedelta(days=days),
                channel="web",
                user_key="k",
                content=Content.TEXT,
                text=text,
                normalised=text,
                status=Status.ANSWERED,
                latency_ms=1,
            )
        )

    asked = await desk.store.read(lambda c: recent_questions(c, now - timedelta(days=30), 100))

    assert list(asked) == ["hỏi một", "hỏi hai"]


async def test_a_later_change_does_not_undo_an_earlier_one(desk: Proposals) -> None:
    """Facets are compared one by one; the same one changed twice is a clash, told with its place."""
    old = {"steps": ["Mở VNeID."], "fee": "Không mất tiền."}
    await desk.publish(await proposed(desk, SetFields(ENTRY, {"facets": old})), LAN)
    fee = SetFields(ENTRY, {"facets": {**old, "fee": "10.000 đồng."}}, {"facets": old})
    steps = SetFields(ENTRY, {"facets": {**old, "steps": ["Gọi 1900."]}}, {"facets": old})
    clash = SetFields(ENTRY, {"facets": {**old, "fee": "20.000 đồng."}}, {"facets": old})
    numbers = [await proposed(desk, edit) for edit in (fee, steps, clash)]
    await desk.publish(numbers[0], LAN)
    written = await desk.preview(numbers[1])
    assert "10.000 đồng." in written["vneid.yaml"]
    assert "Gọi 1900." in written["vneid.yaml"]
    with pytest.raises(EditError, match="đã có người khác sửa cùng chỗ này"):
        await desk.preview(numbers[2])


async def test_erased_words_are_erased_in_trials_too(desk: Proposals) -> None:
    """A trial keeps the numbers of citizens' turns; their words are read when they are shown."""
    turn = TurnRecord(
        datetime.now(UTC), "web", "lan", Content.TEXT, PHRASING, PHRASING, Status.UNKNOWN_WEAK
    )
    await desk.store.add_turn(turn)
    number = await proposed(desk, tried=False)
    result = await desk.trial(number)
    (change,) = result["effect"]["recent"]["changes"]
    assert PHRASING not in str(result["effect"])

    async def words() -> str:
        told = await desk.trials.told((await desk.get(number)).trial)
        assert told
        return str(told["effect"]["recent"]["changes"][0]["text"])

    assert change["turn"]
    assert await words() == PHRASING
    await desk.store.erase("lan")
    assert "đã được xóa" in await words()


async def test_a_roll_back_that_would_break_the_faq_is_refused(desk: Proposals) -> None:
    """What came later needs the entry: the FAQ stays one that the bot can start with."""
    entry = {
        "id": "vneid_moi",
        "title": "Mục mới về VNeID",
        "phrasings": ["mục mới vneid"],
        "answer": "Bạn mở VNeID.",
    }
    first = await proposed(desk, NewEntry("vneid", entry))
    await desk.publish(first, LAN)
    second = await proposed(desk, SetFields(ENTRY, {"related": ["vneid_moi"]}))
    await desk.publish(second, LAN)
    with pytest.raises(ProposalError, match="FAQ sẽ không đọc được nữa"):
        await desk.roll_back(first, LAN)
    assert (await desk.get(first)).state is State.PUBLISHED
    load(desk.files.folder)
    await desk.roll_back(second, LAN)
    await desk.roll_back(first, LAN)


async def test_an_approval_is_of_what_was_seen(desk: Proposals) -> None:
    """Tried on other files it shows another difference: it waits for an approval again."""
    number = await proposed(desk)
    await desk.approve(number, MINH)
    path = desk.files.folder / "vneid.yaml"
    path.write_text(f"# khác\n{path.read_text('utf-8')}", "utf-8")
    await desk.trial(number)
    again = await desk.get(number)
    assert (again.state, again.approved_by) == (State.WAITING, None)


async def test_who_waits_hears_of_a_publishing_though_the_trail_fails(desk: Proposals) -> None:
    """A full disk must not leave clusters open that are answered."""
    heard: list[int] = []

    async def hear(told: Published) -> None:
        heard.append(told.proposal)

    class Full:
        async def note(self, *_: object, **__: object) -> None:
            raise OSError("đĩa đầy")

    number = await proposed(desk)
    desk.on_published.append(hear)
    desk.trail = Full()
    with pytest.raises(OSError, match="đĩa đầy"):
        await desk.publish(number, LAN)
    assert heard == [number]
