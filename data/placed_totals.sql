-- Where do the records belong of which only a table of totals by district is known?
-- One row per axis and combination, as in placed_records.sql. Only sums over them mean
-- something: the signable are counted as matched, so that "matched, not signable" makes
-- up for those among them who are exempt and may be below 0.
-- Reads totals (one row a district) and districts. Portable: roll-ups run on any
-- engine. A table of totals names no axis: its figures stand on both. In which state an
-- invalid or pending record is, is not known: 'unspecified_invalid',
-- 'unspecified_pending'. Without figures of cleaning, the valid are those known to be
-- signable.
with known as (
    select
        coalesce(districts.code, 'unmapped') as district_code,
        totals.district_code as given_code,
        coalesce(totals.valid, totals.signable, 0) as valid,
        coalesce(totals.invalid, 0) as invalid,
        coalesce(totals.pending, 0) as pending,
        coalesce(totals.exempt, 0) as exempt,
        coalesce(totals.signable, 0) as signable,
        coalesce(totals.in_process, 0) as in_process,
        coalesce(totals.signed, 0) as signed,
        coalesce(totals.issued, 0) as issued
    from totals
    left join districts on totals.district_code = districts.code
    where not totals.is_total
),

states as (
    select
        'matched' as verification,
        'unsigned' as signing,
        true as is_verified,
        true as is_signable
    union all
    select
        'matched' as verification,
        'in_process' as signing,
        true as is_verified,
        true as is_signable
    union all
    select
        'matched' as verification,
        'signed' as signing,
        true as is_verified,
        true as is_signable
    union all
    select
        'matched' as verification,
        'issued' as signing,
        true as is_verified,
        true as is_signable
    union all
    select
        'matched' as verification,
        'unsigned' as signing,
        true as is_verified,
        false as is_signable
    union all
    select
        'exempt' as verification,
        'unsigned' as signing,
        true as is_verified,
        false as is_signable
    union all
    select
        'unspecified_invalid' as verification,
        'unsigned' as signing,
        false as is_verified,
        false as is_signable
    union all
    select
        'unspecified_pending' as verification,
        'unsigned' as signing,
        false as is_verified,
        false as is_signable
),

axes as (
    select 'facility' as axis
    union all
    select 'residence' as axis
)

select
    axes.axis,
    known.district_code,
    known.district_code as unit_code,
    known.given_code,
    states.verification,
    false as wrong_name,
    false as wrong_birth_date,
    false as wrong_sex,
    false as wrong_id,
    false as is_duplicate_id,
    false as carried_forward,
    states.signing,
    states.is_verified,
    states.is_signable,
    case
        when states.verification = 'exempt' then known.exempt
        when states.verification = 'unspecified_invalid' then known.invalid
        when states.verification = 'unspecified_pending' then known.pending
        when not states.is_signable then known.valid - known.signable
        when states.signing = 'in_process' then known.in_process
        when states.signing = 'signed' then known.signed - known.issued
        when states.signing = 'issued' then known.issued
        else known.signable - known.in_process - known.signed
    end as records
from known
cross join states
cross join axes
