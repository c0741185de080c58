"""Where people live and which facility entered them: the 2022 units with weights and paces.

Codes and names are those of `data/reference`. Weights of districts are the population of 2014
(the last complete set published); those of communes and all paces are invented.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

REFERENCE = Path(__file__).parent.parent / "reference"
STALLING_FACILITIES = 6

#: district -> population, share valid on the first day, gain over the campaign, hours factor
_DISTRICTS = {
    "747": (314_919, 0.51, 0.215, 1.0),
    "748": (100_698, 0.60, 0.275, 0.8),
    "750": (152_343, 0.55, 0.230, 0.9),
    "751": (142_876, 0.53, 0.245, 1.0),
    "752": (133_074, 0.48, 0.225, 1.1),
    "753": (73_886, 0.56, 0.255, 0.8),
    "754": (136_291, 0.40, 0.160, 1.5),
    "755": (5_450, 0.66, 0.240, 0.6),
}
#: kind -> share of its district's records, shift of the share valid on the first day
_KINDS = {
    "commune_station": (0.66, 0.0),
    "district_centre": (0.11, 0.02),
    "hospital": (0.09, 0.05),
    "mobile_team": (0.14, -0.06),
}


@dataclass(frozen=True)
class Places:
    """Homes (82 communes, then Côn Đảo without commune) and facilities, as parallel arrays."""

    home_commune: pl.Series
    home_district: pl.Series
    home_weight: np.ndarray
    facilities: pl.DataFrame
    start_share: np.ndarray
    gain: np.ndarray
    slowness: np.ndarray
    stall_from: np.ndarray
    stall_to: np.ndarray
    _choices: tuple[np.ndarray, np.ndarray]

    def facility_of(self, home: np.ndarray, draw: np.ndarray) -> np.ndarray:
        """Index of the facility that entered a person of this home; `draw` is uniform 0..1."""
        bounds, facility = self._choices
        return facility[np.searchsorted(bounds, home + draw, side="right")]


def reference_table(name: str) -> pl.DataFrame:
    """A table of `data/reference`, all text."""
    return pl.read_csv(REFERENCE / f"{name}.csv", infer_schema=False)


def build_places(rng: np.random.Generator) -> Places:
    homes = _homes()
    facilities = reference_table("facilities")
    district = facilities["district_code"].to_list()
    shift = np.array([_KINDS[kind][1] for kind in facilities["kind"]])
    count = facilities.height
    start = np.array([_DISTRICTS[code][1] for code in district]) + shift
    gain = np.array([_DISTRICTS[code][2] for code in district]) * rng.lognormal(0, 0.2, count)
    start_share = np.clip(start + rng.normal(0, 0.04, count), 0.2, 0.75)
    stall_from, stall_to = _stalls(rng, facilities)
    home_weight = _home_weights(rng, homes)
    return Places(
        home_commune=homes["commune"],
        home_district=homes["district"],
        home_weight=home_weight,
        facilities=facilities,
        start_share=start_share,
        gain=np.minimum(gain, 0.97 - start_share),
        slowness=np.array([_DISTRICTS[code][3] for code in district]),
        stall_from=stall_from,
        stall_to=stall_to,
        _choices=_choices(homes, facilities),
    )


def _homes() -> pl.DataFrame:
    communes = reference_table("communes").select(commune="code", district="district_code")
    without_commune = (
        reference_table("districts")
        .select(commune=pl.lit(""), district="code")
        .join(communes, on="district", how="anti")
    )
    return pl.concat([communes, without_commune])


def _home_weights(rng: np.random.Generator, homes: pl.DataFrame) -> np.ndarray:
    """Weight of each home; a district's homes add up to its population."""
    raw = homes.select("district", size=pl.Series(rng.lognormal(0, 0.35, homes.height)))
    population = pl.col("district").replace_strict(
        {code: row[0] for code, row in _DISTRICTS.items()}, return_dtype=pl.Float64
    )
    weight = population * pl.col("size") / pl.col("size").sum().over("district")
    weights = raw.select(weight).to_series().to_numpy()
    return weights / weights.sum()


def _choices(homes: pl.DataFrame, facilities: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """For each home its facilities: upper bounds home + cumulative share, and their indexes."""
    bounds, chosen = [], []
    for index, (commune, district) in enumerate(homes.iter_rows()):
        local = _facilities_near(facilities, commune, district)
        shares = local["share"].to_numpy()
        bounds.append(index + np.cumsum(shares) / shares.sum())
        bounds[-1][-1] = index + 1
        chosen.append(local["index"].to_numpy())
    return np.concatenate(bounds), np.concatenate(chosen)


def _facilities_near(facilities: pl.DataFrame, commune: str, district: str) -> pl.DataFrame:
    share = pl.col("kind").replace_strict(
        {kind: row[0] for kind, row in _KINDS.items()}, return_dtype=pl.Float64
    )
    here = (pl.col("commune_code") == commune) | (pl.col("kind") != "commune_station")
    return (
        facilities.with_row_index()
        .filter((pl.col("district_code") == district) & here)
        .select("index", share=share / pl.len().over("kind"))
    )


def _stalls(rng: np.random.Generator, facilities: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """First and last day number of each facility's standstill; equal where there is none."""
    start = np.zeros(facilities.height, dtype=np.float32)
    length = np.zeros(facilities.height, dtype=np.float32)
    able = np.flatnonzero((facilities["kind"] != "mobile_team").to_numpy())
    chosen = rng.choice(able, STALLING_FACILITIES, replace=False)
    start[chosen] = rng.integers(14, 40, STALLING_FACILITIES)
    length[chosen] = rng.integers(18, 32, STALLING_FACILITIES)
    return start, start + length
