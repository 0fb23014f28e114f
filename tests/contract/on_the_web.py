"""The web chat for the contract, by its JSON door: the request waits for the answer."""

from __future__ import annotations

import html
import json
import re
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import httpx

from bot.feedback import LABELS
from tests.contract.driver import Cannot, Deed, Driver, Person, Seen

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

_TAGS = re.compile(r"<[^>]*>")
_HIDDEN = re.compile(r"<(script|style|template|noscript)\b.*?</\1>", re.DOTALL)


@dataclass(slots=True)
class OnTheWeb(Person):
    http: httpx.AsyncClient
    session: str
    _unread: deque[Seen] = field(default_factory=deque)
    _choices: dict[str, str] = field(default_factory=dict)  # title → id
    _turn: int = 0

    async def arrive(self) -> None:
        """Open the page."""
        page = (await self.http.get("/")).raise_for_status().text
        self._unread.append(Seen(_read(page)))

    async def say(self, text: str) -> None:
        await self.send({"text": text})

    async def see(self) -> Seen:
        return self._unread.popleft()

    async def tap(self, title: str) -> None:
        choice = next(id_ for shown, id_ in self._choices.items() if title in shown)
        await self.send({"choice": choice})

    async def dislike(self) -> None:
        """The reasons are on the card already."""
        await self.rate(useful=False)

    async def give_reason(self, label: str) -> None:
        why = next(why for why, said in LABELS.items() if said == label)
        await self.rate(useful=False, reason=why.value)

    async def rate(self, **opinion: Any) -> None:
        body = {"session": self.session, "turn": self._turn, **opinion}
        answer = await self.http.post("/chat/api/feedback", json=body)
        assert answer.json() == {"ok": True}

    async def send(self, fields: dict[str, str]) -> None:
        answer = await self.post(fields)
        assert answer.status_code == 200, answer.text
        for turn in (answer.json(), *answer.json()["following"]):
            self._choices = {choice["title"]: choice["id"] for choice in turn["choices"]}
            self._unread.append(Seen(turn["text"], tuple(self._choices)))
            self._turn = turn["turn"]
            assert_harmless(turn)

    async def post(self, fields: dict[str, Any]) -> httpx.Response:
        body = {"session": self.session, **fields}
        try:
            content = json.dumps(body, ensure_ascii=False).encode()
        except UnicodeEncodeError:  # half a character can only be escaped
            content = json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        return await self.http.post("/chat/api/messages", content=content, headers=headers)


def assert_harmless(turn: dict[str, Any]) -> None:
    """The card says what the text says, and nothing of the text has become mark-up."""
    assert "<script" not in turn["html"].lower()
    assert not re.search(r"\son\w+=", _TAGS.sub("", turn["html"].lower().replace("&lt;", "")))
    first = turn["text"].splitlines()[0].removeprefix("⚠️ ")
    assert first in _read(turn["html"])


def _read(page: str) -> str:
    """What a reader sees of some HTML."""
    return html.unescape(_TAGS.sub("", _HIDDEN.sub("", page)))


async def _has_text_alone(person: Person) -> None:
    """What is no text is refused with a sentence."""
    assert isinstance(person, OnTheWeb)
    answer = await person.post({"photo": "data:image/png;base64,AAAA"})
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("Thiếu câu hỏi")


async def _offers_no_news(person: Person) -> None:
    """Nobody is promised what could not be kept."""
    assert isinstance(person, OnTheWeb)
    unknown = (await person.post({"text": "sông nào dài nhất việt nam"})).json()
    assert unknown["status"].startswith("unknown:")
    assert not any("Báo cho tôi" in choice["title"] for choice in unknown["choices"])


async def _answers_each_request(person: Person) -> None:
    """Whoever asks again waits for an answer again, and gets the same."""
    assert isinstance(person, OnTheWeb)
    asked = {"text": "quên mật khẩu vneid thì làm sao", "message": "tin-1"}
    first, second = [(await person.post(asked)).json() for _ in range(2)]
    assert first["text"] == second["text"]
    assert first["entry"] == "vneid_quen_mat_khau"


class Web(Driver):
    name = "web"
    channel = "web"
    cannot: ClassVar = {
        Deed.PICTURES: Cannot("trang web chỉ có ô gõ chữ", _has_text_alone),
        Deed.TWICE: Cannot("mỗi yêu cầu tự chờ câu trả lời của nó", _answers_each_request),
        Deed.SWAPPED: Cannot("mỗi yêu cầu tự chờ câu trả lời của nó", _answers_each_request),
        Deed.NEWS: Cannot("không ai ở lại trang mà chờ", _offers_no_news),
        Deed.SENDING: Cannot("câu trả lời nằm ngay trong phản hồi", _answers_each_request),
    }

    async def open(self, stack: AsyncExitStack) -> None:
        self._http = await stack.enter_async_context(httpx.AsyncClient(timeout=20))

    def settings(self) -> dict[str, object]:
        return {}

    def meet(self, address: str) -> None:
        self._http.base_url = httpx.URL(address)

    def person(self, number: int) -> OnTheWeb:
        return OnTheWeb(self._http, f"phien-{number}")
