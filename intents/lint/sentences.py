"""An answer's text as citizens read it: without marks, one sentence at a time."""

from __future__ import annotations

import re

_LINK = re.compile(r"\[([^\]]*)\]\(([^)]*)\)")
_VALUE = re.compile(r"\{[^{}]*\}")
_ADDRESS = re.compile(r"https?://[^\s)\]]*[^\s)\].,;:]")
_ITEM = re.compile(r"\s*(?:[-*•]|\d+[.)])\s+")
_ENDS = re.compile(r"(?<=[.!?…])(?<!\bTP\.)(?<!\bv\.v\.)([”\"')]*)\s+(?=[^\Wa-z\d]|[“\"'(\d])")
_CITED = 60  # characters


def plain(text: str) -> str:
    """Drop the marks of bold and links; of a link its text stays, of a shared value one word."""
    spoken = _LINK.sub(r"\1", text).replace("**", "")
    return _VALUE.sub("số", _ADDRESS.sub("trang", spoken))


def sentences(text: str) -> list[str]:
    """Split into sentences. Items of a list are sentences of their own."""
    return [
        " ".join(sentence.split())
        for block in _blocks(plain(text))
        for sentence in _ENDS.sub(r"\1\n", block).split("\n")
        if sentence.strip()
    ]


def words(sentence: str) -> list[str]:
    """What stands between spaces, without lone dashes and other signs."""
    return [word for word in sentence.split() if any(char.isalnum() for char in word)]


def cited(text: str) -> str:
    """The beginning of a text in quotation marks, short enough to stand in a message."""
    if len(text) > _CITED:
        text = text[:_CITED].rsplit(" ", 1)[0] + "…"
    return f"“{text}”"


def _blocks(text: str) -> list[str]:
    """Items and paragraphs, each on one line however it was wrapped."""
    blocks: list[str] = []
    open_ = False  # whether the next line goes on with the last block
    for line in text.splitlines():
        item = _ITEM.match(line)
        if item or not open_:
            blocks.append(line[item.end() :] if item else line)
        else:
            blocks[-1] += f" {line.strip()}"
        open_ = bool(line.strip())
    return blocks
