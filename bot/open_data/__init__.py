"""Open data: the figures of months that are over, and what is asked but not answered yet.

Nobody may be found in it. What is promised, and why it holds:

- *Cells.* Two tables count a month by one dimension each: its questions by channel, its shown
  answers by topic. A cell is published only with at least `floor` distinct people behind it.
- *The rest is one cell.* What has fewer people is published together, as "others", with the
  lightest of the cells that have enough. Exchange a small cell with that one: everything that is
  published stays as it is, so whoever knows all these rules still cannot say which of them is the
  small one, or how much it holds. A month's total is the sum of what is published and tells no more.
  If not even the whole month has enough people, nothing is published of it.
- *No crossing.* Channel × topic is never published. Two margins of a table fix one of its inner
  cells only where one margin is a single cell, and then the inner cell is one that has enough people.
- *Ratings* are published as a share, never as numbers, and only where `floor` people rated. The
  rule of "others" is used on them once more, so that no share follows from the others either.
- *Once and for good.* A month is counted once, some days after its end, and kept
  (`open_months`): neither an erasure, nor a later rating, nor another floor changes it. Two
  versions of a month, one with a person and one without, would tell of that person.
- *Clusters* are published with a title that an official wrote, the month they began and a band of
  people. People are counted up to the end of the last month, once a month, and the band never
  falls: an erasure cannot be seen in it. A cluster with fewer people than `floor` is not listed.

What it does not promise: a browser whose data was cleared, or a second channel, is another person.
Of "others" and of a cell one still learns what is true of all of it (as that nothing was unknown).

`partition` makes cells and others, `months` the rows of a month, `releases` checks titles,
`publication` counts, keeps and gives out, `files` writes what machines read.
"""
