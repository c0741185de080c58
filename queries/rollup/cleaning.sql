-- How many records are in each verification state, and why are they invalid, by unit?
-- One row per axis and unit that has records. A mismatched record may have several
-- reasons, so the wrong_* counts may add up to more than mismatched; unspecified names
-- none. duplicate: records that share their id number with another, whatever their
-- state (suspicion). carried_forward: records that kept their state of the snapshot
-- before, as their new row was put aside. unspecified_invalid and unspecified_pending:
-- known only as totals.
select
    axis,
    district_code,
    unit_code,
    cast(sum(records) as bigint) as records,
    cast(
        sum(case when verification = 'matched' then records else 0 end) as bigint
    ) as matched,
    cast(
        sum(case when verification = 'mismatched' then records else 0 end) as bigint
    ) as mismatched,
    cast(
        sum(case when verification = 'not_found' then records else 0 end) as bigint
    ) as not_found,
    cast(
        sum(case when verification = 'no_id' then records else 0 end) as bigint
    ) as no_id,
    cast(
        sum(case when verification = 'bad_id' then records else 0 end) as bigint
    ) as bad_id,
    cast(
        sum(case when verification = 'not_sent' then records else 0 end) as bigint
    ) as not_sent,
    cast(
        sum(case when verification = 'awaiting' then records else 0 end) as bigint
    ) as awaiting,
    cast(
        sum(case when verification = 'exempt' then records else 0 end) as bigint
    ) as exempt,
    cast(
        sum(
            case when verification = 'unspecified_invalid' then records else 0 end
        ) as bigint
    ) as unspecified_invalid,
    cast(
        sum(
            case when verification = 'unspecified_pending' then records else 0 end
        ) as bigint
    ) as unspecified_pending,
    cast(
        sum(
            case
                when verification = 'mismatched' and wrong_name then records
                else 0
            end
        ) as bigint
    ) as wrong_name,
    cast(
        sum(
            case
                when verification = 'mismatched' and wrong_birth_date then records
                else 0
            end
        ) as bigint
    ) as wrong_birth_date,
    cast(
        sum(
            case
                when verification = 'mismatched' and wrong_sex then records
                else 0
            end
        ) as bigint
    ) as wrong_sex,
    cast(
        sum(
            case
                when verification = 'mismatched' and wrong_id then records
                else 0
            end
        ) as bigint
    ) as wrong_id,
    cast(
        sum(
            case
                when
                    verification = 'mismatched'
                    and not (wrong_name or wrong_birth_date or wrong_sex or wrong_id)
                    then records
                else 0
            end
        ) as bigint
    ) as unspecified,
    cast(sum(case when is_duplicate_id then records else 0 end) as bigint)
        as duplicate,
    cast(sum(case when carried_forward then records else 0 end) as bigint)
        as carried_forward
from placed_records
group by axis, district_code, unit_code
order by axis, district_code, unit_code
