-- What has happened to signing since the snapshot before, and how long has what can be
-- signed waited, by entering facility?
-- One row per unit that has records. waiting: signable and without a signature, by
-- whole days since the record became matched (or the exempt one appeared); those that
-- were so in the first snapshot of all have waited longer than anybody knows:
-- waiting_from_start is apart from the four. in_process_long counts them from that
-- first snapshot on. newly_signed, signature_lost: against the snapshot before (of no
-- meaning without one). Reads placed_records, record_pairs, records, records_before,
-- facilities, signing_rule and pair.
-- A record stands in placed_records as waiting from the start; what record_pairs tells
-- of it takes it out there (weight -1) and puts it where it belongs.
with weighted as (
    select
        district_code,
        unit_code,
        signing,
        cast(null as int) as verified_since,
        cast(null as int) as in_process_since,
        records as weight
    from placed_records
    where axis = 'facility' and is_signable and signing in ('unsigned', 'in_process')

    union all

    select
        district_code,
        unit_code,
        signing,
        cast(null as int) as verified_since,
        cast(null as int) as in_process_since,
        -1 as weight
    from record_pairs
    where is_signable and signing in ('unsigned', 'in_process')

    union all

    select
        district_code,
        unit_code,
        signing,
        verified_since,
        in_process_since,
        1 as weight
    from record_pairs
    where is_signable and signing in ('unsigned', 'in_process')
),

waiting as (
    select
        weighted.district_code,
        weighted.unit_code,
        pair.day - weighted.verified_since as days,
        case when weighted.verified_since is null then weight else 0 end as from_start,
        case
            when
                weighted.signing = 'in_process'
                and pair.day - coalesce(weighted.in_process_since, pair.first_day)
                > signing_rule.in_process_days
                then weighted.weight
            else 0
        end as in_process_long,
        weighted.weight
    from weighted
    cross join pair
    cross join signing_rule
),

events as (
    select
        district_code,
        unit_code,
        case when days <= 2 then weight else 0 end as waiting_0_2,
        case when days > 2 and days <= 7 then weight else 0 end as waiting_3_7,
        case when days > 7 and days <= 30 then weight else 0 end as waiting_8_30,
        case when days > 30 then weight else 0 end as waiting_over_30,
        from_start as waiting_from_start,
        in_process_long,
        0 as changed_after_signing,
        0 as newly_signed,
        0 as signature_lost
    from waiting

    union all

    select
        district_code,
        unit_code,
        0 as waiting_0_2,
        0 as waiting_3_7,
        0 as waiting_8_30,
        0 as waiting_over_30,
        0 as waiting_from_start,
        0 as in_process_long,
        case when changed_since is not null then 1 else 0 end as changed_after_signing,
        case when is_newly_signed then 1 else 0 end as newly_signed,
        0 as signature_lost
    from record_pairs

    union all

    select
        coalesce(facilities.district_code, 'unmapped') as district_code,
        coalesce(facilities.facility_code, 'unmapped') as unit_code,
        0 as waiting_0_2,
        0 as waiting_3_7,
        0 as waiting_8_30,
        0 as waiting_over_30,
        0 as waiting_from_start,
        0 as in_process_long,
        0 as changed_after_signing,
        0 as newly_signed,
        1 as signature_lost
    from records_before
    inner join records on records_before.record_id = records.record_id
    left join facilities on records.facility_code = facilities.facility_code
    where
        records_before.signing in ('signed', 'issued')
        and records.signing not in ('signed', 'issued')
)

select
    'facility' as axis,
    district_code,
    unit_code,
    cast(sum(waiting_0_2) as bigint) as waiting_0_2,
    cast(sum(waiting_3_7) as bigint) as waiting_3_7,
    cast(sum(waiting_8_30) as bigint) as waiting_8_30,
    cast(sum(waiting_over_30) as bigint) as waiting_over_30,
    cast(sum(waiting_from_start) as bigint) as waiting_from_start,
    cast(sum(in_process_long) as bigint) as in_process_long,
    cast(sum(changed_after_signing) as bigint) as changed_after_signing,
    cast(sum(newly_signed) as bigint) as newly_signed,
    cast(sum(signature_lost) as bigint) as signature_lost
from events
group by district_code, unit_code
order by district_code, unit_code
