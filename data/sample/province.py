"""The invented province: everything drawn once from a seed; a day is then only looked up."""

from dataclasses import astuple, dataclass

import numpy as np

from data.sample.complaints import Complaints, build_complaints
from data.sample.course import Totals, build_verification
from data.sample.days import LAST
from data.sample.edits import Edits, build_edits
from data.sample.identity import Identities, build_identities
from data.sample.people import FOREIGN_SHARE, People, build_people
from data.sample.places import Places, build_places
from data.sample.presence import Homes, Presence, build_homes, build_presence
from data.sample.signing import Doses, Signing, build_doses, build_signing
from data.sample.verification import Verification

RECORD_COUNT = 1_171_402
FEWEST_RECORDS = 500
COMPLAINT_COUNT = 100_000
#: The totals the province published (25/4 and 26/5/2022), completed where it gave only thousands.
PUBLISHED_TOTALS = Totals(
    valid=731_214,
    invalid=351_163,
    last_invalid=273_297,
    last_signable=873_322,
    last_signed=301_043,
)


@dataclass(frozen=True)
class Province:
    """All people, places and events. Arrays have one entry for each record that ever exists."""

    places: Places
    presence: Presence
    homes: Homes
    people: People
    identities: Identities
    verification: Verification
    doses: Doses
    signing: Signing
    complaints: Complaints
    edits: Edits


def build_province(record_count: int = RECORD_COUNT, seed: int = 77) -> Province:
    """The province with `record_count` records on 25/4/2022; ValueError when too few."""
    if record_count < FEWEST_RECORDS:
        raise ValueError(f"Cần ít nhất {FEWEST_RECORDS} hồ sơ, nhận được {record_count}.")
    draws = iter(np.random.default_rng(seed).spawn(11))
    places = build_places(next(draws))
    presence = build_presence(next(draws), record_count)
    is_foreign = next(draws).random(len(presence.entry)) < FOREIGN_SHARE
    homes = build_homes(next(draws), places, is_foreign)
    people = build_people(next(draws), is_foreign)
    doses = build_doses(next(draws), len(is_foreign))
    totals = scaled_totals(record_count)
    verification = build_verification(
        next(draws),
        places=places,
        facility=homes.facility,
        presence=presence,
        is_foreign=is_foreign,
        can_sign_last=doses.first_day() <= LAST,
        totals=totals,
    )
    slowness = places.slowness[homes.facility]
    return Province(
        places=places,
        presence=presence,
        homes=homes,
        people=people,
        identities=build_identities(next(draws), people, verification),
        verification=verification,
        doses=doses,
        signing=build_signing(
            next(draws), verification, doses, presence, slowness, signed_last=totals.last_signed
        ),
        complaints=build_complaints(
            next(draws),
            verification,
            presence,
            slowness,
            count=round(COMPLAINT_COUNT * record_count / RECORD_COUNT),
        ),
        edits=build_edits(next(draws), len(is_foreign)),
    )


def scaled_totals(record_count: int) -> Totals:
    """The published totals in the proportion of `record_count`."""
    scale = record_count / RECORD_COUNT
    return Totals(*(round(total * scale) for total in astuple(PUBLISHED_TOTALS)))
