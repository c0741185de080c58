"""Lists of records and complaints, for those who may see them."""

import logging
from typing import Any

from access import may_list
from data.errors import RefusedError
from display.listings import Listing
from pages.parts.figures import View
from pages.parts.loading import Question, load

#: So many rows of a list are shown; the number above it says how many there are.
MOST_LISTED = 50


def listing(view: View, question: Question, **parameters: Any) -> Listing:
    """The first rows `question` lists of the view's snapshot, or why there are none."""
    if not may_list(view.viewer, is_wholly_invented=view.choice.snapshot["is_wholly_invented"]):
        return Listing(refusal="closed")
    asked = {"snapshot_id": view.choice.snapshot_id, "row_limit": MOST_LISTED, **parameters}
    try:
        return Listing(load(question, view.viewer.scope, **asked).to_dicts())
    except RefusedError as refusal:
        logging.getLogger("tien_do").error("list refused: %s", refusal)
        return Listing(refusal="damaged")
