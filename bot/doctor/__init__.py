"""`hoidap doctor`: looks at everything an operator can have set wrongly, and changes nothing.

`findings` is what it says, `probe` how it asks servers. One module a subject: `telegram`,
`zalo_oa`, `zalo_bot`, `database`, `faq`, `start` (key, port), `place` (address, clock, disk).
`examination` is all of them, `command` shows it. It uses up no refresh token, takes no message
away, and prints no secret.
"""
