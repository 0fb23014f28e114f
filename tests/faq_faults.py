"""For every rule of `faq check` a FAQ that breaks it and one that keeps it, as small as can be.

The guide for editors (docs/bien-tap.md) cites what is said of the broken ones; a test holds the
two together.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.show import as_message
from intents.lint.check import Checked, check
from intents.problems import Rule
from tests.small_faq import SITES, topic, write

if TYPE_CHECKING:
    from pathlib import Path

TODAY = dt.date(2026, 11, 22)
"""The day on which the examples are checked."""

PHRASINGS = (
    "mất thẻ thì báo ai; xin cấp lại ở phường nào; rơi ví hôm qua; làm lại tốn bao tiền;"
    "bị móc túi ngoài chợ; đánh rơi trên xe buýt; tìm không ra đồ; thẻ để quên đâu rồi;"
    "kẻ gian lấy trộm; nước lũ cuốn trôi; cháy nhà hỏng hết; con nhỏ vứt mất"
).split(";")
"""Twelve that have no word in common."""

_SOURCED = "    sources: [{document: Luật Căn cước, number: 26/2023/QH15}]\n"
_CHECKED = "    verified: 2026-11-22\n"
_TERMS = (
    "known_abbreviations: [VNeID]\noutdated:\n"
    "  - {term: công an huyện, instead: Công an xã, unless: [trước đây]}\n"
)
_VALUES = (
    "values: {phi: {title: Phí, series: [{from: 2025-07-01, value: 5, until: 2026-10-31}]}}\n"
)


def entry(
    id_: str = "mat_the",
    title: str = "Mất thẻ căn cước",
    phrasings: str = "[mất thẻ thì làm sao]",
    answer: str = "Báo công an xã.",
    more: str = "",
) -> str:
    """One entry of a topic file."""
    head = f"  - id: {id_}\n    title: {title}\n    phrasings: {phrasings}\n"
    return f"{head}    answer: {answer}\n{more}"


def faq(*entries: str, **shared: str) -> dict[str, str]:
    """The files of a FAQ: one topic, and shared files by their name without the underscore."""
    files = {"can_cuoc.yaml": "entries:\n" + "".join(entries)}
    return files | {f"_{name}.yaml": text for name, text in shared.items()}


def _strict(*, phrasings: int = 12, sourced: bool = True, checked: bool = True) -> dict[str, str]:
    asked = f"[{', '.join(PHRASINGS[:phrasings])}]"
    more = (_SOURCED if sourced else "") + (_CHECKED if checked else "")
    return faq(entry(phrasings=asked, more=more), sites=SITES)


def _answer(text: str, **shared: str) -> dict[str, str]:
    return faq(entry(answer=text), **shared)


def _linked(url: str) -> dict[str, str]:
    more = f"{_SOURCED}{_CHECKED}    facets: {{online: '[Cổng]({url})'}}\n"
    return faq(entry(phrasings=f"[{', '.join(PHRASINGS)}]", more=more), sites=SITES)


def _dated(**days: str) -> dict[str, str]:
    return faq(entry(more="".join(f"    {key}: {day}\n" for key, day in days.items())))


def _asked(one: str, other: str) -> dict[str, str]:
    return faq(
        entry("mat_the", phrasings=f"[{one}]"),
        entry("doi_the", "Đổi thẻ căn cước", phrasings=f"[{other}]"),
    )


def _mixed_up(own: str) -> dict[str, str]:
    """Two entries whose phrasings are about the same thing, or not."""
    asked = "[{0} ở phường, {0} ở xã, {0} ở đâu, {0} mấy giờ, {0} thứ bảy, {0} buổi tối]"
    return faq(
        entry("noi_lam", "Nơi làm căn cước", phrasings=asked.format("làm căn cước")),
        entry("cho_lam", "Chỗ khác", phrasings=asked.format(own).replace(" ở đâu", " chỗ nào")),
    )


@dataclass(frozen=True, slots=True)
class Example:
    """Files that break a rule, and files that keep it."""

    bad: dict[str, str]
    good: dict[str, str]


EXAMPLES: dict[Rule, Example] = {
    Rule.FORM: Example({"t.yaml": topic("a").replace("title", "titel")}, {"t.yaml": topic("a")}),
    Rule.UNFINISHED: Example(
        _answer("CẦN ĐIỀN câu trả lời."), _answer("Cần điền đủ các ô trong tờ khai.")
    ),
    Rule.UNKNOWN_RELATED: Example(
        faq(entry(more="    related: [doi_the]\n")),
        faq(entry(more="    related: [doi_the]\n"), entry("doi_the", "Đổi thẻ", "[đổi thẻ]")),
    ),
    Rule.UNKNOWN_VALUE: Example(
        _answer("Phí là {le_phi}."),
        _answer(
            "Phí là {phi}.",
            values="values: {phi: {title: P, series: [{from: 2025-07-01, value: 5}]}}",
        ),
    ),
    Rule.LINK: Example(_linked("https://dichvucong.info"), _linked("https://dichvucong.gov.vn")),
    Rule.LONG_TITLE: Example(
        faq(entry(title="Mất thẻ căn cước" + " ở nơi khác" * 5)),
        faq(entry(title="Mất thẻ căn cước" + " ở nơi khác" * 4)),
    ),
    Rule.SAME_TITLE: Example(
        faq(entry("mat_the"), entry("roi_the", "mất thẻ  Căn cước", "[rơi ví]")),
        faq(entry("mat_the"), entry("roi_the", "Rơi thẻ căn cước", "[rơi ví]")),
    ),
    Rule.REPEATED_ELSEWHERE: Example(
        _asked("thẻ hết hạn", "the het han"), _asked("thẻ bị mất", "thẻ hết hạn")
    ),
    Rule.REPEATED_WITHIN: Example(
        faq(entry(phrasings="[mất thẻ thì làm sao, Mất thẻ thì làm sao?]")),
        faq(entry(phrasings="[mất thẻ thì làm sao, rơi ví mất luôn thẻ]")),
    ),
    Rule.NEAR_DUPLICATE: Example(
        _asked("thẻ hết hạn phải đổi ở đâu", "thẻ hết hạn thì phải đổi ở đâu")
        | {"_lexicon.yaml": "filler: [thì]\n"},
        _asked("thẻ hết hạn phải đổi ở đâu", "thẻ mới bao giờ có")
        | {"_lexicon.yaml": "filler: [thì]\n"},
    ),
    Rule.FEW_PHRASINGS: Example(_strict(phrasings=11), _strict(phrasings=12)),
    Rule.MASKED: Example(
        faq(entry(phrasings="['thẻ số [số giấy tờ] bị mất']")),
        faq(entry(phrasings="['thẻ số [mấy] bị mất']")),
    ),
    Rule.PREFERS_ANOTHER: Example(_mixed_up("xin làm căn cước"), _mixed_up("khám bệnh viện")),
    Rule.NO_SOURCE: Example(_strict(sourced=False), _strict()),
    Rule.NOT_VERIFIED: Example(_strict(checked=False), _strict()),
    Rule.EXPIRED: Example(_dated(valid_until="2026-11-21"), _dated(valid_until="2026-11-22")),
    Rule.REVIEW_DUE: Example(_dated(review_by="2026-11-21"), _dated(review_by="2026-11-22")),
    Rule.REVIEW_TOO_FAR: Example(
        _dated(verified="2026-11-22", review_by="2027-05-23"),
        _dated(verified="2026-11-22", review_by="2027-05-22"),
    ),
    Rule.VALUE_LAPSED: Example(
        _answer("Phí là {phi}.", values=_VALUES),
        _answer("Phí là {phi}.", values=_VALUES.replace("2026-10-31", "2026-11-22")),
    ),
    Rule.LONG_ANSWER: Example(
        _answer("Báo công an xã. " * 126), _answer("Báo công an xã. " * 125)
    ),
    Rule.LONG_SENTENCE: Example(
        _answer("Bạn " + "đến công an " * 10 + "xã."), _answer("Bạn " + "đến công an " * 9 + "xã.")
    ),
    Rule.ABBREVIATION: Example(
        _answer("Nộp ở TTPVHCC.", terms=_TERMS),
        _answer("Nộp ở Trung tâm Phục vụ hành chính công (TTPVHCC).", terms=_TERMS),
    ),
    Rule.DECOMPOSED: Example(
        _answer(unicodedata.normalize("NFD", "Báo công an xã.")), _answer("Báo công an xã.")
    ),
    Rule.UNACCENTED: Example(_answer("Den cong an xa gan nhat."), _answer("Đến công an xã.")),
    Rule.OUTDATED: Example(
        _answer("Nộp ở Công an huyện.", terms=_TERMS),
        _answer("Trước đây nộp ở công an huyện.", terms=_TERMS),
    ),
}


def checked(folder: Path, files: dict[str, str], today: dt.date = TODAY) -> Checked:
    """Check these files as the command does."""
    return check(write(folder, files), today, lambda catalog, one: as_message(catalog, one, today))


def told(folder: Path, files: dict[str, str], rule: Rule, today: dt.date = TODAY) -> list[str]:
    """What a rule says of these files; names relative to the folder."""
    found = checked(folder, files, today).problems
    return [str(one).replace(f"{folder}/", "") for one in found if one.rule is rule]
