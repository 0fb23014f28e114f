"""What the bot says to one message: pure decision, no I/O of its own.

The session is what the last turn of the same citizen offered; so a restart loses nothing.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot import feedback, offers, privacy_replies, replies
from bot.feedback import Opinion
from bot.messages import Choice, Content, Reply, Status
from bot.wishes import answer_to_erase_offer, wish
from intents.entry import Kind
from intents.facets import asked_facets
from intents.verdict import Answer, Clarify, Reason, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from intents.catalog import Catalog
    from intents.entry import Entry, Topic
    from intents.matcher import Matcher
    from intents.reading import Explanation, Reading
    from intents.verdict import Verdict

_NUMBER = re.compile(r"\s*(?:số\s*|so\s*|câu\s*|cau\s*)?(\d{1,2})\s*[.)]?\s*", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\[[^\[\]]{1,30}\]")
_MENU_WORDS = {"chu de", "cac chu de", "xem chu de", "xem cac chu de", "danh muc", "menu"}
_PAGE = 8
_PAGE_NUMBER = re.compile(r"[0-9]{1,3}")
_MOST_RELATED = 3


@dataclass(frozen=True, slots=True)
class Message:
    """One message as the conversation sees it: masked, and what was masked is known."""

    content: Content
    text: str
    choice: str | None
    holds_personal_data: bool


@dataclass(frozen=True, slots=True)
class Session:
    """What went before: the choices last offered, in the order of their numbers.

    `question` is what the citizen had asked when the bot asked back, None otherwise; `answer` the
    turn of the last answer, where nothing but an opinion on it came since.
    """

    offered: tuple[Choice, ...] = ()
    question: Question | None = None
    answer: int | None = None

    @property
    def offers_erasing(self) -> bool:
        """Whether the last turn asked if everything shall be erased."""
        return any(choice.id == privacy_replies.ERASE_YES.id for choice in self.offered)


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is kept: masked text, and the line under which equal questions meet."""

    text: str
    normalised: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The reply, and what led to it (for the store).

    `question` is the one that the reply is about: after a choice, the one that was asked before.
    `following` are the decisions on the other questions of a message that asks several.
    `erases`: the citizen said yes, so everything about them goes; this turn is not kept either.
    `kept` was offered before, and its numbers still count. `opinion` is to be noted.
    """

    reply: Reply
    question: Question | None = None
    explanation: Explanation | None = None
    choice: str | None = None
    following: tuple[Decision, ...] = ()
    erases: bool = False
    kept: tuple[Choice, ...] = ()
    opinion: Opinion | None = None

    @property
    def offered(self) -> tuple[Choice, ...]:
        """What a number means from now on."""
        return self.reply.choices or self.kept

    @property
    def verdict(self) -> Verdict | None:
        return self.explanation.verdict if self.explanation else None


def _typed(message: Message) -> str:
    return unicodedata.normalize("NFC", message.text).strip()


def _answer(text: str, session: Session) -> Choice | None:
    """Yes or no in words, where the last turn asked for it."""
    return answer_to_erase_offer(text) if session.offers_erasing else None


def _sign(text: str, session: Session) -> Opinion | None:
    """An opinion on the last answer, said by a sign."""
    useful = feedback.sign(text)
    if session.answer is None or useful is None:
        return None
    return Opinion(session.answer, useful=useful)


def _heard(opinion: Opinion, session: Session) -> Decision:
    """Note an opinion; what was offered before it, but no reasons, may still be chosen."""
    kept = tuple(choice for choice in session.offered if not feedback.opinion(choice.id))
    return Decision(
        feedback.heard(opinion),
        session.question,
        choice=opinion.choice,
        kept=() if session.offers_erasing else kept,
        opinion=opinion,
    )


class Conversation:
    """Decides replies over one catalog and its matcher."""

    def __init__(
        self, catalog: Catalog, matcher: Matcher, *, open_data_floor: int | None = None
    ) -> None:
        """`open_data_floor` is told in the privacy notice; None: no figures are public."""
        self._catalog = catalog
        self._open_data_floor = open_data_floor
        self._matcher = matcher
        self.topics: tuple[Topic, ...] = tuple(
            topic for topic in catalog.topics if catalog.entries_of(topic.id)
        )
        self._topic_names = [
            (topic.id, self._words(topic.id.replace("_", " ")), self._words(topic.title))
            for topic in self.topics
        ]

    def asked(self, message: Message, session: Session) -> str | None:
        """The text that must be read by the matcher; None when the message needs no matching."""
        text = _typed(message)
        if message.choice is not None or not text or text.startswith("/"):
            return None
        if session.offered and _NUMBER.fullmatch(text):
            return None
        if _answer(text, session) or _sign(text, session) or wish(text):
            return None
        return _PLACEHOLDER.sub(" ", text) if message.holds_personal_data else text

    def respond(
        self, message: Message, session: Session, today: date, reading: Reading | None = None
    ) -> Decision:
        """Decide the reply to one message. Never raises for anything a citizen can send.

        `reading` is what the matcher made of `asked`; without it the matcher is asked here.
        """
        decision = self._decide(message, session, today, reading)
        if message.holds_personal_data:
            return replace(decision, reply=replies.warned(decision.reply))
        return decision

    def found(self, reading: Reading, today: date) -> list[Reply]:
        """Give the answers that a question may lead to, the likeliest first; none if unknown."""
        ids: dict[str, Sequence[str]] = {}
        for explanation in reading.chosen:
            match explanation.verdict:
                case Answer(entry=entry_id, asked=asked):
                    ids.setdefault(entry_id, asked)
                case Clarify(choices=choices):
                    for entry_id in choices:
                        ids.setdefault(entry_id, ())
        return [
            self._entry(entry, Status.ANSWERED, today, ids[entry.id])
            for entry in self._current(list(ids), today)
            if entry.kind is not Kind.SMALL_TALK
        ]

    def _decide(
        self, message: Message, session: Session, today: date, reading: Reading | None
    ) -> Decision:
        text = _typed(message)
        if message.choice is not None:
            return self._choose(message.choice, session, today)
        if not text:
            other = message.content is Content.OTHER
            return Decision(replies.not_text(self.topics) if other else replies.empty(self.topics))
        if text.startswith("/"):
            return self._command(text)
        if worded := self._worded(text, session, today):
            return worded
        if reading is None:
            asked = self.asked(message, session)
            assert asked is not None
            reading = self._matcher.read(asked)
        first, *others = reading.chosen
        personal = message.holds_personal_data
        shown = first.text if others else text
        decision = self._question(shown, first, today, personal=personal)
        following = (self._question(one.text, one, today, personal=personal) for one in others)
        return replace(decision, following=tuple(following))

    def _command(self, text: str) -> Decision:
        name = text[1:].partition(" ")[0].partition("@")[0].lower()
        if name == "start":
            return Decision(replies.greeting(self.topics))
        if name == "chu_de":
            return Decision(replies.topic_menu(self.topics))
        wished = self._wished(name) or self._wished(text)  # "/xoa_du_lieu", "/xóa dữ liệu"
        return Decision(wished or replies.help_text(self.topics))

    def _worded(self, text: str, session: Session, today: date) -> Decision | None:
        """Decide on what needs no matching: a number, a yes or no, a wish."""
        if session.offered and (number := _NUMBER.fullmatch(text)):
            return self._number(int(number[1]), session, today)
        if answer := _answer(text, session):
            return self._choose(answer.id, session, today)
        if opinion := _sign(text, session):
            return _heard(opinion, session)
        wished = self._wished(text)
        return Decision(wished) if wished else None

    def _wished(self, text: str) -> Reply | None:
        wished = wish(text)
        return self._fixed(wished.id) if wished else None

    def _number(self, number: int, session: Session, today: date) -> Decision:
        if 1 <= number <= len(session.offered):
            return self._choose(session.offered[number - 1].id, session, today)
        text = replies.bad_number(len(session.offered))
        return Decision(
            Reply(Status.STALE_CHOICE, text, choices=session.offered), session.question
        )

    def _choose(self, choice: str, session: Session, today: date) -> Decision:
        if choice == privacy_replies.ERASE_YES.id and session.offers_erasing:
            return Decision(privacy_replies.erased(), choice=choice, erases=True)
        if opinion := feedback.opinion(choice):
            return _heard(opinion, session)
        kind, _, rest = choice.partition(":")
        reply = self._fixed(choice)
        if kind == "e" and (entry := self._catalog.entries.get(rest)) and entry.in_force(today):
            reply = self._entry(entry, Status.CHOSEN, today, self._asked(session.question))
        elif kind == "t":
            reply = self._topic_page(rest, today)
        elif offers.wanted(choice):
            reply = offers.subscribed()
        if reply is None:  # an id that leads nowhere may hold anything, and is not kept
            return Decision(replies.stale_choice(self.topics), session.question)
        return Decision(reply, session.question, choice=choice)

    def _fixed(self, choice: str) -> Reply | None:
        """What a choice leads to that names neither an entry nor a topic."""
        topics, more = self.topics, (replies.MENU,)
        made: dict[str, Callable[[], Reply]] = {
            replies.NONE_FITS.id: lambda: replies.none_fits(topics),
            replies.MENU.id: lambda: replies.topic_menu(topics),
            offers.STOP.id: lambda: offers.stopped(more),
            privacy_replies.PRIVACY.id: lambda: privacy_replies.privacy(
                more, open_data_floor=self._open_data_floor
            ),
            privacy_replies.ERASE.id: privacy_replies.erase_offer,
            # a yes to an older question asks again
            privacy_replies.ERASE_YES.id: privacy_replies.erase_offer,
            privacy_replies.ERASE_NO.id: lambda: privacy_replies.not_erased(more),
        }
        return made[choice]() if choice in made else None

    def _topic_page(self, place: str, today: date) -> Reply | None:
        name, _, page = place.partition(":")
        topic = next((topic for topic in self.topics if topic.id == name), None)
        if topic is None or (page and not _PAGE_NUMBER.fullmatch(page)):
            return None
        entries = [e for e in self._catalog.entries_of(topic.id) if e.in_force(today)]
        start = int(page or "0") * _PAGE
        shown = entries[start : start + _PAGE]
        if not shown:
            return None
        rest = len(entries) - start - len(shown)
        following = (
            Choice(f"t:{name}:{start // _PAGE + 1}", f"Xem thêm {rest} câu hỏi")
            if rest > 0
            else None
        )
        return replies.topic_page(topic, shown, following)

    def _question(
        self, text: str, explanation: Explanation, today: date, *, personal: bool
    ) -> Decision:
        verdict = explanation.verdict
        question = Question(text, explanation.question.normalised)
        if question.normalised in _MENU_WORDS:
            return Decision(replies.topic_menu(self.topics), question)
        if page := self._named_topic(explanation.question.folded, today):
            return Decision(page, question, explanation)
        if personal and isinstance(verdict, Unknown) and verdict.reason is Reason.NO_SUBJECT:
            return Decision(replies.only_personal_data(self.topics), question, explanation)
        return Decision(self._reply(verdict, today), question, explanation)

    def _named_topic(self, words: Iterable[str], today: date) -> Reply | None:
        """The first page of a topic, when its name is all that was said."""
        said = frozenset(words)
        for topic, short, title in self._topic_names:
            if said and (short <= said <= short | title or said == title):
                return self._topic_page(topic, today)
        return None

    def _words(self, text: str) -> frozenset[str]:
        return frozenset(self._catalog.lexicon.read(text).folded)

    def _reply(self, verdict: Verdict, today: date) -> Reply:
        match verdict:
            case Answer(entry=entry_id, asked=asked):
                return self._answer(self._catalog.entries[entry_id], today, asked)
            case Clarify(choices=choices):
                entries = self._current(choices, today)
                if len(entries) > 1:
                    return replies.clarify(entries)
                return self._not_known(Status.UNKNOWN_WEAK, today)
            case Unknown(reason=Reason.NO_SUBJECT):
                return replies.no_subject(self.topics)
            case Unknown(reason=Reason.WEAK):
                return self._not_known(Status.UNKNOWN_WEAK, today)
            case _:
                return self._not_known(Status.UNKNOWN_OUT_OF_SCOPE, today)

    def _answer(self, entry: Entry, today: date, asked: Sequence[str]) -> Reply:
        if not entry.in_force(today):
            return self._not_known(Status.EXPIRED, today)
        return self._entry(entry, Status.ANSWERED, today, asked)

    def _asked(self, question: Question | None) -> Sequence[str]:
        """What was asked of the entry that the citizen has now chosen."""
        if question is None:
            return ()
        lexicon = self._catalog.lexicon
        return asked_facets(lexicon.read(_PLACEHOLDER.sub(" ", question.text)), lexicon)

    def _entry(self, entry: Entry, status: Status, today: date, asked: Sequence[str]) -> Reply:
        values = self._catalog.values
        if entry.kind is Kind.SMALL_TALK:
            return replies.small_talk(entry, self.topics, values, today)
        if entry.kind is Kind.SIGNPOST:
            return replies.signpost(entry, values, today)
        related = self._current(entry.related, today)[:_MOST_RELATED]
        return replies.answer(
            entry, status, related=related, values=values, today=today, asked=asked
        )

    def _current(self, ids: Sequence[str], today: date) -> list[Entry]:
        entries = (self._catalog.entries[entry] for entry in ids)
        return [entry for entry in entries if entry.in_force(today)]

    def _not_known(self, status: Status, today: date) -> Reply:
        return replies.not_known(status, self.topics, self._catalog.values, today)
