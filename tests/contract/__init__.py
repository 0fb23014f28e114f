"""One suite for every channel: a driver for each platform, and the stage they all play on."""
