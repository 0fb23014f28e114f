"""The FAQ: does it load, and how much of it is past its day."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from bot.doctor.findings import bad, ok, warn
from intents.catalog import load
from intents.problems import CatalogError
from intents.upcoming import EventKind, upcoming

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.doctor.findings import Finding

_VIETNAM = timezone(timedelta(hours=7))
_SOON = timedelta(days=30)
_SEE = "Xem hoidap faq calendar, sửa mục rồi chạy hoidap faq check."


def examine(settings: Settings, now: datetime) -> list[Finding]:
    folder, today = settings.faq_dir, now.astimezone(_VIETNAM).date()
    try:
        catalog = load(folder)
    except CatalogError as error:
        what = f"{folder} có {len(error.problems)} lỗi nên bot không chạy được."
        return [bad("faq.loads", what, "Chạy hoidap faq check để xem từng lỗi và cách sửa.")]
    entries = catalog.entries.values()
    topics = [found for topic in catalog.topics if (found := catalog.entries_of(topic.id))]
    what = f"{folder}: {sum(map(len, topics))} câu trả lời, {len(topics)} chủ đề, không có lỗi."
    findings = [ok("faq.loads", what)]
    over = sum(bool(one.valid_until and one.valid_until < today) for one in entries)
    due = sum(one.review_due(today) for one in entries)
    coming = upcoming(catalog, today, today + _SOON)
    ending = {event.name for event in coming if event.kind is EventKind.ENDS}
    lapsing = {event.name for event in coming if event.kind is EventKind.VALUE_ENDS}
    for check, count, what in (
        ("faq.expired", over, "{} mục đã hết hiệu lực: bot không trả lời các mục này nữa."),
        ("faq.expiring", len(ending), "{} mục hết hiệu lực trong 30 ngày tới."),
        ("faq.review", due, "{} mục quá hạn rà soát: bot kèm câu “có thể đã thay đổi”."),
        ("faq.values", len(lapsing), "{} giá trị dùng chung hết hạn trong 30 ngày tới."),
    ):
        if count:
            findings.append(warn(check, what.format(count), _SEE))
    return findings
