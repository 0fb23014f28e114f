"""Sources and dates: what an answer rests on, and until when it may be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intents.entry import Kind
from intents.problems import Rule
from intents.upcoming import months_later
from intents.values import LAPSED, names

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from intents.lint.located import Located
    from intents.problems import Problem
    from intents.values import Value
    from intents.yaml_source import YamlSource

MOST_MONTHS = 6
"""Between the day an answer was checked and the day it must be checked again."""


def check_trust(entries: Sequence[Located]) -> Iterator[Problem]:
    """In a strict FAQ each answer names its source and the day it was checked."""
    for one in entries:
        if one.entry.kind is not Kind.ANSWER:
            continue
        name = one.entry.id
        if not one.entry.sources:
            what = f"mục “{name}” chưa ghi nguồn"
            mend = "thêm “sources” với văn bản hoặc trang chính thức đã đối chiếu"
            yield one.problem(Rule.NO_SOURCE, ("id",), what, mend)
        if not one.entry.verified:
            what = f"mục “{name}” chưa ghi ngày kiểm tra"
            mend = "thêm “verified: năm-tháng-ngày”, là ngày bạn đối chiếu với nguồn"
            yield one.problem(Rule.NOT_VERIFIED, ("id",), what, mend)


def check_dates(entries: Sequence[Located], today: dt.date) -> Iterator[Problem]:
    """Nothing past its last day, past its review, or to be reviewed far too late."""
    for one in entries:
        entry = one.entry
        if entry.valid_until and entry.valid_until < today:
            what = f"câu trả lời hết hiệu lực sau ngày {entry.valid_until:%d/%m/%Y}, không còn được hiện"
            mend = "viết lại theo quy định mới rồi đổi “valid_until”, hoặc xóa mục"
            yield one.problem(Rule.EXPIRED, ("valid_until",), what, mend)
        if entry.review_by and entry.review_due(today):
            what = f"đã quá hạn rà soát {entry.review_by:%d/%m/%Y}"
            mend = "đối chiếu lại với nguồn, rồi đổi “verified” và “review_by”"
            yield one.problem(Rule.REVIEW_DUE, ("review_by",), what, mend)
        latest = months_later(entry.verified, MOST_MONTHS) if entry.verified else None
        if latest and entry.review_by and entry.review_by > latest:
            what = (
                f"hạn rà soát {entry.review_by:%d/%m/%Y} sau ngày kiểm tra hơn {MOST_MONTHS} tháng"
            )
            mend = f"đặt “review_by” muộn nhất là {latest:%Y-%m-%d}"
            yield one.problem(Rule.REVIEW_TOO_FAR, ("review_by",), what, mend)


def check_lapsed(
    entries: Sequence[Located], values: Mapping[str, Value], source: YamlSource, today: dt.date
) -> Iterator[Problem]:
    """A value that answers show must have an amount on that day."""
    used = [name for one in entries for _, text in one.texts() for name in set(names(text))]
    for name, value in values.items():
        if name in used and value.at(today) is None:
            what = (
                f"“{name}” không có mức nào cho ngày {today:%d/%m/%Y}: "
                f"{used.count(name)} chỗ trong câu trả lời hiện “{LAPSED}”"
            )
            place = ("values", name, "series", len(value.series) - 1)
            mend = "thêm mức mới vào “series”"
            yield source.problem(place, what, mend, rule=Rule.VALUE_LAPSED)
