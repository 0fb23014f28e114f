"""Several clusters at once: what somebody else changed meanwhile is left, and told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from bot.console.frame import Form

_MOST = 100


def chosen(sent: Form) -> list[tuple[int, int]]:
    """Clusters with the versions that were seen."""
    pairs = (value.partition(":") for value in sent.all("chon")[:_MOST])
    return [(whole(number), whole(version)) for number, _, version in pairs]


async def each(
    clusters: Sequence[tuple[int, int]], act: Callable[[int, int], Awaitable[object]]
) -> tuple[int, str]:
    """Do it with one after the other; how many, and a sentence about those that are left."""
    done, failed = 0, ""
    for number, version in clusters:
        try:
            await act(number, version)
            done += 1
        except Fault as error:
            failed = str(error)
    return done, f" Còn {len(clusters) - done} nhóm chưa đổi: {failed}" if failed else ""


def whole(text: str) -> int:
    """A number that was sent; 0, which nothing has, when it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else 0
