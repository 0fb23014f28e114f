"""The rules of a FAQ beyond its form: each looks at entries and yields problems with their place.

`unfinished` and `references` run whenever a FAQ is loaded, for without them it cannot be used;
`titles`, `phrasings`, `confusions`, `answers`, `terms` and `dates` are for editors, and run in
`check`. What one entry must look like is in `intents.entry`.
"""
