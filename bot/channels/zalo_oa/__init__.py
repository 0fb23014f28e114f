"""Zalo Official Account: a signed webhook in, `message/cs` out, tokens that rotate.

`signature` and `incoming` read requests, `webhook` takes them; `outgoing` and `split` write
messages, `client` sends them; `oauth` and `tokens` keep the right to. What is assumed of the
platform stands in one place each: signature, event shapes, limits, error codes (`codes`), OAuth.
"""

from __future__ import annotations

from bot.channels.zalo_oa.channel import ZaloOAChannel

__all__ = ["ZaloOAChannel"]
