"""A webhook request is taken for Zalo's exactly when its signature fits its bytes."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.zalo_oa.signature import Verdict, check, sign

BODY = (
    '{"app_id":"360846524940903967","sender":{"id":"6142494823000000001"},'
    '"recipient":{"id":"3662729599332560487"},"event_name":"user_send_text",'
    '"message":{"text":"Làm căn cước ở đâu?","msg_id":"cb31dff1c39642cc1b83"},'
    '"timestamp":"1794342937000"}'
).encode()
# Made outside of this code: printf '%s%s%s%s' "$APP_ID" "$BODY" "$TIMESTAMP" secret | sha256sum
MAC = "fec58047e64773bf1b29270c9e9148578828b9479572b1149175f3775bff5163"
MAC_OF_HEADER_TIME = "15835465220c4d067def4ac2ac91add0601fcaded279e0f79ce9708b53fd6b06"  # with the timestamp 1794342999999


@pytest.mark.parametrize("header", [f"mac={MAC}", MAC, f" MAC={MAC.upper()} "])
def test_the_signature_that_sha256sum_makes_fits(header: str) -> None:
    """With or without "mac=", in any case."""
    assert check(BODY, header, "secret") is Verdict.OK


def test_the_headers_timestamp_is_tried_second() -> None:
    """Some deployments saw it hashed in place of the body's."""
    header = f"mac={MAC_OF_HEADER_TIME}"
    fits = check(BODY, header, "secret", timestamp="1794342999999")
    assert fits is Verdict.OK_BY_HEADER_TIME
    assert check(BODY, header, "secret") is Verdict.WRONG
    assert check(BODY, f"mac={MAC}", "secret", timestamp="1") is Verdict.OK


@pytest.mark.parametrize(
    ("raw", "header", "secret", "verdict"),
    [
        (BODY + b"\n", MAC, "secret", Verdict.WRONG),
        (BODY.replace(b'","', b'", "'), MAC, "secret", Verdict.WRONG),
        (BODY, MAC, "Secret", Verdict.WRONG),
        (BODY, MAC[:-1], "secret", Verdict.WRONG),
        (BODY, "mac=chữ ký giả \udcff", "secret", Verdict.WRONG),
        (BODY, hmac.new(b"secret", BODY, "sha256").hexdigest(), "secret", Verdict.WRONG),
        (BODY, None, "secret", Verdict.NO_SIGNATURE),
        (BODY, "mac=", "secret", Verdict.NO_SIGNATURE),
        (BODY, MAC, "", Verdict.NO_SECRET),
        (b"", MAC, "secret", Verdict.UNREADABLE),
        (b"[1]", MAC, "secret", Verdict.UNREADABLE),
        (b"\xff\xfe{", MAC, "secret", Verdict.UNREADABLE),
        (b"[" * 100_000, MAC, "secret", Verdict.UNREADABLE),
        (b"{}", MAC, "secret", Verdict.NO_APP),
        (b'{"app_id":"x","timestamp":"1"}', MAC, "secret", Verdict.NO_APP),
        (b'{"app_id":true,"timestamp":"1"}', MAC, "secret", Verdict.NO_APP),
        (b'{"app_id":"1"}', MAC, "secret", Verdict.NO_TIMESTAMP),
        (b'{"app_id":"1","timestamp":1.5}', MAC, "secret", Verdict.NO_TIMESTAMP),
    ],
)
def test_everything_else_is_refused_with_its_reason(
    raw: bytes, header: str | None, secret: str, verdict: Verdict
) -> None:
    """One byte more, JSON written anew, another secret, an HMAC, no secret, no object."""
    assert check(raw, header, secret) is verdict


def test_a_timestamp_may_be_a_number() -> None:
    """It is hashed as its digits."""
    raw = b'{"app_id":36,"timestamp":1794342937000}'
    content = b"36" + raw + b"1794342937000" + b"secret"
    assert check(raw, hashlib.sha256(content).hexdigest(), "secret") is Verdict.OK


@given(st.binary(max_size=200), st.none() | st.text(), st.text(), st.none() | st.text())
def test_any_bytes_and_headers_get_a_verdict(
    raw: bytes, header: str | None, secret: str, timestamp: str | None
) -> None:
    """No exception, and nothing made by chance fits."""
    assert not check(raw, header, secret, timestamp=timestamp).fits


@given(st.text(min_size=1), st.integers(0, 10**13), st.integers(0, 300), st.integers(1, 255))
def test_one_changed_byte_breaks_a_signature(
    secret: str, timestamp: int, place: int, change: int
) -> None:
    """What is signed fits; with any byte changed it does not."""
    raw = BODY.replace(b"1794342937000", str(timestamp).encode())
    mac = sign("360846524940903967", raw, str(timestamp), secret)
    assert check(raw, mac, secret) is Verdict.OK
    place %= len(raw)
    spoiled = raw[:place] + bytes([raw[place] ^ change]) + raw[place + 1 :]
    assert not check(spoiled, mac, secret).fits
