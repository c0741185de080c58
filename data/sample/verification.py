"""Where verification stands on a day: a record waits, is judged, becomes valid, falls back."""

from dataclasses import dataclass

import numpy as np

from data.sample.days import NEVER

STATES = (
    "Đúng",
    "Sai",
    "Không xác minh được",
    "Không có số",
    "Sai định dạng",
    "Chưa gửi",
    "Chờ xác thực",
    "Miễn xác thực",
)
MATCHED, MISMATCHED, NOT_FOUND, NO_ID, BAD_ID, NOT_SENT, AWAITING, EXEMPT = range(len(STATES))
WRONG_NAME, WRONG_BIRTH, WRONG_SEX, WRONG_ID = 1, 2, 4, 8

#: Sent for comparison this many days before the answer.
DAYS_AWAITING = 4


@dataclass(frozen=True)
class Verification:
    """Day numbers per record (NEVER: not in the campaign), and what is wrong until it is valid."""

    is_foreign: np.ndarray
    fault: np.ndarray
    reasons: np.ndarray
    classified_day: np.ndarray
    valid_day: np.ndarray
    regressed_day: np.ndarray
    restored_day: np.ndarray

    def is_regressed(self, day: int) -> np.ndarray:
        return (self.regressed_day <= day) & (day < self.restored_day)

    def is_matched(self, day: int) -> np.ndarray:
        return (self.valid_day <= day) & ~self.is_regressed(day) & ~self.is_foreign

    def on(self, day: int) -> np.ndarray:
        """Index into STATES of every record."""
        judged_day = np.minimum(self.classified_day, self.valid_day)
        waiting = np.where(judged_day - day <= DAYS_AWAITING, AWAITING, NOT_SENT).astype(np.int8)
        state = np.where(self.classified_day > day, waiting, self.fault)
        state[self.is_matched(day)] = MATCHED
        state[self.is_regressed(day)] = MISMATCHED
        state[self.is_foreign] = EXEMPT
        return state

    def judged_day(self, day: int, state: np.ndarray, here: np.ndarray) -> np.ndarray:
        """Day of the last comparison with the population database; NEVER where there was none.

        `here`: indexes of the records asked for; `state`: theirs on `day`.
        """
        restored_day = self.restored_day[here]
        matched = np.where(restored_day <= day, restored_day, self.valid_day[here])
        regressed = self.is_regressed(day)[here]
        wrong = np.where(regressed, self.regressed_day[here], self.classified_day[here])
        judged = np.where(state == MATCHED, matched, wrong)
        return np.where(state <= NOT_FOUND, judged, NEVER)
