"""The edits that an official can make to a FAQ, and what each makes of a file's data.

Pure: an edit knows no folder. How the data gets into the text again is in `splice`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping  # read at run time
from dataclasses import asdict, dataclass, fields
from typing import Any

from bot.editing.errors import EditError
from intents.entry import Entry, Facet, Source

MOST_TEXTS = 500  # in one edit
_LONGEST = 8000  # characters of one text: more than any entry may hold
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_ORDER = [*Entry.model_fields, *Facet, *Source.model_fields]


@dataclass(frozen=True, slots=True)
class AddPhrasings:
    """More ways to ask an entry's question. What it holds already is passed over."""

    entry: str
    phrasings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemovePhrasings:
    """Take ways of asking away from an entry. What it does not hold is passed over."""

    entry: str
    phrasings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetFields:
    """Other values for fields of an entry; None takes a field away.

    What is the same stays as it is written, inside facets, lists and sources too. `was` is what
    the fields held when somebody changed them, as plain data: what another has changed since is
    not undone. Facets are compared one by one.
    """

    entry: str
    fields: Mapping[str, Any]
    was: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A new entry at the end of the topic's file. A new topic needs its title."""

    topic: str
    entry: Mapping[str, Any]
    topic_title: str = ""


@dataclass(frozen=True, slots=True)
class RemoveEntry:
    """Take an entry away, and its id from what is related to it."""

    entry: str


@dataclass(frozen=True, slots=True)
class AddOutOfScope:
    """Questions that no entry answers, for the thresholds to be fitted on."""

    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AddGolden:
    """A question that must keep finding its entry."""

    entry: str
    text: str
    style: str = "plain"


Edit = (
    AddPhrasings | RemovePhrasings | SetFields | NewEntry | RemoveEntry | AddOutOfScope | AddGolden
)
_EDITS: dict[str, type[Edit]] = {
    "add_phrasings": AddPhrasings,
    "remove_phrasings": RemovePhrasings,
    "set_fields": SetFields,
    "new_entry": NewEntry,
    "remove_entry": RemoveEntry,
    "add_out_of_scope": AddOutOfScope,
    "add_golden": AddGolden,
}
_NAMES = {kind: name for name, kind in _EDITS.items()}


def plain(value: object) -> str:
    """A value as one line, the same for dates as they are read and as they are stored."""
    text = value.rstrip() if isinstance(value, str) else value
    return json.dumps(text, ensure_ascii=False, sort_keys=True, default=str)


def to_json(edit: Edit) -> dict[str, Any]:
    """An edit as it is stored."""
    return {"edit": _NAMES[type(edit)], **asdict(edit)}


def from_json(stored: Mapping[str, Any]) -> Edit:
    """Read a stored edit. Raises EditError when it is none of this version."""
    kind = _EDITS.get(str(stored.get("edit")))
    given = {key: value for key, value in stored.items() if key != "edit"}
    if kind is None or not given.keys() <= {field.name for field in fields(kind)}:
        raise EditError(
            "không hiểu thay đổi này", "kho dữ liệu", "nâng cấp hoidap lên bản đã ghi nó"
        )
    lists = {key: tuple(value) for key, value in given.items() if isinstance(value, list)}
    made: Edit = kind(**(given | lists))
    return made


def clean(texts: tuple[str, ...], where: str) -> list[str]:
    """Texts as they are written to a file: trimmed, in one form of Unicode, each once.

    Raises:
        EditError: when one is empty, too long, or holds what no file may.
    """
    if not texts or len(texts) > MOST_TEXTS:
        raise EditError(f"có {len(texts)} câu", where, f"thêm từ 1 đến {MOST_TEXTS} câu một lần")
    return list(dict.fromkeys(" ".join(checked(text, where).split()) for text in texts))


def checked(text: str, where: str) -> str:
    """One text, trimmed, in the form of Unicode that the FAQ is written in."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    if not plain:
        raise EditError("câu để trống", where, "viết nội dung, hoặc bỏ câu đó")
    if len(plain) > _LONGEST:
        raise EditError(f"câu dài {len(plain)} ký tự", where, f"rút xuống dưới {_LONGEST} ký tự")
    if forbidden := _FORBIDDEN.search(plain):
        what = f"có ký tự không được phép (U+{ord(forbidden[0]):04X})"
        raise EditError(what, where, "xóa ký tự đó")
    return plain


def checked_value(value: Any, where: str) -> Any:  # noqa: ANN401  # YAML holds anything
    """Check every text inside a value; other values must be such as YAML holds."""
    match value:
        case str():
            return checked(value, where)
        case None | bool() | int() | float():
            return value
        case Mapping():
            return {
                checked(str(key), where): checked_value(one, where) for key, one in value.items()
            }
        case list() | tuple():
            return [checked_value(one, where) for one in value]
        case _:
            raise EditError("không phải chữ, số hay danh sách", where, "viết thành chữ")


def with_fields(entry: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    """An entry with other values; new fields stand where entries have them."""
    return _ordered({**entry, **changed}, list(entry))


def _ordered(values: Mapping[str, Any], before: list[str]) -> dict[str, Any]:
    """Without what is None; keys that were there keep their order, new ones go to their place."""
    keys = [key for key in before if values.get(key) is not None]
    for key in sorted((k for k in values if k not in before), key=_rank):
        if values[key] is None:
            continue
        places = [i for i, other in enumerate(keys) if _rank(other) < _rank(key)]
        keys.insert(places[-1] + 1 if places else 0 if before and before[0] != "id" else 1, key)
    return {key: _inside(values[key]) for key in keys}


def _inside(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, Mapping):
        kept = {key: one for key, one in value.items() if one is not None}
        return {key: _inside(kept[key]) for key in sorted(kept, key=_rank)}
    return value


def _rank(key: str) -> int:
    return _ORDER.index(key) if key in _ORDER else len(_ORDER)
