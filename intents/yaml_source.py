"""YAML text → plain data and the place of every value.

Stricter and plainer than YAML at large: dates stay text (the model reads them), "no" and "on"
are words, a key may stand once, and anchors are refused (a small file could otherwise unfold
into gigabytes).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import yaml

from intents.problems import Problem

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 32 * 1024 * 1024

Place = tuple[int | str, ...]


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # chosen at run time
    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), list("tf"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"-?(0|[1-9][0-9]*)$"), list("-0123456789")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"-?[0-9]+\.[0-9]+$"), list("-0123456789")
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("~|null|$"), ["~", "n", ""])


@dataclass(slots=True)
class YamlSource:
    """One parsed file: its data, the place of its values and keys, and what is wrong with it."""

    name: str
    data: Any = None
    values: dict[Place, tuple[int, int]] = field(default_factory=dict)
    keys: dict[Place, tuple[int, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, place: Place, what: str, mend: str, *, at_key: bool = False) -> Problem:
        """A problem at a place, or at the nearest place around it that the file has."""
        known = self.keys if at_key else self.values
        while place and place not in known:
            place, known = place[:-1], self.values
        line, column = known.get(place, (1, 1))
        return Problem(self.name, line, column, what, mend)


def read_yaml(path: Path, name: str) -> YamlSource:
    """Read one file. Never raises for its content: what is wrong is in `problems`."""
    source = YamlSource(name)
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        source.problems.append(
            Problem(name, line, 1, "tệp không phải UTF-8", "lưu lại tệp với mã UTF-8")
        )
        return source
    except OSError as error:
        source.problems.append(
            Problem(name, 1, 1, f"không đọc được tệp ({error.strerror})", "kiểm tra quyền đọc")
        )
        return source
    if len(raw) > MAX_BYTES:
        source.problems.append(
            Problem(name, 1, 1, "tệp lớn hơn 32 MB", "chia thành nhiều tệp trong một thư mục")
        )
        return source
    _parse(text, source)
    return source


def _parse(text: str, source: YamlSource) -> None:
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is not None:
            source.data = _build(loader, node, (), source, set())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        source.problems.append(
            Problem(
                source.name,
                line,
                column,
                f"YAML viết sai ({error.problem or error.context})",
                "xem lại thụt lề, dấu hai chấm và ngoặc kép ở dòng này và dòng trên",
            )
        )
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        source.problems.append(
            Problem(
                source.name,
                line,
                1,
                f"có ký tự không được phép (U+{ord(text[error.position]):04X})",
                "xóa ký tự đó",
            )
        )
    except RecursionError:
        source.problems.append(
            Problem(source.name, 1, 1, "YAML lồng nhau quá sâu", "bớt các tầng lồng nhau")
        )
    finally:
        loader.dispose()


def _build(loader: Any, node: yaml.Node, place: Place, source: YamlSource, seen: set[int]) -> Any:  # noqa: ANN401  # YAML holds anything
    source.values[place] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if id(node) in seen and not isinstance(node, yaml.ScalarNode):
        source.problems.append(
            source.problem(place, "có neo YAML (& và *)", "chép nội dung ra thay cho neo")
        )
        return None
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        return [
            _build(loader, item, (*place, i), source, seen) for i, item in enumerate(node.value)
        ]
    if isinstance(node, yaml.MappingNode):
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            at = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if key in data:
                source.problems.append(
                    Problem(
                        source.name, *at, f"mục “{key}” viết hai lần", "giữ lại một, xóa cái kia"
                    )
                )
            source.keys[*place, key] = at
            data[key] = _build(loader, value_node, (*place, key), source, seen)
        return data
    return loader.construct_object(node)
