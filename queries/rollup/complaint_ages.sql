-- How long have the open complaints waited: median, 90th percentile, oldest?
-- One row per level and unit that has open complaints; percentiles are not sums, so
-- each level has its own. A percentile lies between the two complaints beside it:
-- median_sum is twice the median, p90_sum ten times the 90th percentile, in minutes.
with at_levels as (
    select
        'province' as level,
        '' as unit_code,
        age_minutes
    from placed_complaints
    where is_open

    union all

    select
        'district' as level,
        district_code as unit_code,
        age_minutes
    from placed_complaints
    where is_open

    union all

    select
        'facility' as level,
        unit_code,
        age_minutes
    from placed_complaints
    where is_open
),

ranked as (
    select
        level,
        unit_code,
        age_minutes,
        row_number() over (
            partition by level, unit_code order by age_minutes
        ) - 1 as place,
        count(*) over (partition by level, unit_code) - 1 as last_place
    from at_levels
),

beside as (
    select
        level,
        unit_code,
        max(age_minutes) as oldest_minutes,
        max(case when 2 * place <= last_place then age_minutes end) as median_below,
        min(case when 2 * place >= last_place then age_minutes end) as median_above,
        max(case when 10 * place <= 9 * last_place then age_minutes end) as p90_below,
        min(case when 10 * place >= 9 * last_place then age_minutes end) as p90_above,
        max(9 * last_place) % 10 as tenths_above
    from ranked
    group by level, unit_code
)

select
    level,
    unit_code,
    cast(oldest_minutes as bigint) as oldest_minutes,
    cast(median_below + median_above as bigint) as median_sum,
    cast(
        (10 - tenths_above) * p90_below + tenths_above * p90_above as bigint
    ) as p90_sum
from beside
order by level, unit_code
