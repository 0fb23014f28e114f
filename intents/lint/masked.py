"""What was masked in a citizen's question and came along into the FAQ: “[số điện thoại]” asks nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from intents.lint.sentences import cited
from intents.problems import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from intents.lint.located import Located
    from intents.problems import Problem
    from intents.yaml_source import Place

HOLES = (
    "[số giấy tờ]",
    "[số điện thoại]",
    "[mã thẻ BHYT]",
    "[email]",
    "[số thẻ ngân hàng]",
    "[mã bí mật]",
    "[mã hồ sơ]",
)
"""What the bot writes in place of what is personal; a test holds the two together."""

_HOLE = re.compile("|".join(map(re.escape, HOLES)))


def check_masked(entries: Sequence[Located]) -> Iterator[Problem]:
    """No title and no phrasing holds words in brackets in place of somebody's number."""
    for one in entries:
        wordings: list[tuple[Place, str]] = [(("title",), one.entry.title)]
        wordings += [(("phrasings", i), text) for i, text in enumerate(one.entry.phrasings)]
        for place, text in wordings:
            if hole := _HOLE.search(text):
                what = f"còn chỗ đã che “{hole[0]}” trong {cited(text)}"
                yield one.problem(Rule.MASKED, place, what, "bỏ chỗ đó khỏi câu")
