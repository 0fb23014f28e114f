"""Embeddings from a server: what is asked, what is understood, and every way it can fail."""

from __future__ import annotations

import math
import socket
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest
from starlette.responses import JSONResponse, Response

from bot.embeddings.endpoint import BULK, QUESTION, EndpointEmbedder, Patience
from intents.embedding import MAX_EMBEDDED, EmbeddingError
from tests.fakes.embeddings_server import MODEL, EmbeddingsServer, Json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HASTE = Patience(timeout=5, tries=3, longest_pause=0)
KEY = "sk-khong-co-that"
NOW = datetime(2026, 11, 26, 1, 0, 0, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[EmbeddingsServer]:
    yield from EmbeddingsServer().serve()


@pytest.fixture
def embedder(server: EmbeddingsServer) -> Iterator[EndpointEmbedder]:
    with EndpointEmbedder(server.address, model=MODEL, question=HASTE, bulk=HASTE) as embedder:
        yield embedder


def fault(embedder: EndpointEmbedder, *texts: str) -> str:
    with pytest.raises(EmbeddingError) as caught:
        embedder.embed(texts or ("câu hỏi riêng tư",))
    told = str(caught.value)
    assert "riêng tư" not in told
    assert " – " in told
    return told


# What is asked


def test_texts_come_back_in_order_and_of_unit_length(
    server: EmbeddingsServer, embedder: EndpointEmbedder
) -> None:
    """Although the server answers in another order and another length."""
    rows = embedder.embed(["một", "hai", "ba"])
    assert rows.dtype == np.float32
    np.testing.assert_allclose(rows, server.model.embed(["một", "hai", "ba"]), atol=1e-6)
    assert server.requests == [
        {"model": MODEL, "input": ["một", "hai", "ba"], "encoding_format": "float"}
    ]


def test_many_texts_go_in_batches(server: EmbeddingsServer, embedder: EndpointEmbedder) -> None:
    """At most 64 in one request."""
    texts = [f"câu {n}" for n in range(130)]
    rows = embedder.embed(texts)
    assert [len(request["input"]) for request in server.requests] == [64, 64, 2]
    np.testing.assert_allclose(rows, server.model.embed(texts), atol=1e-6)


def test_texts_are_cleaned_and_cut(server: EmbeddingsServer, embedder: EndpointEmbedder) -> None:
    """As for every model."""
    embedder.embed(["a\n\ud800", "x" * 1000])
    assert server.requests[0]["input"] == ["a ?", "x" * MAX_EMBEDDED]


def test_no_text_asks_nothing(server: EmbeddingsServer, embedder: EndpointEmbedder) -> None:
    """A server may refuse an empty list."""
    assert len(embedder.embed([])) == 0
    assert server.requests == []


@pytest.mark.parametrize("tail", ["", "/", "/embeddings", "/embeddings/"])
def test_the_address_may_end_in_several_ways(server: EmbeddingsServer, tail: str) -> None:
    """They name the same model."""
    with EndpointEmbedder(server.address + tail, model=MODEL) as embedder:
        assert embedder.embed(["một"]).shape == (1, 16)
        assert embedder.name == f"{MODEL} ({server.address}/embeddings)"


def test_a_key_is_sent_when_there_is_one(server: EmbeddingsServer) -> None:
    """A new line at the end of a pasted key is no part of it."""
    server.key = KEY
    with EndpointEmbedder(server.address, model=MODEL, key=f"{KEY}\n") as embedder:
        assert len(embedder.embed(["một"])) == 1
    server.key = None
    with EndpointEmbedder(server.address, model=MODEL, key="") as embedder:
        embedder.embed(["một"])
    assert server.authorizations == [f"Bearer {KEY}", None]


# Failures that pass


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(
    server: EmbeddingsServer, embedder: EndpointEmbedder, status: int
) -> None:
    """Twice here, the third answer counts."""
    server.failures = [Response(status_code=status), Response("<html>", status_code=status)]
    assert embedder.embed(["một"]).shape == (1, 16)
    assert len(server.requests) == 3


def test_a_server_that_stays_busy_is_given_up(
    server: EmbeddingsServer, embedder: EndpointEmbedder
) -> None:
    """After as many tries as patience allows."""
    server.failures = [Response(status_code=429) for _ in range(9)]
    assert "đang bận hoặc hỏng (mã 429)" in fault(embedder)
    assert len(server.requests) == HASTE.tries


def test_one_text_is_waited_for_less_long_than_many(server: EmbeddingsServer) -> None:
    """One text is a question, and somebody waits for the answer."""
    once = Patience(timeout=5, tries=1, longest_pause=0)
    with EndpointEmbedder(server.address, model=MODEL, question=once, bulk=HASTE) as embedder:
        server.failures = [Response(status_code=503)]
        fault(embedder)
        server.failures = [Response(status_code=503)]
        assert len(embedder.embed(["một", "hai"])) == 2
    assert QUESTION.timeout < BULK.timeout
    assert QUESTION.tries < BULK.tries


@pytest.mark.parametrize(
    ("tried", "retry_after", "pause"),
    [
        (0, None, 0.5),
        (1, None, 1.0),
        (3, None, 4.0),
        (99, None, 30.0),
        (0, "0", 0.0),
        (0, "7", 7.0),
        (0, "86400", 30.0),
        (0, "9" * 5000, 30.0),
        (0, "-5", 0.5),
        (0, "soon", 0.5),
        (0, "", 0.5),
        (0, "٣", 0.5),
        (0, "Thu, 26 Nov 2026 01:00:09 GMT", 9.0),
        (0, "Thu, 26 Nov 2026 00:00:00 GMT", 0.0),
        (0, "Sat, 26 Nov 2033 00:00:00 GMT", 30.0),
        (0, "Thu, 26 Nov 2026 01:00:09 -0000", 0.5),
    ],
)
def test_the_pause_is_what_the_server_asks_for_within_bounds(
    tried: int, retry_after: str | None, pause: float
) -> None:
    """Seconds or a date; else twice as long after each try."""
    assert BULK.pause(tried, retry_after, NOW) == pause


# Failures that stay


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, "không nhận khóa (mã 401) – đặt lại biến môi trường HOIDAP_EMBEDDINGS_KEY"),
        (403, "không nhận khóa (mã 403) – đặt lại biến môi trường HOIDAP_EMBEDDINGS_KEY"),
        (404, "không có địa chỉ này hoặc không có mô hình “bge-m3” (mã 404) – xem lại embeddings"),
        (400, "không nhận yêu cầu (mã 400) – xem lại embeddings và embeddings_model"),
        (422, "không nhận yêu cầu (mã 422) – xem lại embeddings và embeddings_model"),
        (307, "không nhận yêu cầu (mã 307) – xem lại embeddings và embeddings_model"),
    ],
)
def test_a_refusal_is_told_at_once(
    server: EmbeddingsServer, embedder: EndpointEmbedder, status: int, told: str
) -> None:
    """What, where, how to mend it; asking again would not help."""
    server.failures = [JSONResponse({"error": {"message": "riêng tư"}}, status)]
    said = fault(embedder)
    assert said.startswith(f"máy chủ embeddings {server.address}/embeddings ")
    assert told in said
    assert len(server.requests) == 1


def test_a_server_that_does_not_answer_in_time_is_told(server: EmbeddingsServer) -> None:
    """With the seconds that it was waited for."""
    server.delay = 1
    short = Patience(timeout=0.05, tries=2, longest_pause=0)
    with EndpointEmbedder(server.address, model=MODEL, question=short) as embedder:
        assert "không trả lời trong 0.05 giây" in fault(embedder)


def test_a_server_that_is_not_there_is_told() -> None:
    """The port is free, so the connection is refused."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
        with EndpointEmbedder(address, model=MODEL, question=HASTE) as embedder:
            assert "không kết nối được (ConnectError) – kiểm tra máy chủ" in fault(embedder)


def test_a_password_in_the_address_is_not_told(server: EmbeddingsServer) -> None:
    """Neither in an error nor in the name of the model, which goes into logs."""
    address = server.address.replace("http://", "http://toi:mat-khau@")
    with EndpointEmbedder(address, model="khac") as embedder:
        assert "mat-khau" not in fault(embedder)
        assert "mat-khau" not in embedder.name


@pytest.mark.parametrize("key", ["sk-bí-mật", "sk-hai\ndòng", "sk-\x00b"])
def test_a_key_that_cannot_be_sent_is_refused(key: str) -> None:
    """Without repeating it."""
    with pytest.raises(EmbeddingError, match="HOIDAP_EMBEDDINGS_KEY có ký tự lạ") as caught:
        EndpointEmbedder("http://127.0.0.1/v1", model=MODEL, key=key)
    assert "sk-" not in str(caught.value)


# Answers that cannot be used


def _changed(change: Callable[[list[Json]], object]) -> Callable[[Json], object]:
    """Spoil the rows of an answer in place."""

    def spoil(answer: Json) -> object:
        change(answer["data"])
        return answer

    return spoil


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda _: {}, "không theo mẫu"),
        (lambda _: [], "không theo mẫu"),
        (lambda _: "xin chào", "không theo mẫu"),
        (lambda answer: answer["data"], "không theo mẫu"),
        (_changed(lambda rows: rows[0].pop("embedding")), "không theo mẫu"),
        (_changed(lambda rows: rows[0].update(embedding="AACAPw==")), "không theo mẫu"),
        (_changed(lambda rows: rows[0].update(embedding=[None] * 16)), "không theo mẫu"),
        (_changed(list.clear), "gửi 2 câu, nhận 0 vectơ"),
        (_changed(list.pop), "gửi 2 câu, nhận 1 vectơ"),
        (_changed(lambda rows: rows.append(rows[0])), "gửi 2 câu, nhận 3 vectơ"),
        (_changed(lambda rows: rows[0].update(index=0)), "gửi 2 câu, nhận 2 vectơ"),
        (_changed(lambda rows: rows[0].update(index=2)), "gửi 2 câu, nhận 2 vectơ"),
        (_changed(lambda rows: rows[0]["embedding"].pop()), "dài ngắn khác nhau"),
        (_changed(lambda rows: rows[0].update(embedding=[0.0] * 16)), "rỗng hoặc không phải số"),
        (_changed(lambda rows: [row.update(embedding=[]) for row in rows]), "rỗng hoặc không"),
        (_changed(lambda rows: rows[0].update(embedding=[1e300] * 16)), "rỗng hoặc không phải"),
    ],
)
def test_an_answer_of_the_wrong_shape_is_told(
    server: EmbeddingsServer,
    embedder: EndpointEmbedder,
    spoil: Callable[[Json], object],
    why: str,
) -> None:
    """It is never taken for a vector."""
    server.spoil = spoil
    assert why in fault(embedder, "một", "hai")


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b'{"data": [{"embedding": [NaN]}]}'])
def test_an_answer_that_is_no_json_is_told(
    server: EmbeddingsServer, embedder: EndpointEmbedder, body: bytes
) -> None:
    """A page of a proxy, for example."""
    server.failures = [Response(body)]
    assert "kết quả không dùng được" in fault(embedder)


def test_a_server_that_changes_its_size_is_told(
    server: EmbeddingsServer, embedder: EndpointEmbedder
) -> None:
    """Between two batches of one request for the FAQ."""

    def grow(answer: Json) -> object:
        server.model.size += 1
        return answer

    server.spoil = grow
    assert "dài ngắn khác nhau" in fault(embedder, *(f"câu {n}" for n in range(65)))


def test_an_index_may_be_missing(server: EmbeddingsServer, embedder: EndpointEmbedder) -> None:
    """Then the order is that of the texts."""

    def plain(answer: Json) -> object:
        return {"data": [{"embedding": row["embedding"]} for row in answer["data"][::-1]]}

    server.spoil = plain
    rows = embedder.embed(["một", "hai"])
    np.testing.assert_allclose(rows, server.model.embed(["một", "hai"]), atol=1e-6)
    assert math.isclose(float(rows[0] @ rows[0]), 1, abs_tol=1e-5)
