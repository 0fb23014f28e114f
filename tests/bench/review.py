"""Part 7: a backlog of unanswered turns: the first pass over it, the queue's pages, a change of the FAQ.

The pages are opened as a browser does, through the console. Beside them stands what they would cost
without the tables of the review: the same turns counted by their words when the page is opened.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from rich.table import Table
from sqlalchemy import Connection, Engine, distinct, event, func, select

from bot.console.office import Role
from bot.console.queue import QueueArea
from bot.messages import Content, Status
from bot.review.intake import Intake
from bot.review.places import Places
from bot.review.recheck import Recheck
from bot.store import TurnRecord
from bot.store.review_schema import clusters
from bot.store.schema import turns
from intents.noise import Noise, NoiseMaker
from intents.verdict import Reason, Unknown
from tests.bench.timing import in_fresh_process, megabytes
from tests.faq import QUESTIONS, repository_faq
from tests.officials import client, opened

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from rich.console import Console

    from bot.console.office import Office
    from bot.store import Store
    from tests.officials import Client

TURNS = 100_000
NOW = datetime(2026, 11, 25, 5, tzinfo=UTC)
_DAYS, _PEOPLE = 60, 30_000
_OPENED = 7  # times that a page is opened
_SLICE = 500
_PAGES = {
    "first page": "",
    "page 50": "?trang=50",
    "one channel": "?kenh=web",
    "one reason": "?ly_do=unknown:weak",
    "one topic": "?chu_de=vneid",
    "words": "?q=quên+mật+khẩu",
    "every state": "?trang_thai=tat_ca",
    "a cluster": "/1",
    "its nearest": "/1/gan",
}


def measure(console: Console) -> None:
    """In a process of its own, so that the memory is its own too."""
    with console.status(f"{TURNS:,} unanswered turns …"):
        found = in_fresh_process("tests.bench.review", str(TURNS))
    console.rule(f"Review: {TURNS:,} unanswered turns")
    table = Table("page", "median ms", "slowest ms", "against counting at once", box=None)
    for name, (median, slowest) in found["pages"].items():
        faster = f"{found['counting'] / median:.1f} × speed"
        table.add_row(name, f"{median:.0f}", f"{slowest:.0f}", faster)
    console.print(table)
    console.print(
        f"First pass {found['first']:.0f} s into {found['clusters']:,} clusters, the longest write "
        f"{found['write']:.0f} ms; the next pass {found['next']:.2f} s; restored after a start in "
        f"{found['restored']:.0f} s; a recheck after a change of the FAQ {found['recheck']:.0f} s; "
        f"counting at once {found['counting']:.0f} ms; {found['peak']:.0f} MB at the peak."
    )


async def hurry(number: int) -> dict[str, object]:
    """Make so many turns, and do with them what the bot and its reviewers do."""
    faq = repository_faq()
    with tempfile.TemporaryDirectory() as folder:
        async with opened(Path(folder), now=lambda: NOW, faq=repository_faq) as office:
            store = office.store
            await _fill(store, number)
            longest = _longest_write()
            places = Places(lambda: faq.knowledge)
            first = await _seconds(lambda: Intake(store, places=places).run(NOW))
            again = await _seconds(lambda: Intake(store, places=places).run(NOW))
            write = longest[0]
            restored = await _seconds(
                lambda: Places(lambda: faq.knowledge).refresh(store, NOW + timedelta(days=1))
            )
            pages = await _pages(office)
            counting = await _seconds(lambda: store.read(_counted_at_once, long=True))
            recheck = await _seconds(Recheck(store, repository_faq, lambda: NOW).run)
            return {
                "first": first,
                "next": again,
                "write": write * 1000,
                "restored": restored,
                "pages": pages,
                "counting": counting * 1000,
                "recheck": recheck,
                "clusters": await store.read(_clusters),
                "peak": megabytes()["peak"],
            }


async def _pages(office: Office) -> dict[str, tuple[float, float]]:
    viewer = await client(office, [QueueArea(office, office.review)], Role.REVIEWER)
    found = {}
    await office.review.near(1)  # the first time it is restored, as told above
    for name, path in _PAGES.items():
        times = [
            await _seconds(lambda at=path: _open(viewer, at))  # type: ignore[misc]  # of this turn
            for _ in range(_OPENED)
        ]
        found[name] = (statistics.median(times) * 1000, max(times) * 1000)
    return found


async def _open(viewer: Client, path: str) -> None:
    answer = await viewer.get(f"/quan-tri/cau-hoi{path}")
    assert answer.status_code == 200, answer.text


async def _seconds(do: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    await do()
    return time.perf_counter() - started


def _longest_write() -> list[float]:
    """Seconds of processor time that a write kept all others waiting: the longest, from now on."""
    longest = [0.0]

    @event.listens_for(Engine, "begin")
    def begun(connection: Connection) -> None:
        connection.info["begun"] = time.thread_time()

    @event.listens_for(Engine, "commit")
    def committed(connection: Connection) -> None:
        longest[0] = max(longest[0], time.thread_time() - connection.info["begun"])

    return longest


def _counted_at_once(connection: Connection) -> object:
    """The list without clusters, counted from the turns: those of the same words are one row."""
    people = func.count(distinct(turns.c.user_key))
    query = (
        select(turns.c.normalised, people, func.count(), func.max(turns.c.at))
        .where(turns.c.status.startswith("unknown:"))
        .group_by(turns.c.normalised)
        .order_by(people.desc())
        .limit(30)
    )
    return connection.execute(query).all()


def _clusters(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(clusters)).scalar_one())


async def _fill(store: Store, number: int) -> None:
    """Few subjects are asked by many, most wordings by one or two; each turn with its verdict."""
    pick = random.Random(0)  # a seed, no secret
    texts = _texts()
    pick.shuffle(texts)
    noises = [NoiseMaker(repository_faq().catalog.lexicon.teencode, seed) for seed in range(50)]
    kinds = list(Noise)
    channels = ("telegram", "zalo_oa", "web")
    for at in range(0, number, _SLICE):
        records = []
        for n in range(at, min(at + _SLICE, number)):
            base = texts[int(len(texts) * pick.random() ** 2)]
            text = pick.choice(noises).variant(base, pick.choice(kinds))
            records.append(
                TurnRecord(
                    at=NOW - timedelta(days=_DAYS * (1 - n / number)),
                    channel=pick.choice(channels),
                    user_key=f"person-{pick.randrange(_PEOPLE)}",
                    content=Content.TEXT,
                    text=text,
                    normalised=_read(text),
                    status=Status.UNKNOWN_WEAK,
                    verdict=_verdict(base),
                )
            )
        await store.add_turns(records)


def _texts() -> list[str]:
    golden = yaml.safe_load((QUESTIONS / "golden.yaml").read_text("utf-8"))
    texts = [question["text"] for asked in golden.values() for question in asked]
    beyond = yaml.safe_load((QUESTIONS / "out_of_scope.yaml").read_text("utf-8"))["questions"]
    return texts + [one["text"] for one in beyond]


def _read(text: str) -> str:
    return repository_faq().knowledge.lexicon.read(text).normalised


@cache
def _verdict(text: str) -> Unknown:
    """What was found near the clean question stands for its variants: else this takes minutes."""
    return Unknown(Reason.WEAK, repository_faq().matcher.match(text).ranking)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(hurry(int(sys.argv[1])))))
