"""The page of one answer: what stands on it, under which address, and what is there when it is gone."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import httpx
import pytest

from bot.channels.web import build_web
from bot.messages import Choice, Link, Reply, Section, Status, Turn
from bot.privacy_replies import ERASE, PRIVACY
from bot.web import pages
from bot.web.share import nearest, qr_code
from tests.web_desk import OTP, TOPICS, ScriptedDesk, answer_of

if TYPE_CHECKING:
    from collections.abc import Callable

OTP_PATH = "/hoi/vneid_khong_nhan_sms_otp"
PUBLIC = "https://hoidap.xa-binh-minh.gov.vn"
EVIL = '"><img src=x onerror=alert(1)>'


async def get(
    path: str = OTP_PATH,
    *,
    answers: Callable[[str], Reply | None] = answer_of,
    public_url: str | None = PUBLIC,
    base_url: str = "http://web.test",
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    app = build_web(
        ScriptedDesk(),
        topics=lambda: (*TOPICS, PRIVACY, ERASE),
        ready=lambda: True,
        answer_of=answers,
        public_url=public_url,
    )
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=base_url) as client:
        return await client.get(path, headers=headers)


def seen(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html.partition("<body")[2])).split())


async def test_the_page_says_everything_the_answer_says() -> None:
    """Title, lead, parts, sources, the day it was checked, and related questions as links."""
    page = await get()
    text = seen(page.text)
    assert page.status_code == 200
    assert "<h1>Không nhận được mã OTP của VNeID</h1>" in page.text
    for section in OTP.sections:
        assert section.label in text
        assert all(item.replace("**", "")[:20] in text for item in section.items)
    assert all(link.name in text for link in OTP.sources)
    assert "Kiểm tra ngày 22/11/2026" in text
    assert '<a href="/hoi/vneid_kich_hoat">Kích hoạt tài khoản VNeID</a>' in page.text
    assert '<a href="tel:19000368">1900 0368</a>' in page.text


async def test_the_page_is_named_for_those_who_get_its_link() -> None:
    """Title and description are what a message app or a search engine shows."""
    html = (await get()).text
    assert "<title>Không nhận được mã OTP của VNeID – Hỏi đáp dịch vụ công số</title>" in html
    description = re.findall(r'<meta name="description" content="([^"]+)">', html)[0]
    assert description.startswith("Thường do số điện thoại khai sai, sim bị khóa")
    assert len(description) <= 160
    assert f'<meta property="og:title" content="{OTP.title}">' in html
    assert f'<meta property="og:description" content="{description}">' in html


async def test_the_page_needs_no_script_and_asks_nothing_back() -> None:
    """No JavaScript, no form, no cookie, nothing from elsewhere; programs may keep it a little."""
    page = await get()
    assert re.findall(r"<script|<form|<button|<style| style=| on\w+=", page.text) == []
    assert "set-cookie" not in page.headers
    assert page.headers["cache-control"] == "public, max-age=300"
    loaded = re.findall(r'<(?:link|img|use)[^>]* (?:src|href)="([^"]+)"', page.text)
    assert {address for address in loaded if not address.startswith("/static/")} == {
        PUBLIC + OTP_PATH  # the canonical address
    }


async def test_links_and_code_hold_the_public_address() -> None:
    """Whatever the browser called this server."""
    html = (await get(base_url="http://10.0.0.7:8080")).text
    assert "10.0.0.7" not in html
    assert f'<link rel="canonical" href="{PUBLIC}{OTP_PATH}">' in html
    assert f'<p class="address">{PUBLIC}{OTP_PATH}</p>' in html
    assert qr_code(PUBLIC + OTP_PATH) in html


async def test_a_slash_at_the_end_of_the_public_address_does_no_harm() -> None:
    """The settings write one."""
    assert f'href="{PUBLIC}{OTP_PATH}"' in (await get(public_url=f"{PUBLIC}/")).text


async def test_without_a_public_address_the_one_that_was_used_is_taken() -> None:
    """So a code on paper works at least where it was printed."""
    html = (await get(public_url=None, base_url="http://10.0.0.7:8080")).text
    assert f'<p class="address">http://10.0.0.7:8080{OTP_PATH}</p>' in html


@pytest.mark.parametrize("host", ['a"onload="x', "a b", "x.vn/?", "<b>", "", "a@b"])
async def test_a_host_that_is_no_host_gets_into_no_address(host: str) -> None:
    """A client may call this server anything: then the server's own name is taken."""
    page = await get(public_url=None, base_url="http://web.test:8080", headers={"host": host})
    html = page.text
    assert f'<link rel="canonical" href="http://web.test:8080{OTP_PATH}">' in html
    assert f'<p class="address">http://web.test:8080{OTP_PATH}</p>' in html


@pytest.mark.parametrize("url", ["ftp://a.vn", "https://a.vn/?x=1", "https://a:b@c.vn", "a.vn"])
def test_a_public_address_that_makes_no_links_is_refused(url: str) -> None:
    """At the start, with what to write."""
    with pytest.raises(ValueError, match=r"public_url “.+” không dùng được – viết như https://"):
        build_web(ScriptedDesk(), topics=tuple, ready=lambda: True, public_url=url)


def test_the_code_is_a_picture_with_a_name_on_white() -> None:
    """Dark on light whatever the colours of the page; other addresses have other codes."""
    code = qr_code(PUBLIC + OTP_PATH)
    assert code.startswith('<svg role="img" aria-label="Mã QR của trang này" ')
    assert 'fill="#fff"' in code
    assert "<style" not in code
    assert " style=" not in code
    assert code != qr_code(f"{PUBLIC}/hoi/can_cuoc_cap_doi")


async def test_the_same_page_is_not_sent_twice() -> None:
    """A phone asks whether it changed; another answer is another page."""
    first = await get()
    again = await get(headers={"if-none-match": first.headers["etag"]})
    other = await get(answers=lambda _: CHANGED, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200


CHANGED = Reply(Status.ANSWERED, "**Nay đã khác.**", entry="vneid_khong_nhan_sms_otp", title="OTP")


@pytest.mark.parametrize(
    ("path", "first"),
    [
        ("/hoi/vneid_da_bo", "t:vneid"),
        ("/hoi/bhyt_cu", "t:bhyt"),
        ("/hoi/th%E1%BA%BB_c%C4%83n_c%C6%B0%E1%BB%9Bc", "t:can_cuoc"),
        ("/hoi/%3Cscript%3E", "t:vneid"),
    ],
)
async def test_an_answer_that_is_gone_leads_to_the_nearest_topics(path: str, first: str) -> None:
    """404 for programs, a way on for people; nothing of the address comes back on the page."""
    page = await get(path)
    assert page.status_code == 404
    assert "Câu trả lời này không còn ở đây" in page.text
    topics = re.findall(r'name="choice" value="([^"]+)"', page.text)
    assert topics[0] == first
    assert set(topics) <= {topic.id for topic in TOPICS}
    assert "script" not in page.text.replace("description", "")
    assert page.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/hoi/", "/hoi", "/hoi/a/b", "/hoi/../hoi"])
async def test_what_is_no_entrys_address_is_an_unknown_page(path: str) -> None:
    """The usual sentence."""
    page = await get(path)
    assert page.status_code == 404
    assert "Không có trang này" in page.text


async def test_without_topics_the_missing_page_still_leads_on() -> None:
    """A FAQ may be empty for a while."""
    assert nearest("x", []) == []
    assert '<a class="button" href="/">Đặt câu hỏi</a>' in pages.missing_page([])


async def test_whatever_the_answer_holds_the_page_is_safe() -> None:
    """Title, labels, names and addresses are escaped, in the head too."""
    evil = Reply(
        Status.ANSWERED,
        EVIL,
        entry="x",
        title=EVIL,
        caution=EVIL,
        sections=(Section(EVIL, EVIL, EVIL, (EVIL, EVIL)),),
        sources=(Link(EVIL, "https://a.vn/" + EVIL),),
        checked=EVIL,
        choices=(Choice(f"e:{EVIL}", EVIL),),
    )
    html = (await get("/hoi/x", answers=lambda _: evil)).text
    assert "<img src=x" not in html
    assert html.count("&lt;img src=x onerror=alert(1)&gt;") >= 8


async def test_an_answer_without_a_title_is_called_by_its_first_words() -> None:
    """Every page has a heading."""
    plain = Reply(Status.SIGNPOSTED, "Gọi ngay **114** khi có cháy. " * 9, entry="x")
    html = (await get("/hoi/x", answers=lambda _: plain)).text
    heading = re.findall("<h1>(.+)</h1>", html)[0]
    assert heading.startswith("Gọi ngay 114 khi có cháy.")
    assert len(heading) <= 80


def test_a_card_offers_to_share_only_what_has_a_page() -> None:
    """Small talk, a question back and an unknown one have none."""
    assert 'class="share"' not in pages.card(Turn(1, OTP))
    shared = pages.card(Turn(1, OTP), lambda reply: f"{PUBLIC}/hoi/{reply.entry}")
    assert f'class="share" href="{PUBLIC}{OTP_PATH}" data-title="{OTP.title}"' in shared


async def test_the_chats_card_links_to_the_page() -> None:
    """Over the JSON door too; with the public address where there is one."""
    for public_url in (PUBLIC, None):
        app = build_web(
            ScriptedDesk(),
            topics=lambda: TOPICS,
            ready=lambda: True,
            answer_of=answer_of,
            public_url=public_url,
        )
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://web.test") as client:
            body = {"session": "s", "text": "khong nhan duoc ma otp vneid"}
            answer = (await client.post("/chat/api/messages", json=body)).json()
            form = await client.post("/", data=body)
        assert f'class="share" href="{public_url or ""}{OTP_PATH}"' in answer["html"]
        assert f'class="share" href="{public_url or ""}{OTP_PATH}"' in form.text
