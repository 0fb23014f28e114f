"""The history of the FAQ: a commit where its folder is in a git work tree, else copies in the data folder."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from bot.proposals.files import Files

_SECONDS = 20.0

log = structlog.get_logger(__name__)


def keep(
    files: Files,
    data_dir: Path,
    *,
    number: int,
    title: str,
    author: str,
    at: datetime,
    before: Mapping[str, str | None],
    after: Mapping[str, str | None],
) -> None:
    """Keep what was published. Never raises: the files are live already, and the row holds `before`."""
    try:
        paths = [files.path(name).resolve() for name in after]
        if not _commit(files.folder.resolve(), paths, title=title, author=author):
            _copy(
                data_dir / "history" / f"{at:%Y%m%d-%H%M%S}-{number}", title, author, before, after
            )
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("history not kept", proposal=number, error=type(error).__name__)


def _commit(folder: Path, paths: list[Path], *, title: str, author: str) -> bool:
    """Commit these files alone, without hooks; nothing is ever pushed."""
    git = shutil.which("git")
    if not git or _run(git, folder, "rev-parse", "--is-inside-work-tree") != 0:
        return False
    named = [str(path) for path in paths if path.is_relative_to(folder) or path.exists()]
    who = "".join(char for char in author if char not in "<>\n") or "hoidap"
    person = ("-c", f"user.name={who}", "-c", "user.email=hoidap@localhost")
    if _run(git, folder, "add", "--intent-to-add", "--", *named) != 0:
        return False
    commit = ("commit", "--quiet", "--no-verify", "--no-gpg-sign", "-m", title or "FAQ", "--only")
    return _run(git, folder, "-c", "core.hooksPath=/dev/null", *person, *commit, "--", *named) == 0


def _run(git: str, folder: Path, *arguments: str) -> int:
    done = subprocess.run(  # noqa: S603  # no shell; paths stand after --
        [git, "-C", str(folder), *arguments],
        check=False,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=_SECONDS,
    )
    return done.returncode


def _copy(
    folder: Path,
    title: str,
    author: str,
    before: Mapping[str, str | None],
    after: Mapping[str, str | None],
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    facts = {"title": title, "author": author, "files": sorted(after)}
    (folder / "change.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
    for side, texts in (("before", before), ("after", after)):
        for name, text in texts.items():
            if text is not None:
                path = folder / side / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(text.encode())
