"""What the messaging channels are called where operators read, and what switches each on."""

NAMES = {
    "telegram": ("Telegram", "đặt biến môi trường HOIDAP_TELEGRAM_TOKEN để bật"),
    "zalo_oa": ("Zalo OA", "đặt zalo_oa_app_id và các khóa của Zalo OA để bật"),
    "zalo_bot": ("Zalo Bot", "đặt biến môi trường HOIDAP_ZALO_BOT_TOKEN để bật"),
}
"""What each channel is called, and what switches it on: for operators."""
