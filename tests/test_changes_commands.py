"""`hoidap faq diff|publish|rollback`: proposals without the console."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.editing import AddPhrasings
from bot.proposals import Files, ProposalError, Proposals
from bot.store import Store
from tests.sample_faq import install

PHRASING = "bí mật khẩu định danh thì bấm gì"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    install(tmp_path)
    monkeypatch.chdir(tmp_path)

    async def propose() -> int:
        store = await Store.open("sqlite+aiosqlite:///data/hoidap.db")
        proposals = Proposals(store, Files(Path("faq"), Path("golden.yaml")), Path("data"))
        edits = [AddPhrasings("vneid_quen_mat_khau", (PHRASING,))]
        number = await proposals.propose(edits, author="lan", title="Thêm [cách] hỏi")
        await store.close()
        return number

    assert asyncio.run(propose()) == 1
    return tmp_path


def run(*words: str) -> str:
    result = CliRunner().invoke(app, ["faq", *words], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_change_is_shown_published_and_taken_back(home: Path) -> None:
    """The list names the change, its difference is shown; published it is in the file, rolled back not."""
    file = home / "faq" / "vneid.yaml"
    before = file.read_bytes()

    assert "Thêm [cách] hỏi" in run("diff")
    assert f"+      - {PHRASING}" in run("diff", "1")
    assert json.loads(run("publish", "1", "--as", "minh", "--json"))["files"] == ["vneid.yaml"]
    assert PHRASING in file.read_text("utf-8")
    (row,) = json.loads(run("diff", "--json"))
    assert row["state"] == "published"
    run("rollback", "1")
    assert file.read_bytes() == before


@pytest.mark.usefixtures("home")
def test_unknown_change_is_told() -> None:
    """A number that is none ends in a sentence."""
    with pytest.raises(ProposalError, match="Không có thay đổi số 99"):
        run("publish", "99")
