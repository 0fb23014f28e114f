"""One client cannot crowd out the others, and the limiter cannot be made to grow."""

from __future__ import annotations

from bot.channels.rate import Rate


class Clock:
    """Time that moves when told."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_allowed_then_the_wait_is_told() -> None:
    """Three at once, then one every twenty seconds."""
    clock = Clock()
    rate = Rate(3, clock=clock)
    assert [rate.wait("a") for _ in range(4)] == [0, 0, 0, 20]
    clock.now = 15
    assert rate.wait("a") == 5
    clock.now = 20
    assert [rate.wait("a"), rate.wait("a")] == [0, 20]


def test_keys_do_not_share_their_tokens() -> None:
    """A loud neighbour costs nobody else a message."""
    rate = Rate(1, clock=Clock())
    assert [rate.wait("a"), rate.wait("a"), rate.wait("b")] == [0, 60, 0]


def test_only_so_many_keys_are_remembered() -> None:
    """The quietest key is forgotten first, and a busy one stays limited."""
    rate = Rate(1, clock=Clock(), most_keys=2)
    assert [rate.wait(key) for key in ("a", "b", "a", "c", "a")] == [0, 0, 60, 0, 60]
    assert len(rate._buckets) == 2
