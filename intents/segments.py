"""A long message in sentences and clauses, and the few of them that ask.

Greetings and stories would only dilute what is asked. Which words ask, join clauses or point back
is data (`faq/_lexicon.yaml`); without them only punctuation cuts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from intents.text import MAX_QUESTION, clean, place_tones, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from intents.lexicon import Lexicon

_MOST_PARTS = 3
_MOST_SENTENCES = 40  # of a message; of more the last, for stories come before questions
_LONGEST_PART = 400  # characters, some 80 words; a longer one is a story as the whole is
_SHORT = 12  # words; a message no longer than this is matched as it stands
_LEAST_BEFORE, _LEAST_AFTER = 4, 3  # words around a cut without a mark of its own
_LONG = 20  # words; in a clause longer than this commas stand for full stops
_ALONE = 3  # words of content with which a question is understood without its neighbours
_ENOUGH = 10  # words of content that it otherwise takes from them …
_MOST_NEIGHBOURS = 3  # … and from how many
_LEAST_TOLD = 2  # words of content with which a sentence that asks nothing is a search

_END = re.compile("""[.?!;…。？！]+["'”’)\\]]*""")
_ITEM = re.compile(r"(?<!\S)\(?(\d{1,2})[.)/](?=\s|[^\W\d_])")  # 1) 2. (3)
_BULLET = re.compile(r"(?<=[^\d\s]\s)[-–•](?=\s+[^\d\s])")  # not in "2020 - 2025"
_MARK = re.compile(r"(?:\(?\d{1,2}[.)/]|[-–+*•])\s*(?=[^\W_])")
_WORD_OR_COMMA = re.compile(r"[^\W_]+|,")
_ADDRESS = re.compile(
    r"://|^www\.|@[^\W_]+\.|\.(?:vn|com|net|org|gov|edu|info)(?![^\W_])", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence or clause of a message.

    `asks`: it asks or wishes for something. `content`: how many words of it say what it is about,
    once questioning, pointing and function words are taken away.
    """

    text: str
    asks: bool
    content: int


def segments(text: str, lexicon: Lexicon) -> tuple[Segment, ...]:
    """Cut a message, as typed, where a sentence, a list item or a clause begins.

    Together the texts are the cleaned message: nothing is lost or moved. A message without a
    word has no segments. Total, in bounded time.
    """
    whole = clean(text)
    return _cut(_sentences_of(text, whole, lexicon), lexicon)


@dataclass(frozen=True, slots=True)
class Parts:
    """Texts of a message, as typed, that are worth matching beside the whole: at most three each.

    `asking` are its questions. `telling` are sentences that ask nothing and are all subject, as
    people type into a search box: "Cấp lại giấy phép lái xe." amid greetings and thanks.
    """

    asking: tuple[str, ...] = ()
    telling: tuple[str, ...] = ()


def parts(text: str, lexicon: Lexicon) -> Parts:
    """The parts of a message; none of a short one, nor one that is a long story itself."""
    whole = clean(text)
    if _is_short(whole):
        return Parts()
    sentences = list(_sentences_of(text, whole, lexicon))
    with_words = [at for at, sentence in enumerate(sentences) if tokens(sentence)]
    first = with_words[-_MOST_SENTENCES] if len(with_words) > _MOST_SENTENCES else 0
    cut = _cut(sentences[first:], lexicon)
    asking, telling = (
        tuple(part for part in found if len(part) <= _LONGEST_PART)
        for found in (asking_parts(cut), telling_parts(cut))
    )
    return Parts(() if asking == (whole,) else asking, telling)


def _sentences_of(text: str, whole: str, lexicon: Lexicon) -> Iterator[str]:
    """The sentences of a message; `whole` is the same, cleaned."""
    for line in _lines(text, whole):
        yield from _sentences(line, lexicon.dotted)


def _cut(sentences: Iterable[str], lexicon: Lexicon) -> tuple[Segment, ...]:
    pieces = [clause for sentence in sentences for clause in _clauses(sentence, lexicon)]
    return tuple(_segment(piece, lexicon) for piece in _with_words(pieces))


def asking_parts(segments: Sequence[Segment]) -> tuple[str, ...]:
    """At most three texts of a message that are worth matching, in its order.

    A short message is one part, and so is one that nowhere asks. Each question is a part. One
    that does not say what it is about ("vậy phải làm sao") takes along the neighbours that do;
    of the others, as room is left, the last are parts with and without their neighbours: only
    the FAQ can tell whether "cần khai báo ở đâu" says enough.
    """
    whole = " ".join(segment.text for segment in segments)
    if len(segments) <= 1 or _is_short(whole):
        return (whole,) if whole else ()
    asking = [at for at, segment in enumerate(segments) if segment.asks]
    # Of too many, those that are marked as questions, and the last: stories come before them.
    asking.sort(key=lambda at: ("?" in segments[at].text, at))
    asking = sorted(asking[-_MOST_PARTS:])
    alone = [at for at in asking if segments[at].content >= _ALONE]
    room = _MOST_PARTS - len(asking)
    both_ways = alone[-room:] if room else []
    places: list[list[int]] = []
    for at in asking:
        if at not in alone:
            places.append(_with_neighbours(segments, at, but=()))
            continue
        places.append([at])
        if at in both_ways:
            places.append(_with_neighbours(segments, at, but=alone))
    parts = (" ".join(_without_mark(segments[at].text) for at in part) for part in places)
    return tuple(dict.fromkeys(parts)) or (whole,)


def _is_short(cleaned: str) -> bool:
    """Whether a message is matched as it stands, without looking for its parts."""
    return len(tokens(cleaned)) <= _SHORT


def telling_parts(segments: Sequence[Segment]) -> tuple[str, ...]:
    """At most three segments that ask nothing and are fullest of subject, in their order."""
    if len(segments) <= 1:
        return ()
    full = {
        at: segment.content / (len(tokens(segment.text)) or 1)
        for at, segment in enumerate(segments)
        if not segment.asks and segment.content >= _LEAST_TOLD
    }
    fullest = sorted(sorted(full, key=lambda at: (-full[at], -at))[:_MOST_PARTS])
    return tuple(dict.fromkeys(_without_mark(segments[at].text) for at in fullest))


def _with_neighbours(segments: Sequence[Segment], at: int, *, but: Sequence[int]) -> list[int]:
    """The question's place, and the places before it that tell more; after it, if none does."""
    before = [place for place in range(at - 1, -1, -1) if place not in but]
    after = [place for place in range(at + 1, len(segments)) if place not in but]
    told = sorted(_telling(segments, before))
    return [*told, at] if told else [at, *_telling(segments, after)]


def _telling(segments: Sequence[Segment], nearest_first: Iterable[int]) -> list[int]:
    """The nearest segments that say enough; greetings and bare questions say nothing."""
    taken: list[int] = []
    content = 0
    for at in nearest_first:
        if content >= _ENOUGH or len(taken) == _MOST_NEIGHBOURS:
            break
        if segments[at].content:
            taken.append(at)
            content += segments[at].content
    return taken


def _segment(text: str, lexicon: Lexicon) -> Segment:
    question = lexicon.read(_without_mark(text))
    asks = "?" in text or any(lexicon.asking.find((*question.spoken, ".")))
    content: Sequence[str] = question.words
    for phrases in (
        *(lexicon.facets, lexicon.asking, lexicon.wishing),
        *(lexicon.referring, lexicon.stop_words),
    ):
        content = phrases.without(content)
    wishes = bool(content) and any(lexicon.wishing.find(question.spoken))
    return Segment(text, bool(question.words) and (asks or wishes), len(content))


def _without_mark(text: str) -> str:
    """The text of a list item without its number or bullet."""
    mark = _MARK.match(text)
    return text[mark.end() :] if mark else text


def _lines(text: str, whole: str) -> list[str]:
    """The lines of a message, cleaned. A message that must be shortened is one line."""
    lines = [clean(line) for line in text[:MAX_QUESTION].splitlines()]
    return lines if " ".join(filter(None, lines)) == whole else [whole]


def _sentences(line: str, dotted: frozenset[str]) -> Iterator[str]:
    """Cut behind full stops and their like, and in front of the items of a list."""
    items = _items(line)
    kept_whole = [*_addresses(line), *((item.start(), item.end()) for item in items)]
    cuts = {item.start() for item in items}
    cuts |= {bullet.start() for bullet in _BULLET.finditer(line)}
    words = {word.end(): word[0] for word in re.finditer(r"[^\W_]+", line)}
    for end in _END.finditer(line):
        inside = any(start <= end.start() < stop for start, stop in kept_whole)
        word = words.get(end.start(), "")
        is_end = word not in dotted and _ends_sentence(line, end.start(), word)
        if not inside and (end[0] != "." or is_end):
            cuts.add(end.end())
    return _pieces(line, cuts)


def _ends_sentence(line: str, dot: int, word: str) -> bool:
    """Whether a full stop behind a word is one, and not part of a number or an abbreviation."""
    after = line[dot + 1 : dot + 2]
    if after.strip():  # "căn cước.giờ em" but not 35.000, v.v, A.B
        return after.isalpha() and len(word) > 1
    initials = len(word) == 1 and line[: dot - 1].endswith(".")  # v.v. ends one before a capital
    return not initials or line[dot + 2 : dot + 3].isupper()


def _items(line: str) -> list[re.Match[str]]:
    """The marks of a numbered list: 1, 2, … one after the other, or a number that begins a line."""
    found: list[re.Match[str]] = []
    following = 1
    for mark in _ITEM.finditer(line):
        if mark.start() == 0 or int(mark[1]) == following:
            found.append(mark)
            following = int(mark[1]) + 1
    return found if len(found) > 1 or (found and found[0].start() == 0) else []


def _addresses(line: str) -> Iterator[tuple[int, int]]:
    for chunk in re.finditer(r"\S+", line):
        if _ADDRESS.search(chunk[0]):
            yield chunk.start(), chunk.start() + len(chunk[0].rstrip(".?!;…,)"))


def _clauses(sentence: str, lexicon: Lexicon) -> Iterator[str]:
    """Cut in front of connectives, unless what is left on a side would be no clause."""
    typed = list(_WORD_OR_COMMA.finditer(sentence))
    spelt = [lexicon.write_out([place_tones(token[0].lower())]) for token in typed]
    words = [word for written in spelt for word in written]
    token_of = [at for at, written in enumerate(spelt) for _ in written]
    cuts: set[int] = set()
    last = 0
    for start, end, followed_by in lexicon.connectives.find(words):
        begin = start + (words[start] == ",")
        after_comma = begin > 0 and words[begin - 1] == ","
        long_enough = begin - last >= _LEAST_BEFORE and len(words) - begin >= _LEAST_AFTER
        complete = _follows(words[start:], end - start, followed_by)
        if begin and complete and (after_comma or long_enough):
            cuts.add(typed[token_of[begin]].start())
            last = begin
    for clause in _pieces(sentence, cuts):
        yield from _at_commas(clause, lexicon)


def _at_commas(clause: str, lexicon: Lexicon) -> Iterator[str]:
    """Many write a whole story with commas: cut it there, up to what asks."""
    typed = list(_WORD_OR_COMMA.finditer(clause))
    cuts: set[int] = set()
    last = 0
    for at, token in enumerate(typed if len(typed) > _LONG else ()):
        if token[0] != "," or at - last < _LEAST_BEFORE or len(typed) - at <= _LEAST_AFTER:
            continue
        before = clause[typed[last].start() : token.start()]
        if any(lexicon.asking.find(lexicon.write_out(tokens(before)))):
            break
        cuts.add(token.end())
        last = at + 1
    return _pieces(clause, cuts)


def _follows(words: Sequence[str], length: int, options: Iterable[Sequence[str]]) -> bool:
    """Whether one of the options comes after the connective, before the same word begins anew."""
    rest = words[length:]
    rest = rest[: rest.index(words[0])] if words[0] in rest else rest
    line = f" {' '.join(rest)} "
    return any(not option or f" {' '.join(option)} " in line for option in options)


def _pieces(text: str, cuts: Iterable[int]) -> Iterator[str]:
    start = 0
    for cut in (*sorted(cuts), len(text)):
        yield text[start:cut].strip()
        start = cut


def _with_words(pieces: Iterable[str]) -> list[str]:
    """Pieces that hold a word; what holds none (an emoji, a bracket) stays with its neighbour."""
    kept: list[str] = []
    waiting = ""
    for piece in filter(None, pieces):
        if tokens(piece):
            kept.append(f"{waiting} {piece}".strip())
            waiting = ""
        elif kept:
            kept[-1] += f" {piece}"
        else:
            waiting = f"{waiting} {piece}".strip()
    return kept
