"""Answers look the same everywhere, and no text of an editor becomes a tag or a foreign link."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.markup import to_html, to_plain, to_telegram

WEB_LINK = '<a href="https://vneid.gov.vn" target="_blank" rel="noopener noreferrer">'
MARKS = st.text("ab<>&\"'*_[]()!#`~-+1.) \n\\:/", max_size=60)
PIECES = st.lists(
    st.sampled_from(
        [
            "[a](https://a.vn)",
            "[b](javascript:x)",
            "**",
            "*",
            "- ",
            "1. ",
            "\n",
            "  ",
            "<b>",
            "&",
            "x",
        ]
    ),
    max_size=20,
).map("".join)


@pytest.mark.parametrize(
    ("text", "plain", "telegram", "web"),
    [
        ("", "", "", ""),
        ("Không mất tiền.", "Không mất tiền.", "Không mất tiền.", "<p>Không mất tiền.</p>"),
        (
            "**Có.** Đến xã.",
            "Có. Đến xã.",
            "<b>Có.</b> Đến xã.",
            "<p><strong>Có.</strong> Đến xã.</p>",
        ),
        ("một\n\nhai", "một\n\nhai", "một\n\nhai", "<p>một</p><p>hai</p>"),
        ("một\nhai", "một\nhai", "một\nhai", "<p>một\nhai</p>"),
        ("- một\n- hai", "• một\n• hai", "• một\n• hai", "<ul><li>một</li><li>hai</li></ul>"),
        (
            "1. một\n2. hai",
            "1. một\n2. hai",
            "1. một\n2. hai",
            "<ol><li>một</li><li>hai</li></ol>",
        ),
        (
            "Cần:\n- thẻ\n- **ảnh**\n\nRồi nộp.",
            "Cần:\n\n• thẻ\n• ảnh\n\nRồi nộp.",
            "Cần:\n\n• thẻ\n• <b>ảnh</b>\n\nRồi nộp.",
            "<p>Cần:</p><ul><li>thẻ</li><li><strong>ảnh</strong></li></ul><p>Rồi nộp.</p>",
        ),
        (
            "Vào [VNeID](https://vneid.gov.vn).",
            "Vào VNeID (https://vneid.gov.vn).",
            'Vào <a href="https://vneid.gov.vn">VNeID</a>.',
            f"<p>Vào {WEB_LINK}VNeID</a>.</p>",
        ),
        (
            "[https://vneid.gov.vn](https://vneid.gov.vn)",
            "https://vneid.gov.vn",
            '<a href="https://vneid.gov.vn">https://vneid.gov.vn</a>',
            f"<p>{WEB_LINK}https://vneid.gov.vn</a></p>",
        ),
        (
            "[**VNeID**](https://vneid.gov.vn)",
            "VNeID (https://vneid.gov.vn)",
            '<a href="https://vneid.gov.vn"><b>VNeID</b></a>',
            f"<p>{WEB_LINK}<strong>VNeID</strong></a></p>",
        ),
        (
            "a < b & c > d",
            "a < b & c > d",
            "a &lt; b &amp; c &gt; d",
            "<p>a &lt; b &amp; c &gt; d</p>",
        ),
        ("&lt;", "&lt;", "&amp;lt;", "<p>&amp;lt;</p>"),
    ],
)
def test_the_subset_is_written_three_ways(text: str, plain: str, telegram: str, web: str) -> None:
    """Plain, Telegram, web: no fact is lost on any of them."""
    assert (to_plain(text), to_telegram(text), to_html(text)) == (plain, telegram, web)


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "<b>đậm</b>", '<img src=x onerror="x()">', "<!-- x -->", "</p>"],
)
def test_raw_html_is_only_text(text: str) -> None:
    """It is shown as it was written."""
    assert to_plain(text) == text
    assert "<" not in to_telegram(text)
    assert "<" not in to_html(text).removeprefix("<p>").removesuffix("</p>")


@pytest.mark.parametrize(
    "url",
    [
        "http://gov.vn",
        "javascript:alert",
        "data:text/html,x",
        "tg://user?id=1",
        "//gov.vn",
        "/x",
        "gov.vn",
        "tel:113",
        "",
    ],
)
def test_only_https_links_stay_links(url: str) -> None:
    """The words of any other link remain."""
    for written in (to_telegram(f"[bấm]({url})"), to_html(f"[bấm]({url})")):
        assert "<a" not in written
        assert "bấm" in written
    assert to_plain(f"[bấm]({url})") in {"bấm", f"[bấm]({url})"}


def test_an_address_cannot_break_out_of_its_attribute() -> None:
    """Quotes and ampersands in it are escaped."""
    text = '[a](https://a.vn/?x=1&y="><script>)'
    assert to_telegram(text) == '<a href="https://a.vn/?x=1&amp;y=%22%3E%3Cscript%3E">a</a>'


@pytest.mark.parametrize("text", ["# a", "> a", "`a`", "~~a~~", "| a | b |", "---", "http://a.vn"])
def test_what_is_not_in_the_subset_is_text(text: str) -> None:
    """Headings, quotes, code, tables, rules and bare addresses are shown as typed."""
    assert to_plain(text) == text


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("3. ba\n4. bốn", "3. ba\n4. bốn"),
        ("0. không\n1. một", "0. không\n1. một"),
        ("1. một\n   - a\n   - b\n2. hai", "1. một\n• a\n• b\n2. hai"),
        ("1. một\n\n   thêm\n2. hai", "1. một\n\nthêm\n2. hai"),
        ("- một\n\n  thêm\n- hai", "• một\n\nthêm\n• hai"),
    ],
)
def test_steps_keep_their_numbers(text: str, lines: str) -> None:
    """A second paragraph of a step is no step of its own."""

    def without_layout(written: str) -> list[str]:
        return [line.strip() for line in written.splitlines() if line.strip()]

    assert without_layout(to_plain(text)) == without_layout(lines)
    assert without_layout(to_telegram(text)) == without_layout(lines)


class Tags(HTMLParser):
    """Reads HTML strictly: every tag is allowed, closed, and in its place."""

    def __init__(self, allowed: set[str]) -> None:
        super().__init__()
        self.allowed, self.open, self.links = allowed, list[str](), list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.allowed
        told = dict(attrs)
        assert set(told) <= ({"href", "target", "rel"} if tag == "a" else set())
        if tag == "a":
            self.links.append(told["href"] or "")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@given(st.one_of(st.text(), MARKS, PIECES))
def test_any_text_becomes_clean_html(text: str) -> None:
    """Only the subset's tags, all closed, links only to https, nothing unescaped."""
    for written, allowed in (
        (to_html(text), {"p", "ul", "ol", "li", "strong", "a"}),
        (to_telegram(text), {"b", "a"}),
    ):
        page = Tags(allowed)
        page.feed(written)
        page.close()
        assert page.open == []
        assert all(link.startswith("https://") for link in page.links)
        assert not re.search(r"&(?!(amp|lt|gt|quot|#x27);)", written)


@given(st.one_of(st.text(st.characters(exclude_categories=())), MARKS, PIECES))
def test_any_text_becomes_plain_text(text: str) -> None:
    """No exception, and no white space around."""
    plain = to_plain(text)
    assert plain == plain.strip()


@pytest.mark.parametrize(
    "text",
    ["[" * 20_000, "**" * 10_000, "- " * 3_000, "[a](" * 5_000, "🪪" * 10_000, "1. " * 3_000],
)
def test_long_nests_of_marks_are_read(text: str) -> None:
    """No depth of nesting ends the process or makes the answer much longer."""
    assert len(to_html(text)) <= 4 * len(text)
    assert len(to_plain(text)) <= len(text)
