"""Finds what somebody proposed already: a form that is sent again makes no second proposal."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.editing import to_json
from bot.proposals.proposal import OPEN
from bot.store import proposals as table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.editing import Edit
    from bot.proposals.ledger import Ledger


async def twin(
    ledger: Ledger,
    edits: Sequence[Edit],
    *,
    author: str,
    clusters: Sequence[int] = (),
    note: str = "",
) -> int | None:
    """The author's newest open proposal with the very same edits, for these clusters too; its id.

    A note that says something else takes the place of its note. None when there is no such proposal.
    """
    query = partial(table.of_author, author=author, states=sorted(OPEN))
    rows = await ledger.store.read(query, long=True)
    wanted = _plain(list(map(to_json, edits)))
    for row in rows:
        if _plain(row["edits"]) == wanted and set(clusters) <= set(row["clusters"]):
            number: int = row["id"]
            if note and note != row["note"]:
                await ledger.change(await ledger.open(number), note=note)
            return number
    return None


def _plain(edits: Any) -> str:  # noqa: ANN401  # as JSON holds them
    return json.dumps(edits, ensure_ascii=False, sort_keys=True, default=str)
