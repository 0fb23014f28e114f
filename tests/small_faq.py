"""Small FAQ folders for tests: writes files, reads back what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from intents.catalog import load
from intents.problems import CatalogError

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = """\
  - id: {id}
    title: Câu {id}
    phrasings: [hỏi {id}]
    answer: Trả lời {id}.
"""
SITES = "official: [gov.vn, apps.apple.com]\n"


def topic(*ids: str, more: str = "", head: str = "") -> str:
    """A topic file with least entries of these ids; `more` is added to the last one."""
    return head + "entries:\n" + "".join(ENTRY.format(id=id_) for id_ in ids) + more


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write the files of a FAQ."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


def problems(folder: Path, files: dict[str, str]) -> list[str]:
    """What is wrong with these files; names relative to the folder."""
    with pytest.raises(CatalogError) as caught:
        load(write(folder, files))
    return [str(problem).replace(f"{folder}/", "") for problem in caught.value.problems]
