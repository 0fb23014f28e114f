"""A file as text and as nodes: where each value begins and ends, with what belongs to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Self

import yaml

from bot.editing.errors import EditError
from intents.yaml_source import parse_yaml

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BOM = "\ufeff"
HEADER = re.compile(r"[|>][-+0-9]*")


@dataclass(frozen=True, slots=True)
class Layout:
    """One file; `root` is None when it holds nothing yet. `text` is without a byte order mark."""

    name: str
    mark: str
    text: str
    data: Any
    root: yaml.Node | None

    @classmethod
    def of(cls, name: str, text: str) -> Self:
        """Read a file. Raises EditError when it is not one that the FAQ could hold."""
        source = parse_yaml(text.encode("utf-8", "surrogatepass"), name)
        if source.problems:
            first = source.problems[0]
            raise EditError(first.what, f"{name}:{first.line}:{first.column}", first.mend)
        mark, body = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
        try:
            root = yaml.compose(body, Loader=_Loader)
        except yaml.YAMLError:  # JSON with letters that only JSON escapes in pairs
            raise EditError(
                "tệp viết theo kiểu JSON, không sửa từng phần được",
                name,
                "sửa tệp này bằng tay, hoặc viết lại theo kiểu YAML",
            ) from None
        return cls(name, mark, body, source.data, root)

    @property
    def newline(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"

    def line_start(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def line_end(self, at: int) -> int:
        """The end of a line, before its line break."""
        end = self.text.find("\n", at)
        if end < 0:
            return len(self.text)
        return end - 1 if end > at and self.text[end - 1] == "\r" else end

    def next_line(self, at: int) -> int:
        """The start of the line after the one that ends at `at`."""
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end + 1

    def end(self, node: yaml.Node) -> int:
        """Where the content of a node ends: without the empty lines and comments after it."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            key, value = last if isinstance(last, tuple) else (last, last)
            return max(int(key.end_mark.index), self.end(value))
        start, end = node.start_mark.index, int(node.end_mark.index)
        if isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"}:
            header = HEADER.match(self.text, start)
            assert header is not None
            written = self.text[start:end]
            kept = written.rstrip("\r\n") if "+" not in header[0] else written[: -len("\n")]
            return self.line_end(start + len(kept))
        return end

    def extent(self, node: yaml.Node, column: int) -> int:
        """The end of the last line of a node, with the comments below that are indented deeper."""
        end = self.line_end(self.end(node))
        line = self.next_line(end)
        while line < len(self.text):
            stop = self.line_end(line)
            content = self.text[line:stop].lstrip(" ")
            if content.startswith("#") and stop - line - len(content) > column:
                end = stop
            elif content.strip():
                break
            line = self.next_line(stop)
        return end

    def is_blank(self, line: int) -> bool:
        """Whether an empty line begins there."""
        return line < len(self.text) and not self.text[line : self.line_end(line)].strip()

    def begins_line(self, at: int) -> bool:
        """Whether only spaces stand before that place on its line."""
        return not self.text[self.line_start(at) : at].strip(" ")

    def fault(self, at: int) -> EditError:
        """Say that a place is laid out as no splice can follow."""
        return EditError(
            "bố cục chỗ này lạ, không sửa tự động được",
            f"{self.name}:{self.text.count(chr(10), 0, at) + 1}",
            "sửa tệp bằng tay, mỗi ý một dòng như các tệp khác",
        )
