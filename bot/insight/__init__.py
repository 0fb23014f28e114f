"""Figures of the service: what citizens asked, how it was answered, and what changed.

The definitions, used by the pages, the report, the commands and the open data alike:

- A *question* is a typed message that asks: its turn was answered, clarified, signposted or stays
  unknown. Taps on menus and choices, greetings, stickers and erasures ask nothing.
- *People* are distinct keys of persons per channel: one who writes on two channels counts twice,
  and an erased person counts no more. People of several days are counted anew, never summed.
- A *rate* is a share of the questions. *Chosen* is the share of clarified questions after which
  the same person's next turn chose one of the offered entries.
- *Satisfaction* is 👍 ÷ (👍 + 👎), of all turns that were rated; None while nobody has rated.
- *Latency* is measured from the message's arrival at the desk to the reply, questions only.
- A *day* runs from midnight to midnight in Vietnam (UTC+7, no daylight saving).
"""
