-- How far has signing come, by unit?
-- One row per axis and unit that has records; not_started + in_process + signed +
-- issued = signable. A signature on a record that is not signable counts in none of
-- them: signed_not_verified are those whose record no longer matches.
select
    axis,
    district_code,
    unit_code,
    cast(sum(records) as bigint) as records,
    cast(sum(case when is_verified then records else 0 end) as bigint) as verified,
    cast(sum(case when is_signable then records else 0 end) as bigint) as signable,
    cast(
        sum(
            case when is_signable and signing = 'unsigned' then records else 0 end
        ) as bigint
    ) as not_started,
    cast(
        sum(
            case when is_signable and signing = 'in_process' then records else 0 end
        ) as bigint
    ) as in_process,
    cast(
        sum(
            case when is_signable and signing = 'signed' then records else 0 end
        ) as bigint
    ) as signed,
    cast(
        sum(
            case when is_signable and signing = 'issued' then records else 0 end
        ) as bigint
    ) as issued,
    cast(
        sum(
            case
                when not is_verified and signing in ('signed', 'issued') then records
                else 0
            end
        ) as bigint
    ) as signed_not_verified,
    cast(
        sum(case when signing in ('signed', 'issued') then records else 0 end) as bigint
    ) as with_signature
from placed_records
group by axis, district_code, unit_code
order by axis, district_code, unit_code
