"""The web chat as the program puts it together: settings and FAQ in, pages out."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from bot.app import App
from bot.config import Settings
from bot.secret_key import StartError
from tests.sample_faq import sample_faq

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@asynccontextmanager
async def client(folder: Path, **settings: object) -> AsyncIterator[httpx.AsyncClient]:
    app = await App.open(
        Settings.model_validate({"data_dir": folder / "data", **settings}), sample_faq()
    )
    try:
        transport = httpx.ASGITransport(app.web())
        async with httpx.AsyncClient(transport=transport, base_url="http://bot.test") as client:
            yield client
    finally:
        await app.close()


async def test_every_answer_of_the_faq_has_its_page(tmp_path: Path) -> None:
    """Small talk has none; the public address is the one that was set."""
    async with client(tmp_path, public_url="https://hoidap.example.vn") as web:
        for entry in sample_faq().catalog.entries:
            page = await web.get(f"/hoi/{entry}")
            assert page.status_code == (404 if entry == "cam_on" else 200)
            assert (f"https://hoidap.example.vn/hoi/{entry}" in page.text) == page.is_success
        answer = await web.post(
            "/chat/api/messages", json={"session": "s", "text": "quên mật khẩu vneid thì làm sao"}
        )
    assert 'href="https://hoidap.example.vn/hoi/vneid_quen_mat_khau"' in answer.json()["html"]


async def test_only_pages_that_are_set_may_embed(tmp_path: Path) -> None:
    """None by default."""
    policies = []
    for settings in ({}, {"embed_origins": ["https://xa.example.gov.vn"]}):
        async with client(tmp_path, **settings) as web:
            policies.append((await web.get("/chat/")).headers["content-security-policy"])
    assert policies[0].endswith("frame-ancestors 'none'")
    assert policies[1].endswith("frame-ancestors https://xa.example.gov.vn")


async def test_a_public_address_that_makes_no_links_stops_the_start(tmp_path: Path) -> None:
    """With a sentence, not with a traceback."""
    with pytest.raises(StartError, match=r"public_url “https://a\.vn/\?x=1” không dùng được"):
        async with client(tmp_path, public_url="https://a.vn/?x=1"):
            pass


async def test_pages_and_menu_follow_the_faq_that_is_served(tmp_path: Path) -> None:
    """When another one is put in place, an entry that is gone has no page, nor its topic a button."""
    faq = sample_faq()
    catalog = faq.catalog
    left = {name: e for name, e in catalog.entries.items() if catalog.topic_of[name] != "vneid"}
    settings = Settings.model_validate({"data_dir": tmp_path / "data"})
    app = await App.open(settings, faq)
    try:
        transport = httpx.ASGITransport(app.web())
        async with httpx.AsyncClient(transport=transport, base_url="http://bot.test") as web:
            before = await web.get("/hoi/vneid_quen_mat_khau"), await web.get("/")
            app.desk.serve(replace(faq, catalog=replace(catalog, entries=left)))
            after = await web.get("/hoi/vneid_quen_mat_khau"), await web.get("/")
    finally:
        await app.close()
    assert [page.status_code for page in (*before, *after)] == [200, 200, 404, 200]
    assert ["t:vneid" in page.text for page in (before[1], after[1])] == [True, False]
