"""Answers link only to official sites, by https."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from intents.catalog import load
from tests.small_faq import SITES, problems, topic, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "url",
    [
        "https://gov.vn",
        "https://dvc.gov.vn/a?b=c#d",
        "https://a.b.gov.vn:443/",
        "https://DVC.GOV.VN",
    ],
)
def test_official_links_may_stand(tmp_path: Path, url: str) -> None:
    """The domain itself and what lies under it, with port and path, in any case."""
    files = {
        "t.yaml": topic("a", more=f"    sources: [{{document: D, url: '{url}'}}]\n").replace(
            "Trả lời a.", f"'[a]({url})'"
        ),
        "_sites.yaml": SITES,
    }
    assert load(write(tmp_path, files)).warnings == ()


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://evil.com", "evil.com"),
        ("https://gov.vn.evil.com", "gov.vn.evil.com"),
        ("https://dvc-gov.vn", "dvc-gov.vn"),
        ("https://xgov.vn/gov.vn", "xgov.vn"),
        ("https://evil.com?dvc.gov.vn", "evil.com"),
        ("https://evil.com#.gov.vn", "evil.com"),
    ],
)
def test_other_links_are_refused(tmp_path: Path, url: str, host: str) -> None:
    """Look-alikes and tricks too, in texts and in sources; the domain is named."""
    files = {
        "t.yaml": topic("a", more=f"    sources: [{{document: D, url: '{url}'}}]\n").replace(
            "Trả lời a.", f"'[a]({url})'"
        ),
        "_sites.yaml": SITES,
    }
    found = problems(tmp_path, files)
    assert [problem.split(" ")[0] for problem in found] == ["t.yaml:5:13:", "t.yaml:6:34:"]
    assert all(host in problem for problem in found)
    assert all("không phải trang chính thức" in problem for problem in found)


@pytest.mark.parametrize(
    "url",
    [
        "https://dvc.gov.vn:x@evil.com/",
        "https://dvc.gov.vn@evil.com/",
        "https://evil.com\\.gov.vn",
    ],
)
def test_links_that_hide_their_domain_are_refused(tmp_path: Path, url: str) -> None:
    """What a reader sees must be where the link leads."""
    files = {"t.yaml": topic("a").replace("Trả lời a.", f"'[a]({url})'"), "_sites.yaml": SITES}
    [found] = problems(tmp_path, files)
    assert "che tên miền thật" in found


def test_without_a_list_of_sites_any_https_link_may_stand(tmp_path: Path) -> None:
    """A FAQ of another country has other domains."""
    content = topic("a").replace("Trả lời a.", "'[a](https://example.com) [b](http://gov.vn)'")
    assert problems(tmp_path, {"t.yaml": content}) == [
        "t.yaml:5:13: liên kết “http://gov.vn” không phải https – viết đầy đủ https://…"
    ]


@pytest.mark.parametrize("url", ["//gov.vn", "gov.vn", "tel:113", "javascript:alert", "/x", ""])
def test_links_are_written_in_full(tmp_path: Path, url: str) -> None:
    """With or without a list of sites."""
    content = topic("a").replace("Trả lời a.", f"'[a]({url})'")
    found = "t.yaml:5:13: liên kết “{}” không phải https – viết đầy đủ https://…"
    assert problems(tmp_path, {"t.yaml": content}) == [found.format(url)]
