"""Edits applied to the files of a FAQ: which file each concerns, and the texts that come out.

A file is named by its path below the FAQ's folder, `GOLDEN` stands for the golden questions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.editing.edits import (
    AddGolden,
    AddOutOfScope,
    AddPhrasings,
    NewEntry,
    RemoveEntry,
    RemovePhrasings,
    SetFields,
    checked,
    checked_value,
    clean,
    plain,
    with_fields,
)
from bot.editing.errors import EditError
from bot.editing.splice import rewritten
from intents.yaml_source import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.editing.edits import Edit

GOLDEN = "(golden)"
OUT_OF_SCOPE = "_out_of_scope.yaml"
_NO_ID = re.compile(r"[\s:|]+")
_FILE_NAME = re.compile(r"[^\W_][\w-]{0,57}")
_STYLES = {"plain", "no_accents", "short", "typo", "teencode", "telex", "vni", "story"}


def apply(files: Mapping[str, str], edits: Sequence[Edit]) -> dict[str, str]:
    """Make the edits, one after another; returns the files that changed, with their new text.

    Raises:
        EditError: when one cannot be made. Nothing is half done: no text is returned then.
    """
    folder = _Folder(dict(files))
    for edit in edits:
        folder.make(edit)
    return {name: text for name, text in folder.texts.items() if text != files.get(name)}


@dataclass(slots=True)
class _Folder:
    texts: dict[str, str]
    _data: dict[str, tuple[str, Any]] = field(default_factory=dict)

    def make(self, edit: Edit) -> None:
        match edit:
            case AddPhrasings(entry, phrasings):
                new = clean(phrasings, f"mục “{entry}”")
                self._change(entry, partial(_phrased, add=new))
            case RemovePhrasings(entry, phrasings):
                gone = {text.strip() for text in phrasings}
                self._change(entry, partial(_phrased, drop=gone))
            case SetFields(entry, fields, was):
                self._change(entry, lambda one: _set(one, fields, was))
            case NewEntry(topic, entry, title):
                self._new(topic, checked_value(entry, "mục mới"), title)
            case RemoveEntry(entry):
                self._remove(entry)
            case AddOutOfScope(questions):
                self._outside(clean(questions, OUT_OF_SCOPE))
            case AddGolden(entry, text, style):
                self._golden(entry, clean((text,), "câu kiểm tra")[0], style)

    def _read(self, name: str) -> Any:  # noqa: ANN401  # YAML holds anything
        """The data of a file; None of one that cannot be read, which the splice would tell."""
        text = self.texts.get(name, "")
        kept = self._data.get(name)
        if kept is None or kept[0] != text:
            source = parse_yaml(text.encode("utf-8", "surrogatepass"), name)
            kept = self._data[name] = (text, None if source.problems else source.data)
        return kept[1]

    def _write(self, name: str, data: Any) -> None:  # noqa: ANN401
        self.texts[name] = rewritten(name, self.texts.get(name, ""), data)

    def _topics(self) -> list[str]:
        names = (name for name in self.texts if name != GOLDEN)
        return sorted(name for name in names if not name.rsplit("/", 1)[-1].startswith(("_", ".")))

    def _entries(self, name: str) -> list[dict[str, Any]]:
        data = self._read(name)
        entries = data.get("entries") if isinstance(data, dict) else None
        if not isinstance(entries, list):
            return []
        return [one for one in entries if isinstance(one, dict)]

    def _file_of(self, entry: str) -> str | None:
        for name in self._topics():
            if entry in self.texts[name] and any(
                e.get("id") == entry for e in self._entries(name)
            ):
                return name
        return None

    def _change(self, entry: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        name = self._file_of(entry)
        if name is None:
            raise EditError(
                f"không có mục “{entry}”",
                "FAQ",
                "mục này có thể đã bị xóa hoặc đổi mã; chọn mục khác",
            )
        data = self._read(name)
        changed = [
            change(one) if isinstance(one, dict) and one.get("id") == entry else one
            for one in data["entries"]
        ]
        self._write(name, {**data, "entries": changed})

    def _new(self, topic: str, entry: dict[str, Any], title: str) -> None:
        made = str(entry.get("id", ""))
        if not made:
            raise EditError("mục mới chưa có mã", "mục mới", "đặt mã cho mục, ví dụ cap_lai_the")
        if taken := self._file_of(made):
            raise EditError(f"đã có mục mang mã “{made}”", taken, "chọn mã khác")
        if isinstance(entry.get("answer"), str):
            entry["answer"] += "\n"  # as all answers are written: a block of lines
        new = with_fields({}, entry)
        files = [name for name in self._topics() if self._topic_of(name) == topic]
        if files:
            data = self._read(files[-1])
            entries = data.get("entries") or []
            self._write(files[-1], {**data, "entries": [*entries, new]})
        elif title:
            self._begin(topic, checked(title, f"chủ đề “{topic}”"), new)
        else:
            raise EditError(f"không có chủ đề “{topic}”", "FAQ", "chọn một chủ đề đã có")

    def _begin(self, topic: str, title: str, entry: dict[str, Any]) -> None:
        name = f"{topic}.yaml"
        if not _FILE_NAME.fullmatch(topic) or name in self.texts:
            raise EditError(
                f"“{topic}” không dùng làm mã chủ đề được", "FAQ", "chỉ dùng chữ, số, dấu _ và -"
            )
        self._write(name, {"topic": {"id": topic, "title": title}, "entries": [entry]})

    def _topic_of(self, name: str) -> str | None:
        data = self._read(name)
        match data:
            case {"topic": {"id": topic}}:
                return str(topic)
            case {"entries": _}:  # as the catalog names what is not declared
                *folders, stem = name.removesuffix(".yaml").split("/")
                return _NO_ID.sub("_", folders[-1] if folders else stem)
        return None

    def _remove(self, entry: str) -> None:
        name = self._file_of(entry)
        if name is None:
            raise EditError(f"không có mục “{entry}”", "FAQ", "mục này có thể đã bị xóa rồi")
        for other in self._topics():
            data = self._read(other)
            if entry not in self.texts[other] or not self._entries(other):
                continue
            kept = [
                _unrelated(one, entry)
                for one in data["entries"]
                if not (other == name and isinstance(one, dict) and one.get("id") == entry)
            ]
            self._write(other, {**data, "entries": kept})

    def _outside(self, questions: list[str]) -> None:
        data = self._read(OUT_OF_SCOPE) or {}
        known = [str(one) for one in data.get("questions") or []]
        added = [one for one in questions if one not in known]
        if added:
            old = data.get("questions") or []
            self._write(OUT_OF_SCOPE, {**data, "questions": [*old, *added]})

    def _golden(self, entry: str, text: str, style: str) -> None:
        if style not in _STYLES:
            raise EditError(f"không có kiểu “{style}”", "câu kiểm tra", ", ".join(sorted(_STYLES)))
        if self._file_of(entry) is None:
            raise EditError(f"không có mục “{entry}”", "câu kiểm tra", "chọn một mục đã có")
        data = self._read(GOLDEN) or {}
        known = data.get(entry) or []
        if not any(one.get("text") == text for one in known if isinstance(one, dict)):
            self._write(GOLDEN, {**data, entry: [*known, {"text": text, "style": style}]})


def _phrased(
    entry: dict[str, Any],
    *,
    add: Sequence[str] = (),
    drop: frozenset[str] | set[str] = frozenset(),
) -> dict[str, Any]:
    old = list(entry.get("phrasings") or [])
    kept = [one for one in old if str(one).strip() not in drop]
    if not kept and not add:
        where = f"mục “{entry.get('id')}”"
        raise EditError("bỏ hết cách hỏi", where, "giữ lại ít nhất một cách hỏi")
    known = {str(one).strip() for one in kept}
    return {**entry, "phrasings": [*kept, *(one for one in add if one not in known)]}


def _set(
    entry: dict[str, Any], fields: Mapping[str, Any], was: Mapping[str, Any] | None
) -> dict[str, Any]:
    where = f"mục “{entry['id']}”"
    if fields.get("id", entry["id"]) != entry["id"]:
        raise EditError(
            "không đổi được mã của mục", where, "thêm mục mới với mã kia rồi xóa mục này"
        )
    wanted = checked_value(fields, where)
    if was is not None:
        wanted = {
            name: _beside(entry.get(name), value, was.get(name), f"{where}, phần “{name}”")
            for name, value in wanted.items()
        }
    return with_fields(entry, wanted)


def _beside(now: Any, mine: Any, was: Any, where: str) -> Any:  # noqa: ANN401  # YAML holds anything
    """My value of a field, with what others changed in it since. Raises EditError in a clash."""
    if plain(now) in {plain(was), plain(mine)}:
        return mine
    if all(one is None or isinstance(one, dict) for one in (now, mine, was)):
        parts = dict.fromkeys([*(now or {}), *(mine or {}), *(was or {})])
        found = {
            part: _beside(
                (now or {}).get(part), (mine or {}).get(part), (was or {}).get(part), where
            )
            for part in parts
        }
        return {part: value for part, value in found.items() if value is not None} or None
    if plain(mine) == plain(was):
        return now
    raise EditError(
        "đã có người khác sửa cùng chỗ này và đã công bố",
        where,
        "mở mục đó ra, sửa trên bản mới rồi lưu thành thay đổi khác",
    )


def _unrelated(entry: Any, gone: str) -> Any:  # noqa: ANN401
    """An entry that no longer leads to one that is gone."""
    related = entry.get("related") if isinstance(entry, dict) else None
    if not isinstance(related, list) or gone not in related:
        return entry
    left = [one for one in related if one != gone]
    changed = {**entry, "related": left}
    return changed if left else {k: v for k, v in changed.items() if k != "related"}
