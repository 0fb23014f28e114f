"""What the commands print: aligned, coloured only on a terminal, and the JSON forms of the same."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from bot import replies
from bot.channels.names import NAMES
from bot.channels.plain import to_text
from bot.messages import Status
from intents.entry import TopicFile
from intents.problems import nearest
from intents.verdict import Answer, Clarify, Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from rich.console import Console

    from bot.app import App
    from bot.config import Settings
    from bot.conversation import Decision
    from bot.messages import Reply
    from bot.service import Service
    from intents.catalog import Catalog
    from intents.entry import Entry
    from intents.reading import Explanation, Reading
    from intents.verdict import Verdict


def banner(console: Console, settings: Settings, app: App, service: Service) -> None:
    """Say where the bot is and what is switched on."""
    catalog = app.faq.catalog
    sizes = [len(catalog.entries_of(topic.id)) for topic in catalog.topics]
    topics = sum(map(bool, sizes))
    table = Table.grid(padding=(0, 2))
    for label, text in (
        ("Trang chat", service.address),
        *_channels(service),
        ("FAQ", f"{settings.faq_dir}: {sum(sizes)} câu trả lời, {topics} chủ đề"),
        ("Dữ liệu", settings.database_url or str(settings.data_dir)),
    ):
        table.add_row(f"[bold]{label}[/bold]", escape(text))
    console.print("[bold blue]Hỏi đáp dịch vụ công số[/bold blue] đang chạy. Ctrl-C để dừng.")
    console.print(table)


def _channels(service: Service) -> Iterator[tuple[str, str]]:
    on = {channel.name: channel for channel in service.channels}
    for name, (title, switch) in NAMES.items():
        if name not in on:
            yield title, f"tắt ({switch})"
        elif name in service.unreachable:
            yield title, f"chưa kết nối được, đang thử lại. {service.unreachable[name]}"
        else:
            yield title, on[name].title


def reply(console: Console, said: Reply) -> None:
    console.print(escape(to_text(said)), soft_wrap=True)


def reading(console: Console, read: Reading) -> None:
    """The message, its parts and, for what counts, the whole way to the verdict."""
    named = (("Cả tin nhắn", (read.whole,)), ("Phần hỏi", read.parts), ("Phần kể", read.told))
    for name, explanations in named if len(read.all) > 1 else ():
        for told in explanations:
            console.print(f"\n[bold]{name}[/bold]  {escape(told.text)}", soft_wrap=True)
            console.print(
                f"  [dim]{verdict_name(told.verdict)}, thuộc phạm vi {told.scope:.0%}[/dim]"
            )
    for told in read.chosen:
        _explanation(console, told)


def _explanation(console: Console, told: Explanation) -> None:
    """The repaired question, the ranking with its parts, the band and why."""
    console.print()
    console.print(f"[bold]Câu đã sửa[/bold]  {escape(' '.join(told.question.words)) or '(trống)'}")
    console.print(f"[bold]Kết luận[/bold]    {verdict_name(told.verdict)}: {_why(told)}")
    console.print(f"[bold]Dựa vào[/bold]     {'từ và ý nghĩa' if told.by_meaning else 'từ'}")
    if isinstance(told.verdict, Answer) and told.verdict.asked:
        asked = ", ".join(replies.facet_labels(told.verdict.asked))
        console.print(f"[bold]Hỏi về[/bold]      {asked}")
    for candidate in told.verdict.ranking:
        parts = "  ".join(f"{name} {value:.2f}" for name, value in candidate.parts.items())
        console.print(f"{candidate.score:6.1%}  [bold]{escape(candidate.entry)}[/bold]")
        console.print(f"        [dim]{parts}[/dim]", soft_wrap=True)


def _why(told: Explanation) -> str:
    """The two numbers that decide, beside their thresholds."""
    best = told.verdict.ranking[0].score if told.verdict.ranking else 0.0
    share = best / told.scope if told.scope else 0.0
    bands = told.bands
    return (
        f"thuộc phạm vi {told.scope:.2f} (trả lời từ {bands.answer:.2f}, hỏi lại từ "
        f"{bands.clarify:.2f}), riêng mục đầu chiếm {share:.2f} (trả lời từ {bands.share:.2f})"
    )


_WHY_UNKNOWN = {
    Reason.NO_SUBJECT: "chưa rõ hỏi gì",
    Reason.WEAK: "chưa chắc",
    Reason.OUT_OF_SCOPE: "ngoài phạm vi",
}


def verdict_name(verdict: Verdict) -> str:
    """The band a verdict is in, in Vietnamese."""
    match verdict:
        case Answer():
            return "trả lời"
        case Clarify():
            return "hỏi lại"
        case Unknown(reason=reason):
            return f"chưa biết ({_WHY_UNKNOWN[reason]})"


def decision_as_json(decision: Decision, read: Reading | None) -> dict[str, Any]:
    shown = _decision_as_json(decision)
    if decision.following:
        shown["following"] = [_decision_as_json(one) for one in decision.following]
    if read:
        shown["explain"] = _explanation_as_json(read.chosen[0]) | {
            "parts": [_explanation_as_json(part) for part in read.parts],
            "told": [_explanation_as_json(part) for part in read.told],
        }
    return shown


def _decision_as_json(decision: Decision) -> dict[str, Any]:
    said = decision.reply
    return {
        "status": said.status.value,
        "text": to_text(said),
        "entry": said.entry,
        "choices": [asdict(choice) for choice in said.choices],
        "sources": [asdict(source) for source in said.sources],
    }


def _explanation_as_json(told: Explanation) -> dict[str, Any]:
    return {
        "text": told.text,
        "words": list(told.question.words),
        "verdict": verdict_name(told.verdict),
        "asked": list(told.verdict.asked) if isinstance(told.verdict, Answer) else [],
        "scope": told.scope,
        "bands": asdict(told.bands),
        "by_meaning": told.by_meaning,
        "ranking": [asdict(candidate) for candidate in told.verdict.ranking],
    }


def no_such_entry(name: str, catalog: Catalog) -> str:
    guess = nearest(name, catalog.entries)
    return f"không có mục “{name}”" + (f" – có phải bạn muốn xem “{guess}”?" if guess else "")


def as_message(catalog: Catalog, one: Entry, today: date) -> str:
    """The whole answer of an entry as plain text."""
    related = [catalog.entries[other] for other in one.related if other in catalog.entries]
    return to_text(
        replies.answer(one, Status.ANSWERED, related=related, values=catalog.values, today=today)
    )


def entry(console: Console, catalog: Catalog, one: Entry, today: date) -> None:
    """An entry as citizens see it, then what only editors see."""
    console.print(f"[bold blue]{escape(one.title)}[/bold blue]  [dim]{escape(one.id)}[/dim]\n")
    console.print(escape(as_message(catalog, one, today)), soft_wrap=True)
    console.print(f"\n[bold]Cách hỏi[/bold] ({len(one.phrasings)})")
    for phrasing in one.phrasings:
        console.print(f"  • {escape(phrasing)}", soft_wrap=True)
    dates = {
        "kiểm tra": one.verified,
        "đúng từ": one.valid_from,
        "đúng đến hết": one.valid_until,
        "rà soát trước": one.review_by,
    }
    written = [f"{label} {day:%d/%m/%Y}" for label, day in dates.items() if day]
    console.print(f"\n[dim]{', '.join([*written, f'độ tin cậy {one.confidence.value}'])}[/dim]")


def schema() -> str:
    """The JSON Schema of a topic file, made from the models."""
    described = TopicFile.model_json_schema()
    described["title"] = "Tệp câu hỏi thường gặp (FAQ)"
    return json.dumps(described, ensure_ascii=False, indent=2) + "\n"
