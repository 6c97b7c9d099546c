"""What keeps the platform from starting."""


class CannotStart(Exception):  # noqa: N818 - it reads as a sentence where it is raised
    """The reason, in one sentence for a person."""
