"""What may come into the console: forms of a bounded size from its own pages, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from starlette.requests import Request

MOST_BYTES = 512 * 1024
_MOST_FIELDS = 2000
_FORM = "application/x-www-form-urlencoded"


class Form:
    """What a form sent: values by name, in order."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

    def get(self, name: str) -> str:
        """The value of a field, the last if there are several; empty if there is none."""
        return next((value for key, value in reversed(self._pairs) if key == name), "")

    def all(self, name: str) -> list[str]:
        """All values of a field."""
        return [value for key, value in self._pairs if key == name]


async def read_form(request: Request) -> Form:
    """Read the form of a POST once; later calls give the same.

    Raises:
        HTTPException: when it is no form, too large, or not from a page of the console.
    """
    known: Form | None = getattr(request.state, "form", None)
    if known is not None:
        return known
    if not _from_here(request):
        raise HTTPException(403, "Yêu cầu không đến từ trang này. Bạn tải lại trang rồi gửi lại.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise HTTPException(413, "Nội dung gửi lên dài quá 512 KB. Bạn rút gọn rồi gửi lại.")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and kind != _FORM:
        raise HTTPException(415, "Trang quản trị chỉ nhận biểu mẫu thường.")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise HTTPException(
            400, "Không đọc được biểu mẫu. Bạn tải lại trang rồi gửi lại."
        ) from None
    form = Form([(name, _clean(value)) for name, value in pairs])
    request.state.form = form
    return form


def _clean(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\0", "")


def _from_here(request: Request) -> bool:
    """Whether a browser says that one of our own pages sent this; programs say nothing."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
