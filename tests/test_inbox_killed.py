"""kill -9 at every stage of a message's way: nothing is lost, no turn is stored twice."""

from __future__ import annotations

import asyncio
import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.fakes.platform import Platform
from tests.test_inbox import at_work

ROOT = Path(__file__).parent.parent
PEOPLE = [f"p{number}" for number in range(3)]
SAID = ["một câu hỏi", "hai câu hỏi", "ba câu hỏi"]

# The program, on its way to be killed: the nth time something is done, before or after it.
CHILD = """
import asyncio, json, os, signal, sys
from pathlib import Path
from bot.store import Store
from tests.fakes.platform import Platform
from tests.test_inbox import PASSWORD, at_work
from tests.test_inbox_killed import PEOPLE, SAID

path, stage, number, moment = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
done = 0

def dying(original):
    async def do(self, *arguments):
        global done
        done += 1
        last = done == number
        if last and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = await original(self, *arguments)
        if stage == "send":
            address, payload = arguments
            print(json.dumps(["sent", address, payload["turn"]]), flush=True)
        if last and moment == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return do

if stage == "send":
    Platform.send = dying(Platform.send)

async def main():
    async with at_work(path, Platform(parts=2)) as post:
        if stage == "write":
            Store.write = dying(Store.write)
        async def talk(user):
            for text in SAID:
                await post.say(text, user, f"{user} {text}")
                print(json.dumps(["taken", user, text]), flush=True)
                await asyncio.sleep(0.01)
        await asyncio.gather(*map(talk, PEOPLE))
        await post.quiet()
        print(json.dumps(["finished", "", ""]), flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize(
    ("stage", "number"),
    [
        ("write", 1),
        ("write", 3),
        ("write", 6),
        ("write", 11),
        ("write", 20),
        ("send", 1),
        ("send", 5),
    ],
)
def test_a_killed_process_loses_no_message_and_repeats_no_turn(
    tmp_path: Path, stage: str, number: int, moment: str
) -> None:
    """What was taken is answered after the restart; the platform delivers again what was not."""
    path = tmp_path / "hoidap.db"
    command = [sys.executable, "-c", CHILD, str(path), stage, str(number), moment]
    killed = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    lines = killed.stdout.splitlines()
    told = [json.loads(line) for line in lines if line.startswith("[")]
    taken = {(user, text) for kind, user, text in told if kind == "taken"}
    sent = [(address, turn) for kind, address, turn in told if kind == "sent"]
    platform = Platform(parts=2)

    async def restart() -> set[tuple[str, str]]:
        async with at_work(path, platform) as post:
            known = set()
            for text in SAID:
                for user in PEOPLE:
                    if not await post.say(text, user, f"{user} {text}"):
                        known.add((user, text))
            await post.quiet()
            return known

    known = asyncio.run(restart())
    assert taken <= known
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        people = database.execute(
            "SELECT group_concat(text, '|') FROM (SELECT * FROM turns ORDER BY id) GROUP BY user_key"
        ).fetchall()
    assert people == [("|".join(SAID),)] * len(PEOPLE)
    if stage == "send":
        everything = [*sent, *((a, turn) for a, turns in platform.turns.items() for turn in turns)]
        repeated = len(everything) - 2 * len(SAID) * len(PEOPLE)
        assert 0 <= repeated <= 16  # what was being sent when the process died
    for user in PEOPLE:
        after = platform.turns[f"chat-{user}"]
        assert after == sorted(after)
