"""What the data layer refuses, in words for the person who brought the file."""


class RefusedError(Exception):
    """Something that came in is refused as a whole; nothing was changed.

    The message is one Vietnamese sentence: what was received, what was expected, where.
    """


class HeldError(RefusedError):
    """A snapshot that looks wrong and waits for a person's `--confirm`."""
