"""Which pages of others may frame the chat: how their origins are written.

Each goes into a response header word by word, so nothing but an origin may get through.
"""

from __future__ import annotations

import re

_HTTPS = re.compile(r"https://(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::[0-9]{1,5})?")
_LOOPBACK = re.compile(r"http://(?:localhost|127\.0\.0\.1)(?::[0-9]{1,5})?")


def checked_origin(value: str) -> str:
    """The origin as it is.

    Raises:
        ValueError: when it is not scheme and host of an https page; http is for trying it out
            on this machine (Vietnamese).
    """
    if not (_HTTPS.fullmatch(value) or _LOOPBACK.fullmatch(value)):
        raise ValueError(
            f"không dùng được “{value[:80]}”, chỉ nhận https:// và tên miền viết thường, không có "
            "đường dẫn hay dấu / ở cuối, ví dụ https://xa-binh-minh.gov.vn "
            "(để thử trên máy mình: http://localhost:8000)"
        )
    return value
