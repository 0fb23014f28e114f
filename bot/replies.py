"""Every sentence the bot itself says, and the way an entry becomes a reply.

Answers are written by editors in the FAQ; here is only what stands around them. What is said
about a citizen's own data is in `privacy_replies`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.messages import Choice, Link, Reply, Section, Status
from bot.privacy_replies import ERASE, PRIVACY
from intents.entry import Confidence, Entry, Facet
from intents.values import fill

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from intents.entry import Topic
    from intents.values import Value

LABELS: dict[Status, str] = {
    Status.ANSWERED: "đã trả lời",
    Status.CHOSEN: "trả lời sau khi chọn",
    Status.CLARIFIED: "hỏi lại",
    Status.SMALL_TALK: "trò chuyện",
    Status.SIGNPOSTED: "hướng dẫn sang nơi khác",
    Status.MENU: "xem danh mục",
    Status.PRIVACY: "xem quyền riêng tư",
    Status.ERASE_OFFERED: "hỏi trước khi xóa dữ liệu",
    Status.ERASE_DECLINED: "không xóa dữ liệu nữa",
    Status.ERASED: "đã xóa dữ liệu",
    Status.SUBSCRIBED: "nhờ báo khi có câu trả lời",
    Status.UNSUBSCRIBED: "không nhờ báo",
    Status.RATED: "đã góp ý",
    Status.ASKED_WHY: "hỏi vì sao chưa đúng",
    Status.UNKNOWN_WEAK: "chưa chắc",
    Status.UNKNOWN_OUT_OF_SCOPE: "ngoài phạm vi",
    Status.UNKNOWN_NO_SUBJECT: "chưa rõ hỏi gì",
    Status.NONE_FITS: "không đúng câu nào",
    Status.EXPIRED: "câu trả lời hết hạn",
    Status.PERSONAL_DATA: "chỉ có thông tin cá nhân",
    Status.EMPTY: "trống",
    Status.NOT_TEXT: "không phải chữ",
    Status.STALE_CHOICE: "nút cũ",
    Status.FAILED: "lỗi bên trong",
}

NONE_FITS = Choice("none", "Không đúng câu nào")
MENU = Choice("menu", "Xem các chủ đề")

_FACETS: dict[Facet, tuple[str, str]] = {
    Facet.STEPS: ("👣", "Cách làm"),
    Facet.DOCUMENTS: ("📄", "Giấy tờ"),
    Facet.FEE: ("💵", "Chi phí"),
    Facet.DURATION: ("🕒", "Thời gian"),
    Facet.WHERE: ("📍", "Nơi làm"),
    Facet.ONLINE: ("🌐", "Làm trực tuyến"),
    Facet.HOTLINE: ("☎️", "Tổng đài"),
    Facet.WARNING: ("⚠️", "Lưu ý"),
    Facet.LEGAL_BASIS: ("⚖️", "Căn cứ"),
}

_GREETING = (
    "Chào bạn, mình là trợ lý hỏi đáp về dịch vụ công trực tuyến: VNeID, căn cước, cư trú, hộ tịch, "
    "bảo hiểm, bằng lái và xe, thuế, Cổng Dịch vụ công quốc gia.\n\n"
    "Bạn cứ hỏi bằng lời thường ngày, không dấu cũng được. Đừng gửi số căn cước, mật khẩu hay mã OTP."
)
_HELP = (
    "**Hỏi thế nào?** Gõ câu hỏi như bạn vẫn nói, ví dụ: “quên mật khẩu VNeID” hoặc "
    "“mat can cuoc lam lai o dau”.\n\n"
    "- Khi mình đưa ra vài lựa chọn, bạn bấm nút hoặc gõ số 1, 2, 3.\n"
    "- Gõ “chủ đề” để xem danh mục câu hỏi.\n"
    "- Gõ “thôi báo” nếu không muốn được báo câu trả lời mới nữa.\n"
    "- Gõ /riengtu để xem mình lưu những gì, /xoadulieu để xóa dữ liệu của bạn.\n"
    "- Mình chỉ trả lời từ nội dung đã được kiểm tra, có ghi nguồn và ngày. Điều gì chưa biết, mình sẽ nói thật "
    "và ghi lại để bổ sung."
)
_NOT_KNOWN = (
    "Mình chưa có câu trả lời cho câu này. Câu hỏi đã được ghi lại để người phụ trách bổ sung."
)
_ASK_ELSEWHERE = (
    "Cần gấp, bạn hỏi Trung tâm Phục vụ hành chính công cấp xã nơi gần nhất; về VNeID và căn cước gọi {vneid}, "
    "về bảo hiểm y tế gọi {bhxh}."
)
_NOT_KNOWN_NO_HOTLINE = "Cần gấp, bạn hỏi Trung tâm Phục vụ hành chính công cấp xã nơi gần nhất."
_PERSONAL = (
    "Bạn vừa gửi thông tin cá nhân. Mình đã che đi và không lưu lại. "
    "Bạn nên xóa tin nhắn đó, và đừng gửi mã OTP, mật khẩu hay ảnh giấy tờ cho bất kỳ ai."
)


def facet_labels(facets: Iterable[str]) -> list[str]:
    """What citizens read above the parts of an answer."""
    return [_FACETS[Facet(facet)][1] for facet in facets]


def greeting(topics: Sequence[Topic]) -> Reply:
    """The first thing a citizen reads."""
    return Reply(
        Status.MENU, _GREETING, choices_title="Chọn chủ đề:", choices=menu_choices(topics)
    )


def help_text(topics: Sequence[Topic]) -> Reply:
    return Reply(Status.MENU, _HELP, choices_title="Chọn chủ đề:", choices=menu_choices(topics))


def topic_menu(topics: Sequence[Topic]) -> Reply:
    return Reply(Status.MENU, "Bạn quan tâm chủ đề nào?", choices=menu_choices(topics))


def topic_page(topic: Topic, entries: Sequence[Entry], following: Choice | None) -> Reply:
    """One page of a topic's questions; `following` leads to the next."""
    choices = (*entry_choices(entries), *((following,) if following else ()), MENU)
    return Reply(
        Status.MENU,
        f"**{topic.title}**: chọn câu hỏi, hoặc gõ câu hỏi của bạn.",
        choices=choices,
    )


def topic_choices(topics: Sequence[Topic]) -> tuple[Choice, ...]:
    return tuple(
        Choice(f"t:{topic.id}", f"{topic.emoji} {topic.title}".strip()) for topic in topics
    )


def menu_choices(topics: Sequence[Topic]) -> tuple[Choice, ...]:
    """The topic menu: the topics, then what citizens can do about their own data."""
    return (*topic_choices(topics), PRIVACY, ERASE)


def entry_choices(entries: Iterable[Entry]) -> tuple[Choice, ...]:
    return tuple(Choice(f"e:{entry.id}", entry.title) for entry in entries)


def answer(
    entry: Entry,
    status: Status,
    *,
    related: Sequence[Entry],
    values: Mapping[str, Value],
    today: date,
    asked: Sequence[str] = (),
) -> Reply:
    """An entry as a reply, with the shared values of the day in its texts.

    The facets that were `asked` for come directly after the lead, the others in their usual order.
    """
    caution = None
    if entry.review_due(today):
        caution = (
            f"Nội dung này có thể đã thay đổi: lẽ ra phải rà soát trước ngày {entry.review_by:%d/%m/%Y}. "
            "Bạn nên hỏi lại nơi tiếp nhận."
        )
    elif entry.confidence is Confidence.LOW:
        caution = (
            "Nội dung này chưa đủ nguồn để chắc chắn. Bạn nên hỏi lại nơi tiếp nhận trước khi làm."
        )
    first = [facet for facet in _FACETS if facet.value in asked]
    first.sort(key=lambda facet: asked.index(facet.value))
    return Reply(
        status=status,
        text=fill(entry.answer, values, today),
        entry=entry.id,
        caution=caution,
        sections=tuple(
            Section(
                facet.value,
                *_FACETS[facet],
                tuple(fill(text, values, today) for text in entry.facets[facet]),
            )
            for facet in dict.fromkeys((*first, *_FACETS))
            if facet in entry.facets
        ),
        sources=tuple(Link(source.name, source.url) for source in entry.sources),
        checked=f"kiểm tra ngày {entry.verified:%d/%m/%Y}" if entry.verified else None,
        choices_title="Câu hỏi liên quan:" if related else None,
        choices=entry_choices(related),
        asks_feedback=True,
        title=entry.title,
    )


def small_talk(
    entry: Entry, topics: Sequence[Topic], values: Mapping[str, Value], today: date
) -> Reply:
    return Reply(
        Status.SMALL_TALK,
        fill(entry.answer, values, today),
        entry=entry.id,
        choices=topic_choices(topics),
    )


def signpost(entry: Entry, values: Mapping[str, Value], today: date) -> Reply:
    return Reply(
        Status.SIGNPOSTED, fill(entry.answer, values, today), entry=entry.id, title=entry.title
    )


def clarify(entries: Sequence[Entry]) -> Reply:
    return Reply(
        Status.CLARIFIED,
        "Bạn muốn hỏi điều nào dưới đây? Bấm chọn hoặc gõ số.",
        choices=(*entry_choices(entries), NONE_FITS),
    )


def not_known(
    status: Status, topics: Sequence[Topic], values: Mapping[str, Value], today: date
) -> Reply:
    """The honest sentence, where to ask, and the nearest way on."""
    hotlines = {
        short: number
        for short, name in (("vneid", "tong_dai_vneid"), ("bhxh", "tong_dai_bhxh"))
        if (value := values.get(name)) and (number := value.at(today))
    }
    elsewhere = _ASK_ELSEWHERE.format(**hotlines) if len(hotlines) == 2 else _NOT_KNOWN_NO_HOTLINE
    return Reply(
        status,
        f"{_NOT_KNOWN}\n\n{elsewhere}",
        choices_title="Mình trả lời được các chủ đề:",
        choices=topic_choices(topics),
    )


def no_subject(topics: Sequence[Topic]) -> Reply:
    return Reply(
        Status.UNKNOWN_NO_SUBJECT,
        "Bạn muốn hỏi về việc gì? Bạn viết thêm tên giấy tờ hoặc việc cần làm, ví dụ “đổi căn cước hết hạn”.",
        choices_title="Hoặc chọn chủ đề:",
        choices=topic_choices(topics),
    )


def empty(topics: Sequence[Topic]) -> Reply:
    return Reply(
        Status.EMPTY,
        "Mình chưa thấy nội dung. Bạn gõ câu hỏi giúp mình nhé.",
        choices_title="Hoặc chọn chủ đề:",
        choices=topic_choices(topics),
    )


def not_text(topics: Sequence[Topic]) -> Reply:
    return Reply(
        Status.NOT_TEXT,
        "Mình chỉ đọc được chữ, chưa xem được ảnh, giọng nói hay tệp. Bạn gõ câu hỏi giúp mình. "
        "Đừng gửi ảnh giấy tờ có thông tin cá nhân.",
        choices_title="Hoặc chọn chủ đề:",
        choices=topic_choices(topics),
    )


def only_personal_data(topics: Sequence[Topic]) -> Reply:
    return Reply(
        Status.PERSONAL_DATA,
        f"{_PERSONAL}\n\nMình không tra cứu được hồ sơ của riêng ai; bạn cứ hỏi cách làm.",
        choices=topic_choices(topics),
    )


def warned(reply: Reply) -> Reply:
    """The same reply to a citizen who sent personal data: what became of it, and to delete it."""
    if reply.status is Status.PERSONAL_DATA:
        return reply  # it says nothing else
    return replace(reply, caution="\n\n".join(filter(None, (_PERSONAL, reply.caution))))


def none_fits(topics: Sequence[Topic]) -> Reply:
    return Reply(
        Status.NONE_FITS,
        "Cảm ơn bạn, mình đã ghi lại câu hỏi để bổ sung. Bạn thử hỏi bằng cách khác, hoặc chọn chủ đề.",
        choices=topic_choices(topics),
    )


def bad_number(count: int) -> str:
    return f"Mình chưa có lựa chọn số đó. Bạn gõ một số từ 1 đến {count}, hoặc gõ lại câu hỏi."


def stale_choice(topics: Sequence[Topic]) -> Reply:
    return Reply(
        Status.STALE_CHOICE,
        "Lựa chọn này không còn nữa vì nội dung đã được cập nhật. Bạn chọn lại giúp mình.",
        choices=topic_choices(topics),
    )


def failed() -> Reply:
    return Reply(
        Status.FAILED,
        "Xin lỗi, hệ thống đang trục trặc nên mình chưa trả lời được. Bạn gửi lại câu hỏi sau ít phút.",
    )
