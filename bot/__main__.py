"""`python -m bot`: the same as the command `hoidap`."""

from bot.cli import main

main()
