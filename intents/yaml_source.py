"""YAML text → plain data and the place of every value.

Stricter and plainer than YAML at large: dates stay text (the model reads them), "no" and "on"
are words, a key may stand once, and anchors and tags are refused (a small file could otherwise
unfold into gigabytes, or ask for more than data). JSON is read too.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

import yaml

from intents.problems import Problem, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_BYTES = 32 * 1024 * 1024
_MAX_DEPTH = 30
_MAX_DIGITS = 18

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_INTEGER = re.compile(rf"-?(0|[1-9][0-9]{{0,{_MAX_DIGITS - 1}}})")
_FLOAT = re.compile(r"-?[0-9]{1,15}\.[0-9]{1,15}")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}

Place = tuple[int | str, ...]


@dataclass(slots=True)
class YamlSource:
    """One parsed file: its data, the place of its values and keys, and what is wrong with it."""

    name: str
    raw: bytes = b""
    data: Any = None
    values: dict[Place, tuple[int, int]] = field(default_factory=dict)
    keys: dict[Place, tuple[int, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def problem(
        self,
        place: Place,
        what: str,
        mend: str,
        *,
        rule: Rule = Rule.FORM,
        at_key: bool = False,
    ) -> Problem:
        """A problem at a place, or at the nearest place around it that the file has."""
        line, column = self.place(place, at_key=at_key)
        return Problem(self.name, line, column, what, mend, rule.severity, rule)

    def place(self, place: Place, *, at_key: bool = False) -> tuple[int, int]:
        """The line and column of a value or key, or of the nearest thing around it."""
        known = self.keys if at_key else self.values
        while place and place not in known:
            place, known = place[:-1], self.values
        return known.get(place, (1, 1))

    def add(self, line: int, column: int, what: str, mend: str) -> None:
        """Note a problem at a line and column, both counted from 1."""
        self.problems.append(Problem(self.name, line, column, what, mend))


def read_yaml(path: Path, name: str) -> YamlSource:
    """Read one file. Never raises for its content: what is wrong is in `problems`."""
    try:
        return parse_yaml(path.read_bytes(), name)
    except OSError as error:
        source = YamlSource(name)
        source.add(1, 1, f"không đọc được tệp ({error.strerror})", "kiểm tra quyền đọc")
        return source


def parse_yaml(raw: bytes, name: str) -> YamlSource:
    """Read what a file holds, or would hold."""
    source = YamlSource(name, raw)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        source.add(line, 1, "tệp không phải UTF-8", "lưu lại tệp với mã UTF-8")
        return source
    forbidden = _FORBIDDEN.search(text)
    if len(source.raw) > MAX_BYTES:
        source.add(1, 1, "tệp lớn hơn 32 MB", "chia thành nhiều tệp trong một thư mục")
    elif forbidden:
        before = text[: forbidden.start()]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        source.add(
            line, column, f"có ký tự không được phép (U+{ord(forbidden[0]):04X})", "xóa ký tự đó"
        )
    elif not _read_json(text, source):
        _Reading(source).read(text)
    return source


def _read_json(text: str, source: YamlSource) -> bool:
    """JSON is nearly YAML, but libyaml refuses how JSON escapes emoji. Places are not known."""
    if not text.lstrip().startswith("{") or "\\u" not in text:
        return False
    try:
        source.data = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


class _Refused(Exception):  # noqa: N818  # not an error of the program: it ends the reading
    """The rest of the file cannot be read; the problem is noted."""


class _Reading:
    """Builds data out of the stream of YAML events, so that depth and size stay bounded."""

    def __init__(self, source: YamlSource) -> None:
        self._source = source
        self._events: Iterator[yaml.Event] = iter(())

    def read(self, text: str) -> None:
        self._events = yaml.parse(text, Loader=_Loader)
        try:
            nodes = (event for event in self._events if isinstance(event, yaml.NodeEvent))
            for first in nodes:
                self._source.data = self._value(first, ())
                for second in nodes:
                    self._refuse(_at(second), "tệp có hai phần ngăn bởi ---", "tách thành hai tệp")
        except _Refused:
            pass
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            lines = text.split("\n")
            if line > len(lines):  # libyaml ends a last line that the file does not end
                line, column = len(lines), len(lines[-1]) + 1
            self._source.add(
                line,
                column,
                f"YAML viết sai ({error.problem or error.context})",
                "xem lại thụt lề, dấu hai chấm và ngoặc kép ở dòng này và dòng trên",
            )
        except yaml.YAMLError:
            self._source.add(1, 1, "YAML viết sai", "xem lại toàn bộ tệp")

    def _value(self, event: yaml.NodeEvent, place: Place) -> Any:  # noqa: ANN401  # YAML holds anything
        at = _at(event)
        self._source.values[place] = at
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            self._refuse(at, "có neo YAML (& hoặc *)", "chép nội dung ra thay cho neo")
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if len(place) >= _MAX_DEPTH:
            self._refuse(at, "YAML lồng nhau quá sâu", "bớt các tầng lồng nhau")
        assert isinstance(event, yaml.CollectionStartEvent)
        if not event.implicit:
            self._refuse(at, f"không dùng được thẻ YAML {event.tag}", "xóa thẻ bắt đầu bằng dấu !")
        if isinstance(event, yaml.SequenceStartEvent):
            return [self._value(item, (*place, i)) for i, item in enumerate(self._until_end())]
        return self._mapping(place)

    def _mapping(self, place: Place) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for event in self._until_end():
            at = _at(event)
            if not isinstance(event, yaml.ScalarEvent) or event.anchor is not None:
                self._refuse(at, "tên mục phải là chữ", "viết “tên: nội dung”")
            key = event.value
            if key in data:
                self._source.add(*at, f"mục “{key}” viết hai lần", "giữ lại một, xóa cái kia")
            self._source.keys[*place, key] = at
            data[key] = self._value(self._next(), (*place, key))
        return data

    def _scalar(self, event: yaml.ScalarEvent) -> str | float | bool | None:
        text: str = event.value
        if event.tag is not None and not any(event.implicit):
            self._refuse(
                _at(event), f"không dùng được thẻ YAML {event.tag}", "xóa thẻ bắt đầu bằng dấu !"
            )
        if "\0" in text:
            self._refuse(_at(event), "có ký tự không được phép (U+0000)", "xóa ký tự đó")
        if not event.implicit[0]:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        return float(text) if _FLOAT.fullmatch(text) else text

    def _next(self) -> yaml.NodeEvent:
        event = next(self._events)
        assert isinstance(event, yaml.NodeEvent)
        return event

    def _until_end(self) -> Iterator[yaml.NodeEvent]:
        while isinstance(event := next(self._events), yaml.NodeEvent):
            yield event

    def _refuse(self, at: tuple[int, int], what: str, mend: str) -> NoReturn:
        self._source.add(*at, what, mend)
        raise _Refused


def _at(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
