"""Channels: raw update → `Incoming`, `Reply` → what the platform shows. One module each."""
