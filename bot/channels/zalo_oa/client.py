"""Sending one message with `message/cs`, and what each kind of refusal becomes.

No retries but one: after a token that Zalo did not take, with a new token. All other waiting is
the outbox's.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NoReturn

from bot.channels.errors import TryLaterError, UndeliverableError
from bot.channels.zalo_oa.codes import CODES, UNKNOWN, Action, error_of
from bot.channels.zalo_oa.http import API
from bot.channels.zalo_oa.renewal import TokensLostError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.channels.channel import Payload
    from bot.channels.zalo_oa.http import Answer, Http
    from bot.channels.zalo_oa.tokens import Tokens

_log = logging.getLogger(__name__)

_FOR_AN_OPERATOR = 300.0  # seconds: a login may happen meanwhile
_NO_CODE = "Zalo trả lời không có mã lỗi (HTTP {status})"
_MEND = "Zalo OA không gửi được tin: %s. Hãy mở trang quản lý OA và trang ứng dụng Zalo để sửa."


class Client:
    """Sends messages for one OA."""

    def __init__(self, http: Http, tokens: Tokens, *, base_url: str | None = None) -> None:
        self._http = http
        self._tokens = tokens
        self._url = f"{(base_url or API).rstrip('/')}/v3.0/oa/message/cs"
        self.trouble = ""  # what an operator must mend, if anything

    async def send(self, recipient: Mapping[str, str], message: Payload) -> None:
        """Send one message. Raises `TryLaterError` or `UndeliverableError`."""
        try:
            token = await self._tokens.access()
            answer = await self._ask(token, recipient, message)
            if _action(answer) is Action.RENEW:
                token = await self._tokens.renew(token)
                answer = await self._ask(token, recipient, message)
        except TokensLostError as lost:
            raise TryLaterError(str(lost), _FOR_AN_OPERATOR) from None
        error = error_of(answer.body)
        if error is None:
            raise TryLaterError(_NO_CODE.format(status=answer.status), answer.wait)
        if error:
            self._refused(error, answer)
        self.trouble = ""

    async def _ask(self, token: str, recipient: Mapping[str, str], message: Payload) -> Answer:
        return await self._http.post(
            self._url,
            headers={"access_token": token},
            json={"recipient": dict(recipient), "message": message},
        )

    def _refused(self, error: int, answer: Answer) -> NoReturn:
        code = CODES.get(error, UNKNOWN)
        reason = f"Zalo {error}: {code.meaning}"
        if code.action is Action.DROP:
            raise UndeliverableError(reason)
        if code.action is Action.MEND and self.trouble != reason:
            self.trouble = reason
            _log.error(_MEND, reason)  # once, not for every message
        raise TryLaterError(reason, answer.wait or code.seconds)


def _action(answer: Answer) -> Action | None:
    code = CODES.get(error_of(answer.body) or 0)
    return code.action if code else None
