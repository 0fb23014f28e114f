"""Why an answer did not help: what citizens may say after a 👎. A closed list."""

from enum import StrEnum


class Why(StrEnum):
    """What is wrong with an answer, as its reader sees it."""

    WRONG = "wrong"
    OUTDATED = "outdated"
    UNCLEAR = "unclear"
    NOT_MY_CASE = "not_my_case"


LABELS: dict[Why, str] = {
    Why.WRONG: "Sai",
    Why.OUTDATED: "Đã cũ",
    Why.UNCLEAR: "Khó hiểu",
    Why.NOT_MY_CASE: "Không phải trường hợp của tôi",
}


def reason_label(reason: str | None) -> str | None:
    """Say a stored reason in words; a reason of another version as it is, none if there is none."""
    if reason is None:
        return None
    return LABELS[Why(reason)] if reason in set(Why) else reason
