"""New values as YAML: quoted only where YAML needs it, lines of their own for long texts.

Only what is new is written here; what stands in a file already is never written again.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PLAIN = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`=<~\\].*", re.DOTALL)
_NOT_PLAIN = re.compile(r":(\s|$)|\s#|\s$")
_IN_FLOW = re.compile(r"[,\[\]{}]|:[\"']?")
_NUMBER = re.compile(r"[-+.]?[0-9][0-9_.,:eExXobA-Fa-f+]*")  # of any YAML, not of ours alone
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "none", "nan", "inf"}
_ON_ONE_LINE = {"related", "tags", "topic", "any_of"}  # as the files write them
_LONGEST_LINE = 160
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}


def scalar(value: object, *, flow: bool = False) -> str:
    """Write one value on one line; inside brackets commas and braces need quotes too."""
    if value is None:
        return "null"
    if not isinstance(value, str):
        return json.dumps(value)
    return value if _is_plain(value, flow=flow) else _quoted(value)


def flow(value: object) -> str:
    """Write any value on one line."""
    if isinstance(value, dict):
        pairs = (f"{scalar(key, flow=True)}: {flow(item)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(flow, value))}]"
    return scalar(value, flow=True)


def after_key(key: str, value: object, margin: int) -> str:
    """Write what stands after the colon of a key that begins at column `margin`, from the space on."""
    if isinstance(value, dict) and value and key not in _ON_ONE_LINE:
        return "".join(f"\n{line}" for line in mapping(value, margin + 2))
    if isinstance(value, list) and value and not _fits(key, value):
        below = margin + 2
        items = (f"\n{' ' * below}- {item(one, below + 2)}" for one in value)
        return "".join(items)
    return f" {single(value, margin)}"


def item(value: object, margin: int, *, brief: bool = False) -> str:
    """Write what stands after the dash of an item whose content begins at column `margin`."""
    if isinstance(value, dict) and value and not (brief or _short(value)):
        first, *others = mapping(value, margin)
        return "\n".join([first.lstrip(" "), *others])
    if isinstance(value, dict | list):
        return flow(value)
    return single(value, margin - 2)


def mapping(value: Mapping[str, Any], margin: int) -> list[str]:
    """Write a mapping as lines, each key at column `margin`."""
    return [
        f"{' ' * margin}{scalar(key)}:{after_key(key, one, margin)}" for key, one in value.items()
    ]


def single(value: object, margin: int) -> str:
    """Write a value that begins on a line; texts of several lines go on below it."""
    if isinstance(value, dict | list):
        return flow(value)
    if isinstance(value, str) and (block := _block(value, margin + 2)):
        return block
    return scalar(value)


def _block(text: str, margin: int) -> str | None:
    """Write a text of lines as a literal block; None when it is none, or a block cannot hold it."""
    lines = text.rstrip("\n").split("\n")
    if "\n" not in text or not text.strip() or lines[0][:1] in {" ", "\t", ""}:
        return None
    if any(_hidden(char) for line in lines for char in line):
        return None
    ending = len(text) - len(text.rstrip("\n"))
    mark = "-" if ending == 0 else "" if ending == 1 else "+"
    lines += [""] * (ending - 1)
    return f"|{mark}" + "".join(f"\n{' ' * margin}{line}" if line else "\n" for line in lines)


def _fits(key: str, values: Sequence[object]) -> bool:
    return key in _ON_ONE_LINE and len(flow(values)) <= _LONGEST_LINE


def _short(value: Mapping[str, object]) -> bool:
    """Whether a mapping is written in braces, as sources and golden questions are."""
    simple = not any(isinstance(one, dict | list) or "\n" in str(one) for one in value.values())
    return (simple and "document" in value) or "style" in value


def _is_plain(text: str, *, flow: bool) -> bool:
    if _DATE.fullmatch(text):
        return True
    return not (
        not _PLAIN.fullmatch(text)
        or _NOT_PLAIN.search(text)
        or (flow and _IN_FLOW.search(text))
        or _NUMBER.fullmatch(text)
        or text.lower() in _WORDS
        or any(_hidden(char) for char in text)
    )


def _hidden(char: str) -> bool:
    """Whether an editor could not see a character, or YAML would take it for the end of a line."""
    return char != " " and unicodedata.category(char) in _UNSEEN


def _quoted(text: str) -> str:
    shown = json.dumps(text, ensure_ascii=False)
    return "".join(_escaped(char) if _hidden(char) else char for char in shown)


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"
