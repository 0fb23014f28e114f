"""What people ask a town hall, in English: things, what is asked about them, and in what words."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

THINGS = {
    "parking": ("parking permit", "resident's parking permit", "permit to park on my street"),
    "library": ("library card", "library membership", "card for the public library"),
    "dog": ("dog licence", "licence for my dog", "dog tag"),
    "birth": ("birth certificate", "certificate of birth", "copy of my birth record"),
    "marriage": ("marriage licence", "licence to marry", "wedding paperwork"),
    "passport": ("passport", "travel document", "passport booklet"),
    "waste": ("garden waste bin", "brown bin", "bin for green waste"),
    "bus": ("senior bus pass", "free bus pass", "bus pass for pensioners"),
    "fishing": ("fishing permit", "rod licence", "permit to fish in the lake"),
    "stall": ("market stall", "pitch at the weekly market", "stall on the square"),
    "allotment": ("allotment", "garden plot", "vegetable plot"),
    "badge": ("disabled badge", "blue badge", "parking badge for disabled people"),
    "school": ("school place", "place at a primary school", "school admission"),
    "taxi": ("taxi licence", "cab driver's licence", "licence to drive a taxi"),
    "skip": ("skip permit", "permit for a skip on the road", "container permit"),
}
ASPECTS = {
    "get": (
        "how do I get a {}",
        "where can I apply for a {}",
        "I need a {}, where do I start",
        "I'd like to request a {}",
        "what must I do to obtain a {}",
        "can I order a {} online",
        "first {}, how does it work",
        "we have just moved here and want a {}",
        "application form for a {}",
        "is it possible to sign up for a {} over the internet",
        "who hands out a {} in this town",
        "getting a {}",
    ),
    "cost": (
        "how much is a {}",
        "what does a {} cost",
        "price of a {}",
        "do I have to pay for a {}",
        "is the {} free of charge",
        "fee for a {}",
        "how many pounds will you charge me for a {}",
        "is there a discount on the {} for students",
        "what are your charges for a {}",
        "can I pay for my {} by card",
        "is a {} expensive",
        "I was billed for a {}, is the amount right",
    ),
    "lost": (
        "I lost my {}",
        "my {} was stolen, what now",
        "replace a lost {}",
        "I can't find my {} any more",
        "someone took my {} out of my bag",
        "my {} has gone missing",
        "duplicate of a {}",
        "the {} got destroyed in the washing machine",
        "how to report a missing {}",
        "I threw away my {} by mistake",
        "my {} is damaged, can I have a new one",
        "thieves got away with my {}",
    ),
    "renew": (
        "how do I renew my {}",
        "my {} runs out next month",
        "extend a {}",
        "my {} has expired",
        "until when is my {} valid",
        "prolong my {} for another year",
        "is the {} renewed automatically",
        "renewal of a {}",
        "the date on my {} has passed",
        "can I keep my {} for one more year",
        "how early may I ask to extend my {}",
        "{} no longer valid, what to do",
    ),
}
OPENERS = (
    "",
    "",
    "",
    "hello, ",
    "hi there, ",
    "quick question: ",
    "excuse me, ",
    "please tell me, ",
)
CLOSERS = ("", "", "", "?", "? thanks", " please", "? thank you very much", ", can you help")
ELSEWHERE = [
    f"{subject} {rest}".strip()
    for subject, rests in {
        "what is the capital of": ("Australia", "Peru", "the Netherlands"),
        "recipe for": ("onion soup", "banana bread", "a good curry"),
        "who won": ("the match last night", "the election in France", "the song contest"),
        "will it rain": ("tomorrow", "at the weekend in Leeds"),
        "my": (
            "washing machine is leaking",
            "laptop does not start any more",
            "boyfriend broke up with me",
            "back hurts when I sit",
            "train to London is late",
        ),
        "how do I": (
            "change a flat tyre",
            "remove red wine from a carpet",
            "learn to play the guitar",
            "get rich quickly",
            "tie a tie",
            "invest in shares",
        ),
        "how much is": ("a bitcoin today", "a pint of milk", "a flight to Rome"),
        "where can I": ("buy cheap shoes", "watch the new film", "find a good dentist"),
        "": (
            "tell me a joke",
            "translate good morning into Spanish",
            "are you a robot",
            "the meaning of life",
            "best phone under 300 pounds",
            "why is the sky blue",
            "I lost my temper yesterday",
            "how old is the universe",
            "cheap hotels near the beach",
            "can cats eat cheese",
            "the price of oil is rising",
            "I want to divorce my husband",
            "renew my antivirus subscription",
            "my broadband contract has expired",
            "is it legal to record a phone call",
        ),
    }.items()
    for rest in rests
]


def say(thing: str, aspect: str, source: Random, count: int) -> list[str]:
    """So many different ways to ask for an aspect of a thing; no two in the same words."""
    ways = list(product(ASPECTS[aspect], THINGS[thing]))
    source.shuffle(ways)
    made: dict[str, None] = {}
    while len(made) < count:
        template, name = ways[len(made) % len(ways)]
        said = template.format(name)
        made[source.choice(OPENERS) + said + source.choice(CLOSERS)] = None
    return list(made)
