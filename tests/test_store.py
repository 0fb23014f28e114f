"""What `bot.store` promises, on real SQLite files: nothing is lost, and faults explain themselves."""

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import SQLAlchemyError

from bot.messages import Choice, Content, Status
from bot.store import (
    Store,
    StoreError,
    TurnRecord,
    inbox,
    migrations,
    office_schema,
    outbox,
)
from bot.store.inbox import Received
from bot.store.outbox import Outgoing
from bot.store.records import verdict_from_json, verdict_to_json
from bot.store.review_schema import clusters, flagged, questions, subscriptions
from bot.store.schema import metadata
from intents.verdict import Answer, Candidate, Clarify, Reason, Unknown
from tests.asked_in_vain import asked_in_vain
from tests.full_disk import full_disk

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NEAREST = Candidate("cccd_mat", 0.31, {"words": 0.5, "letters": 12.0})
TURN = TurnRecord(
    at=NOON,
    channel="web",
    user_key="lan",
    content=Content.TEXT,
    text="Mất căn cước [số giấy tờ]?",
    normalised="mat can cuoc",
    status=Status.UNKNOWN_WEAK,
    entry=None,
    choice=None,
    offered=(Choice("e:cccd_mat", "Mất thẻ căn cước"),),
    verdict=Unknown(Reason.WEAK, (NEAREST,)),
    latency_ms=12.5,
)

MESSAGE = Received("telegram", "m1", "lan", Content.TEXT, "Mất thẻ?", False, None, "gAAA")
SENDING = Outgoing(1, 1, "telegram", "lan", "gAAA", {"text": "Làm lại."})


def url_of(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hoidap.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(url_of(path), busy_seconds=0.2)
    yield opened
    await opened.close()


@pytest.fixture
def strict_folder() -> Iterator[Path]:
    """A folder of an ordinary user: file modes mean nothing to root, who often runs tests."""
    folder = Path(tempfile.mkdtemp())
    me = os.geteuid()
    if me == 0:
        os.chown(folder, 65534, -1)
        os.seteuid(65534)
    yield folder
    os.seteuid(me)
    folder.chmod(0o700)
    shutil.rmtree(folder)


async def opened_and_closed(path: Path) -> None:
    await (await Store.open(url_of(path), busy_seconds=0.1)).close()


def make(path: Path) -> None:
    asyncio.run(opened_and_closed(path))


def failure(path: Path) -> str:
    with pytest.raises(StoreError) as caught:
        make(path)
    return str(caught.value)


# Turns


@pytest.mark.parametrize(
    "turn",
    [
        TURN,
        replace(TURN, verdict=None, offered=(), text="", normalised=""),
        replace(TURN, entry="cccd_mat", status=Status.ANSWERED, verdict=Answer("x", (NEAREST,))),
        replace(TURN, content=Content.CHOICE, choice="e:cccd_mat", status=Status.CHOSEN),
    ],
)
async def test_a_turn_comes_back_as_it_went_in(store: Store, turn: TurnRecord) -> None:
    """Every field survives the database."""
    await store.add_turn(turn)
    assert await store.last_turn("lan") == turn


@pytest.mark.parametrize("status", Status)
async def test_every_status_can_be_stored(store: Store, status: Status) -> None:
    """No outcome of a turn is left out."""
    await store.add_turn(replace(TURN, status=status))
    assert await store.last_turn("lan") == replace(TURN, status=status)


async def test_the_last_turn_is_the_persons_own_newest(store: Store) -> None:
    """The conversation goes on from this person's newest turn and nobody else's."""
    await store.add_turn(replace(TURN, text="một"))
    await store.add_turn(replace(TURN, text="hai"))
    await store.add_turn(replace(TURN, text="ba", user_key="minh"))
    last = await store.last_turn("lan")
    assert last is not None
    assert last.text == "hai"
    assert await store.last_turn("hoa") is None


@pytest.mark.parametrize(
    "change",
    [
        "status = 'of:tomorrow'",
        """offered = '[{"id": "e:x"}]'""",
        """verdict = '{"kind": "hunch", "ranking": []}'""",
    ],
)
async def test_a_turn_of_a_newer_program_ends_no_conversation(
    store: Store, path: Path, change: str
) -> None:
    """Whoever goes back a version goes on answering the same people."""
    number = await store.add_turn(TURN)
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(f"UPDATE turns SET {change}")  # noqa: S608
    assert await store.last_turn("lan") is None
    assert await store.add_turn(replace(TURN, text="Hỏi tiếp")) == number + 1


async def test_moments_are_kept_in_utc(store: Store, path: Path) -> None:
    """A moment of any zone is stored in UTC and comes back aware."""
    hanoi = datetime(2026, 11, 22, 19, 0, tzinfo=timezone(timedelta(hours=7)))
    await store.add_turn(replace(TURN, at=hanoi))
    last = await store.last_turn("lan")
    assert last is not None
    assert (last.at, last.at.tzinfo) == (NOON, UTC)
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT at FROM turns").fetchone() == ("2026-11-22 12:00:00.000000",)


async def test_text_that_no_database_takes_is_stored_all_the_same(store: Store) -> None:
    """NUL and halves of characters become replacement signs; the turn is not lost."""
    await store.add_turn(replace(TURN, text="a\0b\ud800c", normalised="\0", choice="\ud800"))
    last = await store.last_turn("lan")
    assert last is not None
    assert (last.text, last.normalised, last.choice) == ("a\ufffdb?c", "\ufffd", "?")


async def test_the_number_of_an_erased_turn_is_not_given_again(store: Store, path: Path) -> None:
    """Late feedback can never land on another person's turn."""
    first = await store.add_turn(TURN)
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("DELETE FROM turns")
    assert await store.add_turn(TURN) == first + 1


async def test_two_hundred_turns_at_once_are_all_stored(store: Store) -> None:
    """Writers queue inside the process: none of them finds the database locked."""
    turns = [replace(TURN, user_key=f"người {n}") for n in range(200)]
    ids = await asyncio.gather(*(store.add_turn(turn) for turn in turns))
    assert len(set(ids)) == 200
    assert await asyncio.gather(*(store.last_turn(turn.user_key) for turn in turns)) == turns


async def test_two_programs_write_side_by_side(path: Path) -> None:
    """Two processes on one file wait for each other."""
    both = [await Store.open(url_of(path), busy_seconds=60) for _ in range(2)]
    writes = [one.add_turn(TURN) for one in both for _ in range(30)]
    assert len(set(await asyncio.gather(*writes))) == 60
    for one in both:
        await one.close()


async def test_a_cancelled_write_leaves_the_store_working(store: Store) -> None:
    """A visitor who goes away in the middle of a write does not block the others."""
    for wait in range(40):
        task = asyncio.create_task(store.add_turn(TURN))
        for _ in range(wait):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    after = await store.add_turn(replace(TURN, text="sau cùng"))
    assert after > 0
    last = await store.last_turn("lan")
    assert last is not None
    assert last.text == "sau cùng"


# Verdicts

TEXTS = st.text(min_size=1, max_size=8)
CANDIDATES = st.builds(
    Candidate,
    TEXTS,
    st.floats(0, 1),
    st.dictionaries(TEXTS, st.floats(allow_nan=False, allow_infinity=False), max_size=3),
)
RANKINGS = st.lists(CANDIDATES, max_size=4).map(tuple)


@given(
    st.one_of(
        st.builds(Answer, TEXTS, RANKINGS, st.lists(TEXTS, max_size=3).map(tuple)),
        st.builds(Clarify, st.lists(TEXTS, max_size=4).map(tuple), RANKINGS),
        st.builds(Unknown, st.sampled_from(Reason), RANKINGS),
    )
)
def test_a_verdict_survives_json(verdict: Answer | Clarify | Unknown) -> None:
    """Nothing of a verdict is lost on its way to the database and back."""
    assert verdict_from_json(verdict_to_json(verdict)) == verdict


def test_a_verdict_has_a_readable_form() -> None:
    """What stands in the database can be read by people and other programs."""
    assert verdict_to_json(Unknown(Reason.WEAK, (NEAREST,))) == {
        "kind": "unknown",
        "reason": "weak",
        "ranking": [
            {"entry": "cccd_mat", "score": 0.31, "parts": {"words": 0.5, "letters": 12.0}}
        ],
    }
    assert verdict_to_json(Answer("a", (), ("fee", "where"))) == {
        "kind": "answer",
        "reason": None,
        "entry": "a",
        "asked": ["fee", "where"],
        "ranking": [],
    }
    assert verdict_to_json(Clarify(("a", "b"), ())) == {
        "kind": "clarify",
        "reason": None,
        "choices": ["a", "b"],
        "ranking": [],
    }


def test_an_answer_stored_before_facets_were_asked_for_is_read() -> None:
    """Turns of an earlier version stay readable."""
    old = json.loads('{"kind": "answer", "reason": null, "entry": "a", "ranking": []}')
    assert verdict_from_json(old) == Answer("a", ())


def test_a_verdict_of_another_kind_is_refused() -> None:
    """Foreign JSON is not taken for a verdict."""
    with pytest.raises(ValueError, match="no such kind of verdict: oracle"):
        verdict_from_json({"kind": "oracle", "ranking": []})


# Feedback


async def test_the_second_opinion_replaces_the_first(store: Store, path: Path) -> None:
    """A person may change their mind; one opinion is kept for each turn."""
    turn = await store.add_turn(TURN)
    assert await store.rate(turn, user_key="lan", useful=True, at=NOON)
    assert await store.rate(turn, user_key="lan", useful=False, at=NOON)
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT turn_id, useful FROM feedback").fetchall() == [(turn, 0)]


async def test_only_an_own_turn_can_be_rated(store: Store, path: Path) -> None:
    """Nobody rates another's turn, or one that does not exist."""
    turn = await store.add_turn(TURN)
    assert not await store.rate(turn, user_key="minh", useful=True, at=NOON)
    assert not await store.rate(turn + 1, user_key="lan", useful=True, at=NOON)
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT * FROM feedback").fetchall() == []


async def test_ratings_at_once_leave_one(store: Store, path: Path) -> None:
    """An impatient finger on the button does no harm."""
    turn = await store.add_turn(TURN)
    rates = [store.rate(turn, user_key="lan", useful=n % 2 == 0, at=NOON) for n in range(40)]
    assert await asyncio.gather(*rates) == [True] * 40
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT count(*) FROM feedback").fetchone() == (1,)


# Erasing


async def test_a_person_is_forgotten_and_nobody_else(store: Store, path: Path) -> None:
    """Turns go with their feedback, and their number is told; others keep both."""
    for user in ("lan", "minh", "lan"):
        turn = await store.add_turn(replace(TURN, user_key=user))
        assert await store.rate(turn, user_key=user, useful=False, at=NOON)
    assert await store.erase("lan") == 2
    assert await store.last_turn("lan") is None
    assert await store.last_turn("minh") == replace(TURN, user_key="minh")
    assert await asked_in_vain(store, NOON) == [("mat can cuoc", "unknown:weak")]
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT turn_id FROM feedback").fetchall() == [(2,)]


async def test_who_is_not_known_can_be_forgotten(store: Store) -> None:
    """Erasing twice, or somebody who never wrote, is no fault."""
    await store.add_turn(TURN)
    assert await store.erase("hoa") == 0
    assert await store.erase("lan") == 1
    assert await store.erase("lan") == 0
    await store.add_turn(TURN)
    assert await store.last_turn("lan") == TURN


def review(connection: Connection, turn: int) -> None:
    """Flag a turn for the reviewers, and have its person wait for an answer."""
    counted = {"turns": 1, "people": 1, "last_at": NOON, "likely": []}
    cluster = {
        "id": 1,
        "version": 1,
        "state": "open",
        "title": "hỏi",
        "first_at": NOON,
        "trend": 1,
    }
    cluster |= {"rank": 1, "channels": {}, "reasons": {}} | counted
    connection.execute(clusters.insert().values(cluster))
    question = {"id": 1, "cluster_id": 1, "key": "k", "text": "hỏi", "folded": "hoi"} | counted
    connection.execute(questions.insert().values(question))
    person = {"turn_id": turn, "user_key": "lan", "channel": "web", "at": NOON}
    connection.execute(flagged.insert().values(person | {"question_id": 1, "reason": "feedback"}))
    connection.execute(subscriptions.insert().values(person))


async def test_every_table_that_names_people_forgets_them(store: Store, path: Path) -> None:
    """A table with a person's key, or what hangs on it, must not be left out of the erasing."""
    turn = await store.add_turn(TURN)
    await store.rate(turn, user_key="lan", useful=True, at=NOON)
    await store.write(lambda connection: inbox.add(connection, MESSAGE, NOON))
    await store.write(lambda connection: outbox.add(connection, [SENDING], NOON))
    await store.write(lambda connection: review(connection, turn))
    naming = [name for name, table in metadata.tables.items() if "user_key" in table.columns]
    assert sizes(path, naming, "user_key = 'lan'") == dict.fromkeys(naming, 1)
    await store.erase("lan")
    assert sizes(path, naming, "user_key = 'lan'") == dict.fromkeys(naming, 0)
    assert sizes(path, ["feedback"]) == {"feedback": 0}
    # That something was delivered stays known, so that it is not answered again; not by whom.
    assert sizes(path, ["inbox"], "user_key = '' AND text IS NULL") == {"inbox": 1}
    assert await store.write(lambda connection: inbox.add(connection, MESSAGE, NOON)) is None


def sizes(path: Path, tables: list[str], condition: str = "1") -> dict[str, int]:
    """How many rows of tables are so."""
    with closing(sqlite3.connect(path)) as file:
        return {
            name: file.execute(f"SELECT count(*) FROM {name} WHERE {condition}").fetchone()[0]  # noqa: S608
            for name in tables
        }


async def test_an_erasing_that_fails_erases_nothing(path: Path) -> None:
    """All or nothing: a person never keeps half of what they had."""
    store = await Store.open(url_of(path), busy_seconds=0.1)
    await store.rate(await store.add_turn(TURN), user_key="lan", useful=True, at=NOON)
    await store.add_turn(replace(TURN, text="sau"))
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(
            "CREATE TRIGGER stop BEFORE DELETE ON turns WHEN old.text = 'sau' "
            "BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    with pytest.raises(StoreError):
        await store.erase("lan")
    assert sizes(path, ["turns", "feedback"]) == {"turns": 2, "feedback": 1}
    await store.close()


# Files


async def test_everything_is_there_after_reopening(path: Path) -> None:
    """Closing and opening loses nothing and migrates nothing twice."""
    first = await Store.open(url_of(path))
    await first.add_turn(TURN)
    await first.close()
    again = await Store.open(url_of(path))
    assert await again.last_turn("lan") == TURN
    await again.close()


def test_the_folder_is_made_for_the_owner_alone(tmp_path: Path) -> None:
    """A fresh installation needs no preparation, and others cannot read citizens' questions."""
    make(tmp_path / "dữ liệu" / "100%" / "hoidap.db")
    assert (tmp_path / "dữ liệu" / "100%").stat().st_mode & 0o777 == 0o700


async def test_the_files_are_the_owners_alone_in_any_folder(store: Store, path: Path) -> None:
    """A folder that was there before may be open to others."""
    await store.add_turn(TURN)
    assert {file.name: file.stat().st_mode & 0o777 for file in path.parent.glob("*.db*")} == {
        f"{path.name}{end}": 0o600 for end in ("", "-wal", "-shm")
    }


def test_a_disk_without_room_for_the_index_of_the_log_is_full(path: Path) -> None:
    """To SQLite it is a disk that fails; nobody should restore a backup for that."""
    with full_disk(20_000), pytest.raises(StoreError, match="hết chỗ trên đĩa"):
        make(path)
    make(path)


async def test_migrations_lead_to_the_schema(store: Store, path: Path) -> None:
    """A database made by the migrations is the one that the program expects."""
    del store
    assert office_schema.accounts.metadata is metadata
    versions = Path(migrations.__file__).with_name("versions").glob("v[0-9]*.py")
    assert max(file.name[1:5] for file in versions) == migrations.NEWEST
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


async def test_the_connection_is_set_up_for_safety(store: Store) -> None:
    """Committed means on the disk, erased means overwritten, readers do not wait for writers."""
    names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
    with store._engine.connect() as connection:
        got = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]
    assert got == ["wal", 2, 1, 1, 200]


async def test_programs_that_start_together_migrate_once(path: Path) -> None:
    """Several processes may open a new file at the same moment."""
    stores = await asyncio.gather(*(Store.open(url_of(path)) for _ in range(5)))
    for one in stores:
        await one.add_turn(TURN)
        await one.close()


KILLED = """
import asyncio, sys
from dataclasses import replace
from bot.store import Store
from tests.test_store import TURN

async def main():
    store = await Store.open(sys.argv[1])
    async def work(worker):
        for n in range(100_000):
            text = f"{worker}-{n}"
            await store.add_turn(replace(TURN, text=text))
            print(text, flush=True)
    await asyncio.gather(*(work(worker) for worker in range(4)))

asyncio.run(main())
"""


def test_a_killed_process_loses_no_acknowledged_turn(path: Path) -> None:
    """After SIGKILL in the middle of writes, each acknowledged turn is there exactly once."""
    command = [sys.executable, "-c", KILLED, url_of(path)]
    root = Path(__file__).parent.parent
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        acknowledged = [process.stdout.readline().strip() for _ in range(150)]
        process.send_signal(signal.SIGKILL)
        acknowledged += [line.strip() for line in process.stdout if line.endswith("\n")]
    assert process.returncode == -signal.SIGKILL
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        stored = [text for (text,) in file.execute("SELECT text FROM turns")]
    assert len(stored) == len(set(stored))
    assert set(acknowledged) <= set(stored)
    assert len(set(stored) - set(acknowledged)) <= 4  # at most the write under way, by worker


# Faults


@pytest.mark.parametrize(
    "url",
    [
        "hoidap.db",
        "",
        "sqlite:///hoidap.db",
        "sqlite+aiosqlite://",
        "sqlite+aiosqlite:///:memory:",
    ],
)
async def test_an_unusable_address_is_refused(url: str) -> None:
    """An address that would lose turns or need another driver is named, with the right form."""
    with pytest.raises(StoreError) as caught:
        await Store.open(url)
    assert str(caught.value) == (
        "Địa chỉ kho dữ liệu không dùng được. "
        "Hãy ghi dạng sqlite+aiosqlite:///đường/dẫn/tới/hoidap.db."
    )


def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    """The operator reads which folder, and what to do."""
    (tmp_path / "tệp").write_text("không phải thư mục")
    message = failure(tmp_path / "tệp" / "con" / "hoidap.db")
    assert message == (
        f"Không tạo được thư mục {tmp_path}/tệp/con cho kho dữ liệu (Not a directory). Hãy tạo "
        "sẵn thư mục và cấp quyền ghi cho tài khoản chạy hoidap, hoặc chọn chỗ khác."
    )


def test_a_folder_that_cannot_be_written_is_explained(strict_folder: Path) -> None:
    """A new file needs a writable folder."""
    strict_folder.chmod(0o500)
    message = failure(strict_folder / "hoidap.db")
    assert message == (
        f"Kho dữ liệu {strict_folder}/hoidap.db không mở được. Hãy kiểm tra đường dẫn (phải là "
        "tệp), và quyền ghi thư mục của tài khoản chạy hoidap."
    )


def test_a_read_only_file_is_explained(strict_folder: Path) -> None:
    """A file that cannot be written is found out when it is opened, not with a question."""
    path = strict_folder / "hoidap.db"
    make(path)
    path.chmod(0o400)
    message = failure(path)
    assert message == (
        f"Kho dữ liệu {path} chỉ cho đọc, không ghi được. Hãy cấp quyền ghi tệp và thư mục chứa "
        "nó cho tài khoản chạy hoidap (chown, chmod u+w)."
    )


def test_a_folder_in_place_of_the_file_is_explained(path: Path) -> None:
    """A path that is a folder is no database."""
    path.mkdir()
    assert "không mở được. Hãy kiểm tra đường dẫn (phải là tệp)" in failure(path)


DAMAGED = (
    "không phải cơ sở dữ liệu SQLite hoặc đã hỏng. Hãy dời tệp này (cùng tệp -wal, -shm) sang "
    "chỗ khác để giữ lại, rồi phục hồi bản sao lưu."
)


def test_a_file_of_another_kind_is_left_alone(path: Path) -> None:
    """What is not a database is reported and not overwritten."""
    path.write_text("Đây là một bức thư, không phải cơ sở dữ liệu.\n" * 100)
    before = path.read_bytes()
    assert failure(path) == f"Kho dữ liệu {path} {DAMAGED}"
    assert path.read_bytes() == before


def test_a_damaged_file_is_explained(path: Path) -> None:
    """A database whose first pages were overwritten is reported as damaged."""
    make(path)
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 3996)
    assert failure(path) == f"Kho dữ liệu {path} {DAMAGED}"


def test_a_truncated_file_is_explained(path: Path) -> None:
    """A database that was only half copied is reported as damaged."""
    make(path)
    os.truncate(path, 8192)
    assert failure(path) == f"Kho dữ liệu {path} {DAMAGED}"


LOCKED = (
    "đang bị chương trình khác khóa. Hãy đóng chương trình đang mở tệp (công cụ xem SQLite, sao "
    "lưu, bản hoidap khác) rồi thử lại."
)


def test_a_file_locked_by_another_program_is_explained(path: Path) -> None:
    """Opening waits a while, then says who is in the way; afterwards it works."""
    make(path)
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        assert failure(path) == f"Kho dữ liệu {path} {LOCKED}"
    make(path)


async def test_a_lock_in_normal_work_is_explained_and_passes(store: Store, path: Path) -> None:
    """A turn that cannot be written is an error, not silence; the next one is stored."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError) as caught:
            await store.add_turn(TURN)
        assert str(caught.value) == f"Kho dữ liệu {path} {LOCKED}"
        assert await store.last_turn("lan") is None
        other.execute("ROLLBACK")
    await store.add_turn(TURN)
    assert await store.last_turn("lan") == TURN


async def test_nothing_is_written_to_a_file_that_is_gone(store: Store, path: Path) -> None:
    """The system would take it, and nobody would find it again; back in its place it is used."""
    await store.add_turn(TURN)
    path.rename(path.with_suffix(".old"))
    with pytest.raises(StoreError, match="đã bị xóa, dời hoặc thay"):
        await store.add_turn(TURN)
    path.write_bytes(b"")
    with pytest.raises(StoreError, match="đã bị xóa, dời hoặc thay"):
        await store.add_turn(TURN)
    path.with_suffix(".old").replace(path)
    assert await store.add_turn(TURN) == 2


def test_a_file_of_a_newer_program_is_left_alone(path: Path) -> None:
    """An older program does not touch what it does not know."""
    make(path)
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
    assert failure(path) == (
        "Kho dữ liệu do phiên bản hoidap mới hơn ghi (lược đồ 9999). Hãy cài phiên bản hoidap mới "
        "nhất, hoặc phục hồi bản sao lưu làm trước khi nâng cấp."
    )


PRIVATE = "chuyện riêng của tôi"


async def test_a_fault_never_tells_what_a_citizen_wrote(store: Store, path: Path) -> None:
    """Neither the message nor the whole traceback holds the values of a statement."""
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("DROP TABLE turns")
    with pytest.raises(StoreError) as caught:
        await store.add_turn(replace(TURN, text=PRIVATE))
    assert str(caught.value) == (
        f"Kho dữ liệu {path} gặp lỗi bất ngờ (OperationalError: no such table: turns). "
        "Hãy khởi động lại hoidap; nếu còn lặp lại, chạy hoidap doctor và báo cho người phát triển."
    )
    assert isinstance(caught.value.__cause__, SQLAlchemyError | sqlite3.Error)
    assert PRIVATE not in "".join(traceback.format_exception(caught.value))


async def test_a_failed_write_leaves_nothing_half_done(store: Store, path: Path) -> None:
    """Feedback is replaced whole or not at all."""
    turn = await store.add_turn(TURN)
    await store.rate(turn, user_key="lan", useful=True, at=NOON)
    with pytest.raises(StoreError):
        await store.rate(turn, user_key="lan", useful=False, at=datetime(2026, 1, 1))  # noqa: DTZ001  (a moment without a zone is the fault)
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT useful FROM feedback").fetchall() == [(1,)]


async def test_a_closed_store_says_so(path: Path) -> None:
    """A store does not quietly open again; closing waits for what is being written."""
    store = await Store.open(url_of(path))
    writes = [asyncio.create_task(store.add_turn(TURN)) for _ in range(3)]
    await asyncio.sleep(0)
    await store.close()
    done = await asyncio.gather(*writes, return_exceptions=True)
    with closing(sqlite3.connect(path)) as file:
        stored = [key for (key,) in file.execute("SELECT id FROM turns")]
    assert [one for one in done if isinstance(one, int)] == stored
    with pytest.raises(StoreError, match=r"đã đóng\. Hãy khởi động lại hoidap"):
        await store.last_turn("lan")
