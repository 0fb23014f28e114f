"""The texts without what a proposal changed, with what others changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.editing import EditError, apply
from bot.proposals.files import digest, merged
from bot.proposals.proposal import ConflictError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.proposals.proposal import Proposal


def digest_of(text: str | None) -> str | None:
    """Digest a text; nothing for a file that is not there."""
    return None if text is None else digest(text)


def undone(proposal: Proposal, texts: Mapping[str, str]) -> dict[str, str | None]:
    """Give the former text of each file of a proposal. Raises ConflictError where lines clash."""
    before, after = proposal.before or {}, proposal.after or {}
    former = {name: text for name, text in before.items() if text is not None}
    result: dict[str, str | None] = {}
    published: dict[str, str] | None = None
    for name in before:
        current = texts.get(name)
        if digest_of(current) in {after.get(name), digest_of(before[name])}:
            result[name] = before[name]
            continue
        if published is None:
            published = _as_published(proposal, former, texts)
        back = merged(published.get(name, ""), before[name] or "", current or "")
        if back is None or before[name] is None:
            raise ConflictError(
                f"{name} đã bị sửa đúng chỗ này sau khi công bố, không hoàn tác tự động được – "
                "sửa mục đó trong bảng điều khiển.",
                {name: current or ""},
                {name: before[name] or ""},
            )
        result[name] = back
    return result


def _as_published(
    proposal: Proposal, former: Mapping[str, str], texts: Mapping[str, str]
) -> dict[str, str]:
    """What was written then: the edits made again on the text before them."""
    try:
        return apply({**texts, **former}, proposal.edits)
    except EditError:
        return {}
