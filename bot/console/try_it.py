"""The try-it pane (/quan-tri/thu): what the bot would say to a question, and why. Nothing is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from bot.console.bench import Bench
from bot.console.editor import ALREADY
from bot.console.frame import form, guarded, redirect, render
from bot.console.office import Role
from bot.drafts.draft import typed
from bot.editing import AddGolden
from bot.errors import Fault
from bot.privacy import mask, placeholders
from bot.proposals.twins import twin
from bot.store import StoreError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from bot.console.entry_desk import EntryDesk
    from bot.console.office import Office, Person
    from bot.faq import Faq

MOST = 2000
"""Characters of a question that are read."""

STYLES = {
    "plain": "câu đủ dấu",
    "no_accents": "không dấu",
    "typo": "sai chính tả",
    "teencode": "viết tắt, teencode",
    "telex": "còn phím Telex, VNI",
    "short": "rất ngắn",
    "story": "kể chuyện dài",
}


class TryItArea:
    """Reviewers try; editors also keep a question for the check of every change."""

    name = "Thử hỏi"
    path = "/thu"
    role = Role.REVIEWER

    def __init__(self, office: Office, desk: EntryDesk) -> None:
        self._office = office
        self._desk = desk
        self._bench: Bench | None = None

    def routes(self) -> list[Route]:
        """The page, and keeping a question."""
        return [
            Route("/thu", guarded(self.ask, Role.REVIEWER)),
            Route("/thu/luu", guarded(self.keep, Role.EDITOR), methods=["POST"]),
        ]

    async def ask(self, request: Request, person: Person) -> Response:
        """The empty pane, or what became of a question."""
        text = request.query_params.get("q", "")[:MOST]
        return await self._shown(request, person, text)

    async def keep(self, request: Request, person: Person) -> Response:
        """Keep a question as one that must go on finding its entry: as a proposal."""
        sent = await form(request)
        text = mask(typed(sent.get("text"))[:MOST]).text
        if holes := placeholders(text):
            trouble = f"Chưa lưu được: câu còn chỗ đã che thông tin cá nhân ({', '.join(holes)}). Bỏ chỗ đó khỏi câu, hỏi lại rồi lưu."
            return await self._shown(request, person, text, trouble=trouble)
        entry, style = sent.get("entry").strip(), sent.get("style")
        catalog = self._office.faq().catalog
        if not text or entry not in catalog.entries or style not in STYLES:
            trouble = f"Chưa lưu được: không có mục nào mang mã “{entry[:80]}”. Chọn mã trong danh sách gợi ý."
            return await self._shown(request, person, text, trouble=trouble, right=entry)
        proposals, edits = self._office.proposals, [AddGolden(entry, text, style)]
        try:
            known = await twin(proposals, edits, author=person.name)
            number = known or await proposals.propose(
                edits,
                author=person.name,
                title=f"Câu hỏi kiểm tra cho mục: {catalog.entries[entry].title}"[:200],
            )
        except (Fault, StoreError) as error:
            return await self._shown(request, person, text, trouble=str(error), right=entry)
        notice = ALREADY if known else "Đã lưu câu hỏi kiểm tra thành thay đổi."
        return redirect(f"/quan-tri/thay-doi/{number}", notice=notice)

    async def _shown(
        self, request: Request, person: Person, text: str, *, trouble: str = "", right: str = ""
    ) -> Response:
        tried = (
            await self._bench_of(self._office.faq()).ask(text, self._desk.today())
            if text.strip()
            else None
        )
        return render(
            request,
            "try_it.html",
            status=422 if trouble else 200,
            asked=text,
            tried=tried,
            right=right or (tried.right if tried else ""),
            styles=STYLES,
            trouble=trouble,
            may_edit=person.role.covers(Role.EDITOR),
        )

    def _bench_of(self, faq: Faq) -> Bench:
        if self._bench is None or self._bench.faq is not faq:
            if self._bench:
                self._bench.close()
            self._bench = Bench(faq, takes_feedback=self._office.settings.feedback)
        return self._bench
