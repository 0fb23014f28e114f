"""Text and the data it should hold → the text with only those places changed that must.

Comments, order, quotes and layout of everything else stay byte for byte. What comes out is read
back and must hold exactly what was meant, else nothing is returned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from bot.editing import written
from bot.editing.align import as_written, pairs, same
from bot.editing.errors import EditError
from bot.editing.layout import HEADER, Layout
from intents.yaml_source import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.editing.align import Pair


def rewritten(name: str, text: str, new: Any) -> str:  # noqa: ANN401  # YAML holds anything
    """Make a file hold `new`.

    Raises:
        EditError: when the file cannot be read, or is laid out so that it cannot be spliced.
    """
    layout = Layout.of(name, text)
    meant = as_written(layout.data, new)
    if same(layout.data, meant):
        return text
    if layout.root is None or not layout.data:
        result = _begun(layout, meant)
    else:
        splicing = _Splicing(layout)
        splicing.change(layout.root, layout.data, meant, key="", after=0)
        result = splicing.result()
    read = parse_yaml(result.encode("utf-8", "surrogatepass"), name)
    if read.problems or not same(read.data, meant):
        raise EditError(
            "không sửa tự động được mà giữ nguyên phần còn lại",
            name,
            "sửa tệp bằng tay, mỗi ý một dòng như các tệp khác",
        )
    return result


def _begun(layout: Layout, meant: dict[str, Any]) -> str:
    """A file of comments, or of nothing, gets its first content below them."""
    if layout.root is not None and layout.text[layout.root.start_mark.index :].strip():
        raise layout.fault(layout.root.start_mark.index)
    text = layout.text
    gap = "" if not text or text.endswith("\n") else layout.newline
    lines = "\n".join(written.mapping(meant, 0)) + "\n"
    return layout.mark + text + gap + lines.replace("\n", layout.newline)


class _Splicing:
    """Collects what is cut out and put in."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._splices: list[tuple[int, int, str]] = []

    def result(self) -> str:
        """The text with every splice made."""
        text, parts, done = self._layout.text, [], 0
        for start, end, put in sorted(self._splices, key=lambda splice: splice[:2]):
            if start < done:
                raise self._layout.fault(start)
            parts += [text[done:start], put]
            done = end
        return self._layout.mark + "".join([*parts, text[done:]])

    def change(self, node: yaml.Node, old: Any, new: Any, *, key: str, after: int) -> None:  # noqa: ANN401
        """Make a node hold `new`; `after` is where its key's colon, or its dash, ends."""
        if same(old, new):
            return
        if isinstance(node, yaml.MappingNode) and isinstance(new, dict) and old and new:
            self._mapping(node, old, new, key=key, after=after)
        elif isinstance(node, yaml.SequenceNode) and isinstance(new, list) and old and new:
            self._sequence(node, old, new, key=key)
        else:
            self._replace(node, new, key=key, after=after)

    def _put(self, start: int, end: int, text: str) -> None:
        self._splices.append((start, end, text.replace("\n", self._layout.newline)))

    def _replace(self, node: yaml.Node, new: object, *, key: str, after: int) -> None:
        layout, start = self._layout, node.start_mark.index
        end = layout.end(node)
        margin = self._margin(after)
        if after < 0:  # inside brackets
            self._put(start, end, written.flow(new))
        elif isinstance(node, yaml.ScalarNode) and not isinstance(new, dict | list):
            self._scalar(node, written.single(new, margin))
        else:
            self._put(after, max(end, after), written.after_key(key, new, margin))

    def _scalar(self, node: yaml.ScalarNode, text: str) -> None:
        """Put another text in its place; a comment on its first line stays there."""
        layout, start, end = self._layout, node.start_mark.index, self._layout.end(node)
        if node.style in {"|", ">"}:
            header = HEADER.match(layout.text, start)
            comment = layout.text[header.end() : layout.line_end(start)] if header else ""
        else:
            comment = layout.text[end : layout.line_end(end)]
            end = layout.line_end(end)
        first, *below = text.split("\n")
        gap = " " if start == node.end_mark.index else ""
        self._put(start, end, gap + "\n".join([first + comment, *below]))

    def _margin(self, after: int) -> int:
        """The column at which the key, or the dash, of that line begins."""
        if after < 0:
            return 0
        line = self._layout.text[self._layout.line_start(after) : after]
        return len(line) - len(line.lstrip(" -")) if line.strip(" -") else line.rfind("-")

    def _mapping(
        self,
        node: yaml.MappingNode,
        old: dict[str, Any],
        new: dict[str, Any],
        *,
        key: str,
        after: int,
    ) -> None:
        keys = list(old)
        kept = [name for name in keys if name in new]
        if node.flow_style:
            nodes = [(k, v) for k, v in node.value]
            ends = [
                (k.start_mark.index, max(k.end_mark.index, v.end_mark.index)) for k, v in nodes
            ]
            added = [f"{written.scalar(k, flow=True)}: {written.flow(v)}" for k, v in new.items()]
            found = _key_pairs(keys, list(new))
            self._in_brackets(ends, found, added, node)
        elif not kept:
            self._replace(node, new, key=key, after=after)
            return
        else:
            self._block_keys(node, keys, new)
        for name, (key_node, value) in zip(keys, node.value, strict=True):
            if name in new:
                colon = self._layout.text.index(":", key_node.end_mark.index) + 1
                place = -1 if node.flow_style else colon
                self.change(value, old[name], new[name], key=name, after=place)

    def _block_keys(self, node: yaml.MappingNode, keys: list[str], new: dict[str, Any]) -> None:
        layout, column = self._layout, node.start_mark.column
        starts = [key_node.start_mark.index for key_node, _ in node.value]
        for i, name in enumerate(keys):
            if name in new:
                continue
            if layout.begins_line(starts[i]):
                end = layout.next_line(layout.extent(node.value[i][1], column))
                self._put(layout.line_start(starts[i]), end, "")
            elif i + 1 < len(keys):
                self._put(starts[i], starts[i + 1], "")
            else:
                raise layout.fault(starts[i])
        anchor: int | None = None
        for name, value in new.items():
            if name in keys:
                anchor = keys.index(name)
                continue
            line = f"{written.scalar(name)}:{written.after_key(name, value, column)}"
            if anchor is None:
                self._put(starts[0], starts[0], f"{line}\n{' ' * column}")
            else:
                at = layout.line_end(layout.end(node.value[anchor][1]))
                self._put(at, at, f"\n{' ' * column}{line}")

    def _sequence(
        self, node: yaml.SequenceNode, old: list[Any], new: list[Any], *, key: str
    ) -> None:
        found = pairs(old, new)
        if node.flow_style:
            ends = [(one.start_mark.index, one.end_mark.index) for one in node.value]
            self._in_brackets(ends, found, list(map(written.flow, new)), node)
            for i, j in found:
                if i is not None and j is not None:
                    self.change(node.value[i], old[i], new[j], key="", after=-1)
        else:
            self._items(node, old, new, found, key)

    def _items(
        self,
        node: yaml.SequenceNode,
        old: list[Any],
        new: list[Any],
        found: Sequence[Pair],
        key: str,
    ) -> None:
        layout, column = self._layout, node.start_mark.column
        dashes = [self._dash(one, column) for one in node.value]
        ends = [layout.extent(one, column) for one in node.value]
        brief = any(isinstance(one, yaml.MappingNode) and one.flow_style for one in node.value)
        apart = self._apart(dashes, ends, key)
        anchor: int | None = None
        for i, j in found:
            if i is not None and j is not None:
                anchor = i
                self.change(node.value[i], old[i], new[j], key="", after=dashes[i] + 1)
            elif i is not None:
                self._remove_item(dashes[i], ends[i])
            elif j is not None:
                text = f"{' ' * column}- {written.item(new[j], column + 2, brief=brief)}"
                if anchor is None:
                    at = layout.line_start(dashes[0])
                    self._put(at, at, f"{text}\n{apart}")
                else:
                    self._put(ends[anchor], ends[anchor], f"\n{apart}{text}")

    def _dash(self, item: yaml.Node, column: int) -> int:
        """Where the dash of an item is: on its line, or on one above."""
        layout = self._layout
        line = layout.line_start(item.start_mark.index)
        while layout.text[line + column : line + column + 1] != "-" or (
            layout.text[line : line + column].strip(" ")
        ):
            if line == 0:
                raise layout.fault(item.start_mark.index)
            line = layout.line_start(line - 1)
        return line + column

    def _apart(self, dashes: list[int], ends: list[int], key: str) -> str:
        """The empty line between items, where the file has one."""
        layout = self._layout
        if len(dashes) < 2:
            return "\n" if key == "entries" else ""
        return "\n" if layout.is_blank(layout.next_line(ends[-2])) else ""

    def _remove_item(self, dash: int, end: int) -> None:
        layout = self._layout
        start, stop = layout.line_start(dash), layout.next_line(end)
        if start == 0 or layout.is_blank(layout.line_start(start - 1)):
            while layout.is_blank(stop):
                stop = layout.next_line(stop)
        self._put(start, stop, "")

    def _in_brackets(
        self,
        places: Sequence[tuple[int, int]],
        found: Sequence[Pair],
        added: Sequence[str],
        node: yaml.Node,
    ) -> None:
        """Put in and cut out items between brackets, with their commas."""
        removed = {i for i, j in found if j is None and i is not None}
        if len(removed) == len(places):
            joined = ", ".join(added)
            self._put(node.start_mark.index + 1, node.end_mark.index - 1, joined)
            return
        for gone in sorted(removed):
            if any(k not in removed for k in range(gone + 1, len(places))):
                self._put(places[gone][0], places[gone + 1][0], "")
            elif gone - 1 not in removed:
                self._put(places[gone - 1][1], places[-1][1], "")
        anchor: int | None = None
        for i, j in found:
            if i is not None and j is not None:
                anchor = i
            elif j is not None and anchor is None:
                self._put(places[0][0], places[0][0], f"{added[j]}, ")
            elif j is not None and anchor is not None:
                self._put(places[anchor][1], places[anchor][1], f", {added[j]}")


def _key_pairs(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """Keys have no order of their own: each is found where it stands, the new ones after the last."""
    kept: list[Pair] = [(i, new.index(k) if k in new else None) for i, k in enumerate(old)]
    return kept + [(None, j) for j, k in enumerate(new) if k not in old]
