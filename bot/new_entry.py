"""A new entry at the end of its topic's file, ready to be filled in.

The file is only added to, never rewritten: its comments and its layout are the editors'. What
would come out is read back first, and nothing is written unless it reads as meant.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from bot.errors import Fault
from intents.catalog import Loading
from intents.entry import Entry
from intents.lint.dates import MOST_MONTHS
from intents.lint.phrasings import LEAST
from intents.lint.titles import MAX_TITLE
from intents.lint.unfinished import TO_FILL
from intents.problems import explain
from intents.upcoming import months_later
from intents.yaml_source import parse_yaml, read_yaml

if TYPE_CHECKING:
    import datetime as dt

_PLAIN = re.compile(r"[^\W\d][\w ,?()/-]*\w\??")
_YAML_WORDS = {"true", "false", "null", "yes", "no", "on", "off"}
_FILE_NAME = re.compile(r"[^\W_][\w-]*")

# {0} is indented as the file's other entries are.
_ENTRY = """\
- id: {id}
  title: {title}  # tên câu hỏi hiện trên nút, nhiều nhất {max_title} ký tự
  phrasings:  # ít nhất {least} cách hỏi, đúng như người dân gõ
    - "{to_fill}: câu hỏi đủ dấu"
    - "{to_fill}: cau hoi khong dau"
    - "{to_fill}: câu hỏi viết tắt, sai chính tả, kể chuyện dài"
  answer: |  # câu đầu trả lời thẳng, in đậm; cả đoạn 1–3 câu, mỗi câu dưới 30 chữ
    **{to_fill}: câu trả lời thẳng vào câu hỏi.**
  # Giữ phần nào có nội dung; xóa dấu # ở đầu dòng và viết lại.
  # facets:
  #   steps:  # mỗi bước một việc
  #     - Mở VNeID, chọn **Thủ tục hành chính**.
  #   documents: Thẻ căn cước
  #   fee: Không mất tiền.
  #   duration: 3 ngày làm việc
  #   where: Trung tâm Phục vụ hành chính công cấp xã
  #   online: "[Cổng Dịch vụ công quốc gia](https://dichvucong.gov.vn)"
  #   warning: Điều dễ nhầm, dễ mất tiền
  #   hotline: "{{tong_dai_dvc}}"  # giá trị dùng chung trong _values.yaml
  # sources:  # văn bản hoặc trang chính thức bạn đã đối chiếu
  #   - {{document: Tên văn bản, number: 1/2026/NĐ-CP, date: {today}, article: Điều 1, url: "https://vanban.chinhphu.vn"}}
  # verified: {today}  # ngày bạn đối chiếu
  # review_by: {review}  # rà soát lại trước ngày này, không quá {months} tháng
  # valid_until: {review}  # chỉ khi biết ngày cuối còn đúng
  # related: [mã_mục_khác]
"""


class NewEntryError(Fault):
    """The entry cannot be begun. The message says why, in Vietnamese."""


@dataclass(frozen=True, slots=True)
class Begun:
    """Where a new entry was written."""

    path: Path
    line: int
    created: bool


def begin_entry(folder: Path, entry: str, topic: str, title: str | None, today: dt.date) -> Begun:
    """Write a new entry to the end of its topic's file; the file is made when there is none.

    Raises:
        NewEntryError: when the id is taken or not one, or the file cannot simply be added to.
        CatalogError: when there is no FAQ in the folder.
    """
    loading = Loading(folder)
    loading.read()
    if entry in loading.entries:
        where = loading.entries[entry].where(("id",))
        raise NewEntryError(f"đã có mục mang mã “{entry}” ở {where} – chọn mã khác")
    _validate(entry, title)
    path = _file_of(loading, topic)
    old = path.read_bytes() if path.is_file() else b""
    shape = _shape_of(path) if old else _new_file(folder, topic)
    added = _text(shape, entry, title or f"{TO_FILL}: tên câu hỏi", today)
    if b"\r\n" in old:
        added = added.replace("\n", "\r\n")
    _read_back(path, old, added.encode(), entry)
    try:
        with path.open("ab") as file:
            file.write(added.encode())
    except OSError as error:
        what = f"{path}: không ghi được ({error.strerror})"
        raise NewEntryError(f"{what} – kiểm tra quyền ghi") from None
    above = added[: added.rindex("- id: ")].count("\n")
    return Begun(path, line=old.count(b"\n") + above + 1, created=not old)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What stands between the old end of a file and the new entry, and how far the entry is indented."""

    head: str
    indent: int


def _validate(entry: str, title: str | None) -> None:
    least = {"id": entry, "title": title or TO_FILL, "phrasings": [TO_FILL], "answer": TO_FILL}
    try:
        Entry.model_validate(least)
    except ValidationError as error:
        what, mend = explain(error.errors()[0], {})
        raise NewEntryError(f"{what} – {mend}") from None


def _file_of(loading: Loading, topic: str) -> Path:
    """The file of a topic: the last that holds entries of it, else one named after it."""
    files = [
        Path(one.source.name)
        for one in loading.entries.values()
        if loading.topic_of[one.entry.id] == topic
    ]
    if files:
        return files[-1]
    if not _FILE_NAME.fullmatch(topic):
        raise NewEntryError(
            f"“{topic}” không dùng làm tên chủ đề được – chỉ dùng chữ, số, dấu _ và -"
        )
    return loading.folder / f"{topic}.yaml"


def _new_file(folder: Path, topic: str) -> _Shape:
    hint = "# yaml-language-server: $schema=schema.json\n" if _has_schema(folder) else ""
    title = f"{TO_FILL}: tên chủ đề"
    head = f'{hint}topic: {{id: {_scalar(topic)}, title: "{title}", order: 50}}\nentries:\n'
    return _Shape(head, indent=2)


def _has_schema(folder: Path) -> bool:
    return (folder / "schema.json").is_file()


def _shape_of(path: Path) -> _Shape:
    source = read_yaml(path, str(path))
    entries = source.data.get("entries") if isinstance(source.data, dict) else None
    if source.problems or not isinstance(entries, list) or not entries:
        what = "không đọc được các mục đã có"
        raise NewEntryError(f"{path}: {what} – chạy “hoidap faq check” để xem lỗi")
    line, column = source.place(("entries", len(entries) - 1))
    text = source.raw.decode("utf-8-sig")
    before = text.splitlines()[line - 1][: column - 1]
    ends = "" if text.endswith("\n") else "\n"
    return _Shape(f"{ends}\n", indent=len(before) - len(before.lstrip()))


def _text(shape: _Shape, entry: str, title: str, today: dt.date) -> str:
    filled = _ENTRY.format(
        id=_scalar(entry),
        title=_scalar(title),
        to_fill=TO_FILL,
        max_title=MAX_TITLE,
        least=LEAST,
        today=today,
        review=months_later(today, MOST_MONTHS),
        months=MOST_MONTHS,
    )
    margin = " " * shape.indent
    return shape.head + "".join(f"{margin}{line}\n" for line in filled.splitlines())


def _scalar(text: str) -> str:
    """Text as YAML writes it: in quotation marks only where it needs them."""
    plain = _PLAIN.fullmatch(text) and text.lower() not in _YAML_WORDS
    return text if plain else json.dumps(text, ensure_ascii=False)


def _read_back(path: Path, old: bytes, added: bytes, entry: str) -> None:
    """Make sure that the file would hold what it held, and the entry after it."""
    before, after = parse_yaml(old, path.name).data, parse_yaml(old + added, path.name)
    match after.data:
        case {"entries": [*kept, {"id": last}]} if not after.problems and last == entry:
            intact = not old or after.data | {"entries": kept} == before
        case _:
            intact = False
    if not intact:
        raise NewEntryError(
            f"{path}: không thêm được vào cuối tệp – để “entries” ở cuối tệp, "
            "mỗi mục bắt đầu bằng “- id: …” trên dòng riêng"
        )
