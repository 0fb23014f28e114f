"""`@bot từ khóa`: answers to share in any chat, of which nothing is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.messages import Choice, Link, Reply, Section, Status, Turn
from tests.fakes.telegram_html import units
from tests.fakes.telegram_server import FakeTelegram
from tests.telegram_desk import answering

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from tests.fakes.telegram_methods import InlineAnswer
    from tests.receptions import Answering

LOST = Turn(
    0,
    Reply(
        Status.ANSWERED,
        "Báo **ngay**, rồi xin cấp lại <b>trên VNeID</b>.",
        title="Mất thẻ căn cước",
        sections=(Section("fee", "💵", "Chi phí", ("35.000 đồng",)),),
        sources=(Link("Luật Căn cước", "https://vanban.chinhphu.vn"),),
        checked="kiểm tra ngày 22/11/2026",
        choices_title="Câu hỏi liên quan:",
        choices=(Choice("e:doi", "Đổi thẻ"),),
        asks_feedback=True,
    ),
)


class Finder:
    """Finds what a test puts in, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.found: list[Turn] = [LOST]
        self.broken = False

    async def __call__(self, words: str) -> Sequence[Turn]:
        self.asked.append(words)
        if self.broken:
            raise RuntimeError(f"cannot find {words}")
        return self.found


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


@pytest.fixture
def find() -> Finder:
    return Finder()


@pytest.fixture
async def bot(fake: FakeTelegram, find: Finder, tmp_path: Path) -> AsyncIterator[Answering]:
    async with answering(fake, tmp_path, find=find) as bot:
        await fake.until(lambda: bool(fake.called("getUpdates")))
        yield bot


async def shown(fake: FakeTelegram, words: str) -> InlineAnswer:
    query = fake.look_up(words)
    await fake.until(lambda: fake.inline[query] is not None)
    answer = fake.inline[query]
    assert answer
    return answer


async def test_an_answer_can_be_shared_with_its_question_and_sources(
    fake: FakeTelegram, bot: Answering, find: Finder
) -> None:
    """Title, everything of the answer, no buttons and no thumbs; nothing is stored."""
    answer = await shown(fake, "  mất căn cước ")
    (article,) = answer.articles
    assert (article.title, article.line) == (
        "Mất thẻ căn cước",
        "Báo ngay, rồi xin cấp lại <b>trên VNeID</b>.",
    )
    assert article.text == (
        "Mất thẻ căn cước\n\nBáo ngay, rồi xin cấp lại <b>trên VNeID</b>.\n\n"
        "💵 Chi phí\n35.000 đồng\n\n"
        "Nguồn: Luật Căn cước\nKiểm tra ngày 22/11/2026"
    )
    (call,) = fake.called("answerInlineQuery")
    assert "reply_markup" not in str(call)
    assert find.asked == ["mất căn cước"]
    assert (bot.ledger.heard, fake.user(7).messages) == ([], [])
    assert (answer.cache_time, answer.personal) == (300, False)


@pytest.mark.usefixtures("bot")
async def test_ten_answers_at_most_are_offered(fake: FakeTelegram, find: Finder) -> None:
    """Each with an id of its own."""
    find.found = [LOST] * 60
    assert len((await shown(fake, "thẻ")).articles) == 10


@pytest.mark.usefixtures("bot")
async def test_before_anything_is_typed_nothing_is_looked_for(
    fake: FakeTelegram, find: Finder
) -> None:
    """The list is empty."""
    assert (await shown(fake, " ")).articles == ()
    assert find.asked == []


@pytest.mark.usefixtures("bot")
async def test_a_long_answer_is_cut_to_one_message_that_says_so(
    fake: FakeTelegram, find: Finder
) -> None:
    """Sharing sends exactly one message; marks stay whole."""
    text = "\n\n".join("**Bước** & " + "chữ " * 200 for _ in range(12))
    find.found = [Turn(0, Reply(Status.ANSWERED, text, title="Dài & rộng"))]
    (article,) = (await shown(fake, "dài")).articles
    assert units(article.text) <= 4096
    assert article.text.startswith("Dài & rộng\n\nBước & chữ")
    assert article.text.endswith("… (còn tiếp, bạn hỏi @hoidap_thu_bot để xem đầy đủ)")


@pytest.mark.usefixtures("bot")
async def test_an_answer_without_title_is_named_by_its_beginning(
    fake: FakeTelegram, find: Finder
) -> None:
    """Cut at a word; an answer without words is left out."""
    find.found = [
        Turn(0, Reply(Status.ANSWERED, "Xin cấp lại " * 20)),
        Turn(0, Reply(Status.ANSWERED, "")),
    ]
    (article,) = (await shown(fake, "x")).articles
    assert article.title == "Xin cấp lại" + " Xin cấp lại" * 5 + " Xin…"
    assert len(article.line) <= 120


async def test_a_finder_that_fails_disturbs_nobody_and_is_not_quoted(
    fake: FakeTelegram, bot: Answering, find: Finder, caplog: pytest.LogCaptureFixture
) -> None:
    """The list stays empty; messages are answered; the log names the kind of error only."""
    find.broken = True
    query = fake.look_up("bí-mật")
    fake.user(7).say("alo")
    assert (await fake.user(7).next()).text == "Bạn nói: alo"
    assert fake.inline[query] is None
    assert "RuntimeError" in caplog.text
    assert "bí-mật" not in caplog.text
    assert len(bot.ledger.heard) == 1


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("trouble", ["flood_once", "break_once", "drop_once"])
async def test_an_inline_answer_that_fails_is_let_go(fake: FakeTelegram, trouble: str) -> None:
    """The next letter that is typed asks again."""
    getattr(fake, trouble)("answerInlineQuery")
    first = fake.look_up("m")
    await fake.until(lambda: bool(fake.called("answerInlineQuery")))
    assert len((await shown(fake, "mấ")).articles) == 1
    assert fake.inline[first] is None


async def test_without_a_finder_inline_queries_are_left_alone(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    """Nobody is promised what is not there."""
    async with answering(fake, tmp_path) as bot:
        await fake.until(lambda: bool(fake.called("getUpdates")))
        fake.look_up("thẻ")
        await fake.until(lambda: not fake.updates)
        assert bot.channel.counts["ignored"] == 1
    assert fake.called("answerInlineQuery") == []
