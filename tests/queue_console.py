"""Questions asked in vain, gathered for the queue's pages by the real intake."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.review.intake import Intake
from intents.verdict import Candidate, Reason, Unknown
from tests.test_review_desk import asked

if TYPE_CHECKING:
    from bot.console.office import Office
    from bot.store import TurnRecord

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
LIKELY = ("vneid_khong_nhan_otp", "vneid_quen_mat_khau")
HOSTILE = (
    "<img src=x onerror=\"document.title='bị'\">",
    "\"'><script>document.title='bị'</script>",
    "\u202eđảo ngược\u202d {{ 7 * 7 }}",
    "a" * 4000,
)
OTP, RESIDENCE, EVIL = 1, 2, 3  # the clusters of `some_questions`
OTP_WORDS = ("ko nhan dc ma otp", "otp mai không về")
FIRST_WORDS, OTHER_WORDS = 1, 4  # the two questions of the first cluster


def lost(
    text: str,
    count: int = 1,
    *,
    first: int = 1,
    channel: str = "web",
    at: datetime = NOW - timedelta(hours=3),
    score: float = 0.42,
) -> list[TurnRecord]:
    """A question that so many people asked, from that one on, with the entries that came nearest."""
    people = [f"người {number}" for number in range(first, first + count)]
    near = (Candidate(LIKELY[0], score), Candidate(LIKELY[1], score * 0.7))
    ranking = near if "otp" in text else ()
    verdict = Unknown(Reason.WEAK, ranking)
    return asked(text, *people, channel=channel, at=at, verdict=verdict)


async def gather(made: Office, *turns: TurnRecord) -> None:
    """Keep turns, and let the intake find them."""
    await made.store.add_turns(turns)
    await Intake(made.store).run(NOW)


async def some_questions(made: Office) -> None:
    """Two common clusters, and a third of hostile wordings; hoa merged what asks the same."""
    common, residence = OTP_WORDS[0], "đăng ký tạm trú ở đâu"
    first = [*lost(common, 40, channel="zalo_oa"), *lost(common)]
    await gather(made, *first, *lost(residence, 12), *lost(HOSTILE[0], 2))
    others = [
        *lost(OTP_WORDS[1], first=41),
        *(turn for text in HOSTILE[1:] for turn in lost(text)),
    ]
    await gather(made, *others)
    await made.review.merge(4, 1, by="hoa", other=OTP)
    for number in (5, 6, 7):
        await made.review.merge(number, 1, by="hoa", other=EVIL)
