"""The bot around the matcher: channels, conversation, storage, commands."""
