"""Markdown subset (bold, lists, links) → web HTML, Telegram HTML, plain text."""
