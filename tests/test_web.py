"""The web chat's doors: what they answer, what they refuse, and how they say so."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from bot.channels.web import build_web
from bot.messages import Choice, Content, Incoming, Link, Reply, Section, Status, Turn
from bot.web import pages
from tests.web_desk import OTP, TOPICS, ScriptedDesk, answer_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from starlette.applications import Starlette

MESSAGES = "/chat/api/messages"
FEEDBACK = "/chat/api/feedback"
SESSION = "phien-0123456789"
HOSTILE = "<script>alert(1)</script> **đậm** [x](javascript:alert(1)) \"' & 'x'"


@dataclass(slots=True)
class Site:
    """The application, with its desk, its clock and a browser-less client."""

    desk: ScriptedDesk
    client: httpx.AsyncClient
    up: list[bool] = field(default_factory=lambda: [True])
    now: list[float] = field(default_factory=lambda: [0.0])

    async def ask(self, text: str, session: str = SESSION) -> httpx.Response:
        return await self.client.post(MESSAGES, json={"session": session, "text": text})


def bare() -> Starlette:
    return build_web(
        ScriptedDesk(), topics=lambda: TOPICS, ready=lambda: True, answer_of=answer_of
    )


def client_of(app: Starlette, address: str = "127.0.0.1") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 5))
    return httpx.AsyncClient(transport=transport, base_url="http://web.test")


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    desk, up, now = ScriptedDesk(), [True], [0.0]
    app = build_web(desk, topics=lambda: TOPICS, ready=lambda: up[0], clock=lambda: now[0])
    async with client_of(app) as client:
        yield Site(desk, client, up, now)


async def test_the_json_door_keeps_its_shape(site: Site) -> None:
    """Programs rely on these keys; none may go missing or change its kind."""
    response = await site.ask("khong nhan duoc ma otp vneid")
    answer = response.json()
    text, html = answer.pop("text"), answer.pop("html")
    assert response.status_code == 200
    assert answer == {
        "status": "answered",
        "entry": "vneid_khong_nhan_sms_otp",
        "choices": [
            {"id": "e:vneid_doi_so_dien_thoai", "title": "Đổi số điện thoại đăng ký VNeID"},
            {"id": "e:vneid_kich_hoat", "title": "Kích hoạt tài khoản VNeID"},
            {"id": "e:vneid_hotline", "title": "Tổng đài VNeID"},
        ],
        "sources": [
            {
                "name": "Thông tư về xác thực thông tin thuê bao di động 08/2026/TT-BKHCN, "
                "ngày 31/03/2026, Điều 8",
                "url": "https://vanban.chinhphu.vn",
            },
            {"name": "Hướng dẫn sử dụng VNeID của Bộ Công an", "url": "https://vneid.gov.vn"},
        ],
        "turn": 1,
        "asks_feedback": True,
        "following": [],
    }
    assert "1. Xem lại số điện thoại" in text
    assert html.startswith('<div class="card">')
    assert site.desk.heard == [
        Incoming("web", SESSION, Content.TEXT, "khong nhan duoc ma otp vneid")
    ]


async def test_a_choice_reaches_the_desk_as_a_choice(site: Site) -> None:
    """A tapped button is not a typed text."""
    body = {"session": SESSION, "choice": "e:can_cuoc_cap_doi"}
    response = await site.client.post(MESSAGES, json=body)
    assert response.json()["status"] == "chosen"
    assert site.desk.heard == [
        Incoming("web", SESSION, Content.CHOICE, choice="e:can_cuoc_cap_doi")
    ]


def test_the_card_shows_every_fact_of_the_reply() -> None:
    """What plain text says, the card says too."""
    html = pages.card(Turn(7, OTP))
    seen = " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())
    for section in OTP.sections:
        assert section.label in seen
        assert all(item.replace("**", "")[:20] in seen for item in section.items)
    assert all(link.name in seen for link in OTP.sources)
    assert "Kiểm tra ngày 22/11/2026" in seen
    assert html.count("<ol>") == 1
    assert '<a href="tel:19000368">1900 0368</a>' in html
    assert 'name="up" value="7" aria-pressed="false"' in html


def test_a_hotline_is_dialable_only_where_it_is_text() -> None:
    """Digits inside a link or a longer number are left alone."""
    item = "Gọi 1800 1096 hoặc 113, xem [1900](https://x.gov.vn/1900000), mã 19000368123456"
    section = Section("hotline", "", "Tổng đài", (item,))
    html = pages.card(Turn(1, Reply(Status.ANSWERED, "Gọi.", sections=(section,))))
    assert re.findall(r'href="([^"]+)"', html.split("<dd>")[1]) == [
        "tel:18001096",
        "tel:113",
        "https://x.gov.vn/1900000",
    ]


def test_whatever_a_reply_holds_the_card_is_safe() -> None:
    """Titles, labels, names and addresses are escaped, not only texts."""
    evil = '"><img src=x onerror=alert(1)>'
    reply = Reply(
        Status.CLARIFIED,
        evil,
        caution=evil,
        sections=(Section(evil, evil, evil, (evil, evil)),),
        sources=(Link(evil, "https://a.vn/" + evil),),
        checked=evil,
        choices_title=evil,
        choices=(Choice(evil, evil),),
    )
    assert "<img" not in pages.card(Turn(1, reply))


def test_a_short_number_in_a_sentence_is_dialable_only_after_goi() -> None:
    """An amount or an article number is no phone number."""
    html = pages.card(Turn(1, Reply(Status.SIGNPOSTED, "Gọi 113 hoặc 1900 9068, Điều 115.")))
    assert re.findall(r'href="([^"]+)"', html) == ["tel:113", "tel:19009068"]


async def test_html_and_markdown_in_a_question_come_back_as_text(site: Site) -> None:
    """The plain form repeats the question: escaped, and never as markup."""
    response = await site.client.post("/", data={"session": SESSION, "text": HOSTILE})
    said = response.text.split('<div class="said">')[1].split("</div>")[0]
    assert "<" not in said
    assert unescape(said) == HOSTILE


async def test_the_plain_form_answers_and_keeps_the_session(site: Site) -> None:
    """Without JavaScript: question, card and the same session for the next question."""
    first = await site.client.post("/", data={"session": "", "text": "căn cước"})
    session = re.findall(r'name="session" value="([0-9a-f]{32})"', first.text)[0]
    assert 'name="choice" value="e:can_cuoc_cap_doi">Đổi thẻ căn cước' in first.text
    second = await site.client.post(
        "/",
        data={
            "session": session,
            "text": "chữ đang viết dở",
            "choice": "e:can_cuoc_cap_doi",
            "title e:can_cuoc_cap_doi": "Đổi thẻ căn cước khi hết hạn hoặc hỏng",
        },
    )
    assert f'name="session" value="{session}"' in second.text
    assert '<div class="said">Đổi thẻ căn cước khi hết hạn hoặc hỏng</div>' in second.text
    assert "25.000 đồng" in second.text
    assert [heard.user for heard in site.desk.heard] == [session, session]


async def test_a_topic_tapped_without_javascript_shows_its_title(site: Site) -> None:
    """The page knows the topics' titles by itself."""
    response = await site.client.post("/", data={"session": "", "choice": "t:bhyt"})
    assert '<div class="said">Bảo hiểm y tế (BHYT)</div>' in response.text


async def test_feedback_works_without_javascript(site: Site) -> None:
    """The thumbs are submit buttons; only the own turn can be rated."""
    await site.ask("căn cước")
    mine = await site.client.post("/", data={"session": SESSION, "up": "1", "text": ""})
    other = await site.client.post("/", data={"session": "nguoi-khac-1", "down": "1"})
    broken = await site.client.post("/", data={"session": SESSION, "down": "một"})
    assert "Cảm ơn bạn đã góp ý." in mine.text
    assert "Không còn câu trả lời đó để góp ý." in other.text
    assert broken.status_code == 400
    assert site.desk.rated == [(1, "web", SESSION, True), (1, "web", "nguoi-khac-1", False)]


async def test_a_refused_form_keeps_what_was_written(site: Site) -> None:
    """Nobody writes a long question twice because of a bad session."""
    response = await site.client.post("/", data={"session": "x y", "text": "câu dài của tôi"})
    assert response.status_code == 400
    assert ">câu dài của tôi</textarea>" in response.text
    assert 'role="alert"><p>Trường “session”' in response.text


async def test_feedback_over_json_says_whether_it_was_kept(site: Site) -> None:
    """True for the own turn, false for any other."""
    await site.ask("căn cước")
    own = {"session": SESSION, "turn": 1, "useful": False}
    kept = await site.client.post(FEEDBACK, json=own)
    refused = await site.client.post(FEEDBACK, json={**own, "turn": 2})
    assert [kept.json(), refused.json()] == [{"ok": True}, {"ok": False}]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "không phải JSON hợp lệ"),
        (b"{", "không phải JSON hợp lệ"),
        (b"\xff\xfe", "không phải JSON hợp lệ"),
        (b"[" * 60_000, "không phải JSON hợp lệ"),
        (b'{"session": ' + b"9" * 60_000 + b"}", "không phải JSON hợp lệ"),
        (b"[]", "đối tượng JSON"),
        (b"null", "đối tượng JSON"),
        (b"{}", "Thiếu trường “session”"),
        (b'{"session": 12345678, "text": "a"}', "“session” phải là một chuỗi"),
        (b'{"session": "", "text": "a"}', "“session” phải gồm 1–128"),
        (b'{"session": "' + b"s" * 129 + b'", "text": "a"}', "“session” phải gồm 1–128"),
        (b'{"session": "12345678\\n", "text": "a"}', "“session” phải gồm 1–128"),
        (b'{"session": "12345678"}', "“text” hoặc “choice”"),
        (b'{"session": "12345678", "choice": ""}', "“text” hoặc “choice”"),
        (b'{"session": "12345678", "text": ["a"]}', "“text” phải là một chuỗi"),
        (b'{"session": "12345678", "text": true}', "“text” phải là một chuỗi"),
        (b'{"session": "1234\\u00005678", "text": "a"}', "ký tự rỗng"),
        (b'{"session": "12345678", "choice": "\\udc00"}', "ký tự hỏng"),
        (b'{"session": "12345678", "text": "a", "choice": "b"}', "một trong hai"),
        (b'{"session": "12345678", "choice": "' + b"c" * 65 + b'"}', "64 byte"),
    ],
)
async def test_a_bad_message_is_refused_with_what_to_mend(
    site: Site, body: bytes, says: str
) -> None:
    """Every wrong body is a 400 with a Vietnamese sentence, and the desk never sees it."""
    response = await site.client.post(MESSAGES, content=body)
    assert response.status_code == 400
    assert list(response.json()) == ["error"]
    assert says in response.json()["error"]
    assert site.desk.heard == []


@pytest.mark.parametrize(
    "wrong",
    [{"turn": "1"}, {"turn": True}, {"turn": -1}, {"turn": 2**63}, {"turn": None}, {"useful": 1}],
)
async def test_a_bad_rating_is_refused(site: Site, wrong: dict[str, object]) -> None:
    """Only a number and a yes or no get through."""
    body = {"session": SESSION, "turn": 1, "useful": True, **wrong}
    response = await site.client.post(FEEDBACK, json=body)
    assert response.status_code == 400
    assert "Trường" in response.json()["error"]
    assert site.desk.rated == []


async def test_a_long_text_within_the_limit_is_passed_on(site: Site) -> None:
    """How long is too long to read is for the conversation to say."""
    text = "dài " * 4_000
    assert (await site.ask(text)).status_code == 200
    assert site.desk.heard[0].text == text


async def test_odd_characters_are_dropped_and_the_question_is_passed_on(site: Site) -> None:
    """NUL and half a surrogate pair are nobody's fault who asks."""
    response = await site.client.post(
        MESSAGES, content=rb'{"session": "12345678", "text": "c\u0000an \ud83dc"}'
    )
    assert response.status_code == 200
    assert site.desk.heard[0].text == "can ?c"


async def test_an_empty_text_is_passed_on(site: Site) -> None:
    """Nobody is met with silence: the conversation answers an empty message too."""
    assert (await site.ask("")).json()["status"] == "empty"


@pytest.mark.parametrize("path", [MESSAGES, FEEDBACK])
async def test_a_huge_body_is_refused_in_json(site: Site, path: str) -> None:
    """64 KB is the limit for JSON, said in a sentence."""
    response = await site.client.post(path, content=b'{"text": "' + b"a" * 1_000_000 + b'"}')
    assert response.status_code == 413
    assert response.json() == {
        "error": "Nội dung gửi lên quá dài (tối đa 64 KB). Bạn rút ngắn câu hỏi rồi gửi lại."
    }


async def test_a_huge_form_is_refused_on_the_page(site: Site) -> None:
    """Without JavaScript the same sentence stands on the page."""
    response = await site.client.post("/", content=b"text=" + b"a" * 1_000_000)
    assert response.status_code == 413
    assert "quá dài (tối đa 64 KB)" in response.text


async def test_a_session_that_writes_too_fast_waits_and_others_do_not(site: Site) -> None:
    """So many messages a minute for each session; the wait is told to people and programs."""
    codes = {(await site.ask("căn cước")).status_code for _ in range(240)}
    refused = await site.ask("căn cước")
    other = await site.ask("căn cước", session="phien-khac-1")
    assert codes == {200}
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "1"
    assert refused.json() == {"error": "Bạn gửi hơi nhanh. Bạn chờ 1 giây rồi gửi lại nhé."}
    assert other.status_code == 200
    site.now[0] = 1.0
    assert (await site.ask("căn cước")).status_code == 200


async def test_an_address_is_limited_whatever_its_sessions() -> None:
    """New sessions do not help; one IPv6 line counts as one address; others are not hit."""
    app = build_web(
        ScriptedDesk(), topics=lambda: (), ready=lambda: True, per_address=2, clock=lambda: 0.0
    )
    codes = []
    for number, address in enumerate(
        ("2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:1::1", "192.0.2.1")
    ):
        async with client_of(app, address) as client:
            body = {"session": f"phien-{number:04}", "text": "căn cước"}
            codes.append((await client.post(MESSAGES, json=body)).status_code)
    assert codes == [200, 200, 429, 200, 200]


@pytest.mark.parametrize(
    ("method", "path", "status", "says"),
    [
        ("GET", "/khong-co", 404, "Không có trang này"),
        ("GET", "/static/../../pyproject.toml", 404, "Không có trang này"),
        ("GET", "/static/%2e%2e/pages.py", 404, "Không có trang này"),
        ("GET", "/static/khong-co.css", 404, "Không có trang này"),
        ("GET", "/chat/api/khong-co", 404, "Không có trang này"),
        ("GET", MESSAGES, 405, "không nhận kiểu yêu cầu"),
        ("PUT", "/", 405, "không nhận kiểu yêu cầu"),
        ("POST", "/static/chat.css", 405, "không nhận kiểu yêu cầu"),
        ("DELETE", "/healthz", 405, "không nhận kiểu yêu cầu"),
    ],
)
async def test_wrong_addresses_and_methods_are_told_in_vietnamese(
    site: Site, method: str, path: str, status: int, says: str
) -> None:
    """Programs get JSON, people a page; nobody gets a traceback or an English word."""
    response = await site.client.request(method, path)
    assert response.status_code == status
    assert says in response.text
    assert ("error" in response.text and response.text.startswith("{")) == (
        path.startswith("/chat/api/")
    )


async def test_trouble_inside_is_a_sentence_never_a_traceback() -> None:
    """Even where something raises against its promise, with the same safety headers."""

    def broken() -> Sequence[Choice]:
        raise LookupError("bí mật bên trong")

    async with client_of(build_web(ScriptedDesk(), topics=broken, ready=lambda: True)) as client:
        response = await client.get("/")
    assert response.status_code == 500
    assert "Máy chủ đang gặp trục trặc" in response.text
    assert "bí mật" not in response.text
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_health_follows_readiness(site: Site) -> None:
    """A load balancer sends nobody here before the FAQ is there."""
    ready = await site.client.get("/healthz")
    site.up[0] = False
    waiting = await site.client.get("/healthz")
    assert (ready.status_code, ready.json()) == (200, {"status": "ok"})
    assert (waiting.status_code, waiting.json()) == (503, {"status": "starting"})


PATHS = (
    *("/", "/chat/", "/chat/?embed=1", "/widget.js", "/hoi/can_cuoc_cap_doi", "/hoi/khong_co"),
    *("/static/chat.css", "/static/widget.js", "/healthz", "/khong-co"),
)


@pytest.mark.parametrize("path", PATHS)
async def test_every_response_carries_the_safety_headers(site: Site, path: str) -> None:
    """No inline code, no frames, no sniffing, no cookie, on any path."""
    headers = (await site.client.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in headers["permissions-policy"]
    assert "set-cookie" not in headers


async def test_the_page_has_no_inline_code_and_loads_nothing_from_elsewhere(site: Site) -> None:
    """Everything a browser fetches for the page is served here."""
    html = (await site.client.get("/")).text
    assert re.findall(r"<script(?![^>]* src=)|<style| style=| on\w+=", html) == []
    loaded = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert all(address.startswith(("/", "#")) and address[:2] != "//" for address in loaded)
    for address in loaded:
        assert (await site.client.get(address.partition("#")[0] or "/")).status_code == 200


ORIGINS = ("https://xa-binh-minh.gov.vn", "https://*.tinh.gov.vn:8443", "http://localhost:8000")


def embeddable() -> Starlette:
    return build_web(
        ScriptedDesk(),
        topics=lambda: TOPICS,
        ready=lambda: True,
        answer_of=answer_of,
        embed_origins=ORIGINS,
    )


@pytest.mark.parametrize("path", PATHS)
async def test_only_the_chat_may_be_framed_and_only_by_pages_on_the_list(path: str) -> None:
    """Nothing else of the policy changes, and no other page can be framed."""
    async with client_of(embeddable()) as client, client_of(bare()) as strict:
        headers = (await client.get(path)).headers
        policy = (await strict.get(path)).headers["content-security-policy"]
    if path.startswith("/chat/"):
        rest = policy.removesuffix("'none'")
        assert rest.endswith("frame-ancestors ")
        assert headers["content-security-policy"] == rest + " ".join(ORIGINS)
        assert "x-frame-options" not in headers
    else:
        assert headers["content-security-policy"] == policy
        assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    "origin", ["https://a.vn; script-src *", "*", "http://a.vn", "https://a.vn/"]
)
def test_what_is_no_origin_gets_into_no_header(origin: str) -> None:
    """Also where it did not come through the settings."""
    with pytest.raises(ValueError, match=r"không dùng được “.+”, chỉ nhận https://"):
        build_web(ScriptedDesk(), topics=tuple, ready=lambda: True, embed_origins=[origin])


async def test_the_widgets_script_may_be_loaded_by_pages_of_others(site: Site) -> None:
    """That one file alone; it is kept for an hour, so a mended one is everywhere soon."""
    script = await site.client.get("/widget.js")
    again = await site.client.get("/widget.js", headers={"if-none-match": script.headers["etag"]})
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["cross-origin-resource-policy"] == "cross-origin"
    assert script.headers["cache-control"] == "public, max-age=3600"
    assert again.status_code == 304
    other = (await site.client.get("/static/widget.js")).headers
    assert other["cross-origin-resource-policy"] == "same-origin"


async def test_in_a_frame_the_form_stays_in_the_frame(site: Site) -> None:
    """Without JavaScript the answer comes back as the framed page, refusals too."""
    page = (await site.client.get("/chat/?embed=1")).text
    answer = await site.client.post("/chat/?embed=1", data={"session": "", "text": "căn cước"})
    refused = await site.client.post("/chat/?embed=1", data={"session": "x y", "text": "a"})
    alone = (await site.client.get("/chat/")).text
    for html in (page, answer.text, refused.text):
        assert 'action="/chat/?embed=1"' in html
        assert 'class="embedded' in html
        assert '<meta name="robots" content="noindex">' in html
    assert refused.status_code == 400
    assert 'action="/"' in alone
    assert "embedded" not in alone


@pytest.mark.parametrize(
    "path", ["/", "/chat/?embed=1", "/hoi/vneid_khong_nhan_sms_otp", "/hoi/khong_co"]
)
async def test_a_page_with_all_it_loads_weighs_less_than_60_kb(path: str) -> None:
    """As it travels; it opens on a cheap phone with a weak signal."""
    async with client_of(embeddable()) as client:
        html = (await client.get(path)).text
        loaded = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', html))
        weights = {address: await weight(client, address) for address in (path, *loaded)}
    assert len(weights) >= 4
    assert sum(weights.values()) < 60_000


async def test_the_widget_costs_its_host_page_little() -> None:
    """One small file; the chat itself is loaded by whoever opens it."""
    async with client_of(embeddable()) as client:
        assert await weight(client, "/widget.js") < 8_000


async def weight(client: httpx.AsyncClient, address: str) -> int:
    """Bytes of a response's body as they travel to a browser."""
    async with client.stream("GET", address, headers={"accept-encoding": "gzip"}) as response:
        return len(b"".join([piece async for piece in response.aiter_raw()]))


async def test_what_is_worth_it_travels_compressed(site: Site) -> None:
    """To those who take it."""
    for path in ("/", "/static/chat.css", "/widget.js"):
        packed = await site.client.get(path, headers={"accept-encoding": "gzip"})
        plain = await site.client.get(path, headers={"accept-encoding": "identity"})
        assert packed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert "accept-encoding" in packed.headers["vary"].lower()


@pytest.mark.parametrize("message", ["x y", "ă", "m" * 65, "a\n"])
async def test_a_bad_message_id_is_refused(site: Site, message: str) -> None:
    """With what it may be made of."""
    body = {"session": SESSION, "text": "căn cước", "message": message}
    response = await site.client.post(MESSAGES, json=body)
    assert response.status_code == 400
    assert "Trường “message” phải gồm 1–64" in response.json()["error"]
    assert site.desk.heard == []


async def test_a_message_sent_twice_is_answered_once(site: Site) -> None:
    """Over the JSON door under the same id; by the form when its page is sent again."""
    body = {"session": SESSION, "text": "căn cước", "message": "tin-1"}
    first = (await site.client.post(MESSAGES, json=body)).json()
    assert (await site.client.post(MESSAGES, json=body)).json() == first
    page = (await site.client.get("/")).text
    message = re.findall(r'name="message" value="([0-9a-f]{32})"', page)[0]
    form = {"session": SESSION, "text": "căn cước", "message": message}
    turns = {(await site.client.post("/", data=form)).status_code for _ in range(2)}
    assert turns == {200}
    assert len(site.desk.heard) == 2
    assert message not in (await site.client.get("/")).text


async def test_static_files_are_kept_and_change_their_address_when_they_change(
    site: Site,
) -> None:
    """A hashed address may be kept for a year; nothing is sent twice for nothing."""
    html = (await site.client.get("/")).text
    address = re.findall(r'href="(/static/chat\.css\?v=[0-9a-f]{10})"', html)[0]
    hashed = await site.client.get(address)
    plain = await site.client.get("/static/chat.css")
    again = await site.client.get(address, headers={"if-none-match": hashed.headers["etag"]})
    assert hashed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert plain.headers["cache-control"] == "public, max-age=3600"
    assert again.status_code == 304


async def test_what_was_said_is_not_kept_by_caches(site: Site) -> None:
    """Questions and answers may be personal."""
    answer = await site.ask("căn cước")
    form = await site.client.post("/", data={"session": SESSION, "text": "căn cước"})
    assert [answer.headers["cache-control"], form.headers["cache-control"]] == ["no-store"] * 2


def test_every_drawn_icon_exists() -> None:
    """A section never points at a drawing that is not there."""
    drawn = set(re.findall(r'<symbol id="(\w+)"', Path(pages.STATIC / "icons.svg").read_text()))
    assert drawn >= pages.DRAWN | {"up", "down", "send", "mic", "aloud", "share"}
