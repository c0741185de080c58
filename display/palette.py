"""Colours of the charts; the same as in .streamlit/config.toml, which colours everything else."""

from typing import Final, NamedTuple


class Palette(NamedTuple):
    """What each colour means, in one theme."""

    #: Valid, done, on track.
    blue: str
    #: Invalid, at risk.
    orange: str
    #: Plan, context, not yet judged.
    gray: str
    ink: str
    quiet_ink: str
    line: str
    ground: str
    #: The orange of text.
    orange_ink: str
    #: Deadlines, and only those.
    red: str


LIGHT: Final = Palette(
    "#0B6E99",
    "#D9730D",
    "#9AA5B1",
    "#1B2733",
    "#55626F",
    "#DCE3EA",
    "#FFFFFF",
    "#A8540A",
    "#B42318",
)
DARK: Final = Palette(
    "#4FB0DA",
    "#E8924A",
    "#7B8896",
    "#E8EDF2",
    "#A9B5C1",
    "#2F3B47",
    "#11181F",
    "#F0A566",
    "#F0776B",
)


def palette(theme: str) -> Palette:
    """The colours of the theme "light" or "dark"."""
    return DARK if theme == "dark" else LIGHT
