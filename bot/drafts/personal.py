"""What is personal in a wording that everybody will read: said to the editor, for nobody else to see."""

from __future__ import annotations

from bot.privacy import personal, placeholders


def told(text: str) -> tuple[str, str] | None:
    """What is personal in a text, and how to mend it; None when nothing is.

    Also of what was masked already: a citizen's question keeps “[số điện thoại]” in its place.
    """
    if found := personal(text):
        return f"có thông tin cá nhân: {', '.join(dict.fromkeys(found))}", "bỏ phần đó khỏi câu"
    if masked := placeholders(text):
        what = f"còn chỗ đã che thông tin cá nhân: {', '.join(dict.fromkeys(masked))}"
        return what, "bỏ chỗ đó khỏi câu"
    return None
