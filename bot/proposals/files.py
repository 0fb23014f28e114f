"""The FAQ's files on the disk: read as they are, written all or none."""

from __future__ import annotations

import difflib
import hashlib
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.editing import GOLDEN
from bot.proposals.proposal import ProposalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def digest(text: str) -> str:
    """What tells one text from another."""
    return hashlib.sha256(text.encode()).hexdigest()


def digests(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: digest(text) for name, text in sorted(texts.items())}


def called(name: str) -> str:
    """What people call a file."""
    return "câu hỏi kiểm tra" if name == GOLDEN else name


def changed(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    """Name the files whose digests differ, or that are in one of the two alone."""
    return sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))


def diff(old: str | None, new: str | None, name: str) -> str:
    """The difference of two texts as people read it."""
    before, after = (old or "").splitlines(), (new or "").splitlines()
    return "\n".join(difflib.unified_diff(before, after, name, name, lineterm=""))


def merged(published: str, former: str, current: str) -> str | None:
    """The current text with the change from `former` to `published` undone; None in a conflict."""
    ours, back, now = (text.splitlines(keepends=True) for text in (published, former, current))
    kept = difflib.SequenceMatcher(None, ours, now, autojunk=False).get_matching_blocks()
    result, moved = list(now), 0
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(
        None, ours, back, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            continue
        low, high = max(i1 - 1, 0), min(i2 + 1, len(ours))  # a line around it must be the same too
        block = next((b for b in kept if b.a <= low and high <= b.a + b.size), None)
        if block is None:
            return None
        at = i1 - block.a + block.b + moved
        result[at : at + i2 - i1] = back[j1:j2]
        moved += (j2 - j1) - (i2 - i1)
    return "".join(result)


@dataclass(frozen=True, slots=True)
class Files:
    """The folder of the FAQ, and the golden questions beside it."""

    folder: Path
    golden: Path

    def path(self, name: str) -> Path:
        """Where a file is, or would be."""
        return self.golden if name == GOLDEN else self.folder / name

    def read(self) -> dict[str, str]:
        """Every file that an edit may concern. Raises ProposalError when one cannot be read."""
        found = [*self.folder.glob("*.yaml"), *self.folder.glob("*/*.yaml")]
        paths = {path.relative_to(self.folder).as_posix(): path for path in sorted(found)}
        if self.golden.is_file():
            paths[GOLDEN] = self.golden
        return {name: _text(path) for name, path in paths.items()}

    def write(self, texts: Mapping[str, str | None]) -> None:
        """Write files, or remove those whose text is None: all of them or none.

        Raises:
            ProposalError: when the disk is full or the folder cannot be written.
        """
        before = {name: _text(path) for name in texts if (path := self.path(name)).is_file()}
        made: dict[str, Path] = {}
        try:
            for name, text in texts.items():
                if text is not None:
                    made[name] = _beside(self.path(name), text)
            self._replace(texts, made)
        except OSError as error:
            self._put_back(texts.keys(), before)
            raise ProposalError(
                f"Không ghi được FAQ trong {self.folder} ({error.strerror}). Không tệp nào bị đổi. "
                "Hãy giải phóng dung lượng đĩa, hoặc cấp quyền ghi thư mục cho tài khoản chạy "
                "hoidap, rồi làm lại."
            ) from None
        finally:
            for path in made.values():
                with suppress(OSError):
                    path.unlink(missing_ok=True)

    def _replace(self, texts: Mapping[str, str | None], made: Mapping[str, Path]) -> None:
        for name in texts:
            path = self.path(name)
            if name in made:
                made[name].replace(path)
            else:
                path.unlink(missing_ok=True)
            _sync(path.parent)

    def _put_back(self, names: Iterable[str], before: Mapping[str, str]) -> None:
        for name in names:
            path = self.path(name)
            with suppress(OSError):
                if name not in before:
                    path.unlink(missing_ok=True)
                elif _text(path) != before[name]:
                    _beside(path, before[name]).replace(path)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "không phải UTF-8"
        raise ProposalError(
            f"Không đọc được {path} ({reason}) – kiểm tra quyền đọc và mã UTF-8."
        ) from None


def _beside(path: Path, text: str) -> Path:
    """Write a text to a file beside another, on the disk before this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    made = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        made.chmod(path.stat().st_mode & 0o7777 if path.exists() else 0o644)
    except BaseException:
        made.unlink(missing_ok=True)
        raise
    return made


def _sync(folder: Path) -> None:
    with suppress(OSError):  # no such thing on Windows
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
