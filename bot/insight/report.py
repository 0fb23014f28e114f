"""What a period's figures say in sentences, and what to do next. Vietnamese; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.insight.figures import change

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.insight.figures import Figures
    from intents.upcoming import Event

_STEADY = 0.05
_FEW_RATINGS = 5  # fewer say nothing of an answer
_LOW = 0.6
_POINT = 0.01


def sentences(now: Figures, before: Figures, *, takes_feedback: bool = True) -> list[str]:
    """Say what happened in a period and what changed since the one before.

    Without `takes_feedback` nobody is missed who could not have an opinion.
    """
    total = now.total
    if not total.questions:
        return ["Không có câu hỏi nào trong kỳ này."]
    asked = f"{whole(total.people)} người đã hỏi {whole(total.questions)} câu"
    answered = total.rate(total.answered)
    return [
        f"{asked}{_more(total.questions, before.total.questions)}.",
        (
            f"Trợ lý trả lời ngay {percent(answered)} số câu"
            f"{_points(answered, before.total.rate(before.total.answered))}, "
            f"hỏi lại {percent(total.rate(total.clarified))}, "
            f"hướng dẫn sang nơi khác {percent(total.rate(total.signposted))} "
            f"và chưa trả lời được {percent(total.rate(total.unknown))}."
        ),
        *_chosen(now),
        *(_satisfaction(now, before) if takes_feedback or now.rated else ()),
    ]


def to_do(
    now: Figures, expiring: Sequence[Event], clusters: Sequence[dict[str, Any]]
) -> list[str]:
    """List what officials should do next: dates that come, what is asked, what is disliked."""
    return [
        *(f"{event.day:%d/%m/%Y}: “{event.title}” – {event.kind}." for event in expiring),
        *(
            f"Viết câu trả lời cho “{each['title']}” ({whole(each['people'])} người hỏi)."
            for each in clusters
        ),
        *(
            f"Xem lại “{title}”: chỉ {percent(useful / rated)} trong {rated} lượt đánh giá là hữu ích."
            for _, title, _, useful, rated in now.top_entries
            if rated >= _FEW_RATINGS and useful / rated < _LOW
        ),
    ]


def whole(number: int) -> str:
    """Write a number with points between thousands, as Vietnamese does."""
    return f"{number:,}".replace(",", ".")


def percent(share: float | None) -> str:
    """Write a share with one decimal, or a dash where there is none."""
    return "–" if share is None else f"{share * 100:.1f}%".replace(".", ",")


def duration(milliseconds: int | None) -> str:
    """Write a latency."""
    return "–" if milliseconds is None else f"{whole(milliseconds)} ms"


def _more(now: int, before: int) -> str:
    changed = change(now, before)
    if changed is None:
        return " (kỳ trước không có câu nào)"
    if abs(changed) < _STEADY:
        return ", gần như kỳ trước"
    return f", {'tăng' if changed > 0 else 'giảm'} {percent(abs(changed))} so với kỳ trước"


def _points(now: float | None, before: float | None) -> str:
    if now is None or before is None or abs(now - before) < _POINT:
        return ""
    points = f"{abs(now - before) * 100:.1f}".replace(".", ",")
    return f" ({'tăng' if now > before else 'giảm'} {points} điểm phần trăm)"


def _chosen(now: Figures) -> Iterator[str]:
    if now.total.clarified:
        yield (
            f"Sau {whole(now.total.clarified)} lần hỏi lại, người dân chọn được câu của mình "
            f"{whole(now.chosen)} lần ({percent(now.chosen_rate)})."
        )


def _satisfaction(now: Figures, before: Figures) -> Iterator[str]:
    if not now.rated:
        yield "Chưa có ai đánh giá câu trả lời."
        return
    yield (
        f"{percent(now.satisfaction)} trong {whole(now.rated)} lượt đánh giá là hữu ích"
        f"{_points(now.satisfaction, before.satisfaction)}."
    )
