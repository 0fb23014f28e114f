"""The FAQ on the disk is followed: valid changes are served soon, invalid ones never."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.faq import Faq, load_faq
from bot.proposals.effects import Job, tried
from bot.reload import Reload
from tests.program import PATIENCE
from tests.sample_faq import install, sample_faq

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

TITLE, NEW = "title: Đổi số điện thoại đăng ký VNeID", "title: Đổi số máy của VNeID"


class Served:
    """What is answered from, and who waits for the next one."""

    def __init__(self) -> None:
        self.faqs: list[Faq] = []
        self.more = asyncio.Event()

    def serve(self, faq: Faq) -> None:
        self.faqs.append(faq)
        self.more.set()


@pytest.fixture
def served() -> Served:
    return Served()


@pytest.fixture
async def reload(tmp_path: Path, served: Served) -> AsyncIterator[Reload]:
    install(tmp_path)
    made = Reload(tmp_path / "faq", tmp_path / "data", sample_faq(), served.serve)
    yield made
    await made.stop()


def edit(home: Path, old: str, new: str) -> None:
    path = home / "faq" / "vneid.yaml"
    path.write_text(path.read_text("utf-8").replace(old, new), encoding="utf-8")


async def test_change_on_disk_is_served(tmp_path: Path, reload: Reload, served: Served) -> None:
    """Who saves a file in an editor's program sees it answered, without a restart or a command."""
    reload.start()
    await asyncio.sleep(0.2)  # the system begins to watch

    async with asyncio.timeout(PATIENCE):
        while not served.more.is_set():
            edit(tmp_path, TITLE, NEW)
            edit(tmp_path, NEW, NEW + " ")
            await asyncio.sleep(0.5)

    assert served.faqs[0].catalog.entries["vneid_doi_so"].title == "Đổi số máy của VNeID"


async def test_invalid_files_change_nothing(
    tmp_path: Path, reload: Reload, served: Served
) -> None:
    """What cannot be served is told with its place, the former FAQ goes on; mended, it is served."""
    edit(tmp_path, TITLE, "title Đổi")

    assert not await reload.now()

    assert served.faqs == []
    assert [problem.line for problem in reload.problems] != []
    edit(tmp_path, "title Đổi", NEW)
    assert await reload.now()
    assert reload.problems == ()


async def test_same_files_are_not_loaded_again(reload: Reload, served: Served) -> None:
    """A folder that was touched, but holds what is served, costs nothing."""
    assert not await reload.now()
    assert served.faqs == []


async def test_what_a_trial_fitted_is_served_without_fitting(
    tmp_path: Path, reload: Reload, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tried change is live at once: nothing is fitted between the writing and the serving."""
    old = {path.name: path.read_text("utf-8") for path in (tmp_path / "faq").iterdir()}
    changed = {"vneid.yaml": old["vneid.yaml"].replace(TITLE, NEW)}
    job = Job(tmp_path / "g.yaml", tmp_path / "data", old, changed, [])
    tried(job, tmp_path / "trial", lambda _percent, _what: None)
    edit(tmp_path, TITLE, NEW)
    monkeypatch.setattr("intents.fitting.fit", None)

    assert await reload.now()

    assert load_faq(tmp_path / "faq", tmp_path / "data").catalog.digest == (
        served.faqs[0].catalog.digest
    )
