"""Changes of the FAQ: tried before they are published, and taken back with one click."""

from bot.proposals.files import Files
from bot.proposals.proposal import (
    ConflictError,
    Proposal,
    ProposalError,
    Published,
    StaleError,
    State,
)
from bot.proposals.proposals import Proposals
from bot.proposals.trials import Progress

__all__ = [
    "ConflictError",
    "Files",
    "Progress",
    "Proposal",
    "ProposalError",
    "Proposals",
    "Published",
    "StaleError",
    "State",
]
