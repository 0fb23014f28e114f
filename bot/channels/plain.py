"""A reply as plain text, for every place that has neither buttons nor markup.

Nothing of the reply is lost: caution, lead, labelled sections, numbered steps, sources with
their date, numbered choices. Cutting into messages of a channel's length is not done here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.markup import to_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.messages import Choice, Link, Reply, Section


def to_text(reply: Reply) -> str:
    """Write the whole reply: one block for each of its parts, an empty line between."""
    return "\n\n".join(block for block in _blocks(reply) if block)


def _blocks(reply: Reply) -> Iterator[str]:
    if reply.caution:
        yield f"⚠️ {to_plain(reply.caution)}"
    yield to_plain(reply.text)
    for section in reply.sections:
        yield _section(section)
    yield _sources(reply.sources, reply.checked)
    yield _choices(reply.choices_title, reply.choices)


def _section(section: Section) -> str:
    label = f"{section.icon} {section.label}:".strip()
    items = [to_plain(item) for item in section.items]
    if section.name == "steps":
        return "\n".join([label, *(_item(f"{n}. ", item) for n, item in enumerate(items, 1))])
    if len(items) > 1:
        return "\n".join([label, *(_item("• ", item) for item in items)])
    return f"{label}\n{items[0]}" if "\n" in items[0] else f"{label} {items[0]}"


def _item(mark: str, text: str) -> str:
    """Write a list item; its further lines stand under its first word."""
    return mark + text.replace("\n", "\n" + " " * len(mark))


def _sources(sources: tuple[Link, ...], checked: str | None) -> str:
    names = [f"{link.name} ({link.url})" if link.url else link.name for link in sources]
    lines = [f"Nguồn: {names[0]}"] if len(names) == 1 else []
    if len(names) > 1:
        lines = ["Nguồn:", *(_item("• ", name) for name in names)]
    if checked:
        lines.append(f"{checked[0].upper()}{checked[1:]}.")
    return "\n".join(lines)


def _choices(title: str | None, choices: tuple[Choice, ...]) -> str:
    numbered = [f"{number}. {choice.title}" for number, choice in enumerate(choices, 1)]
    return "\n".join([title, *numbered] if title else numbered)
