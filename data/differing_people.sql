-- Which records are not the same in a snapshot and in the one before it?
-- One row per record, with its place in people_now and in people_before; null where it
-- is not. All records where a unit has moved, as each is then placed anew.
-- Reads people_now, people_before (`row`: the number of the row) and pair.
-- Records are told apart by a hash of 64 bits.
select
    now.row as row_now,
    before.row as row_before
from (
    select
        row,
        record_id,
        hash(
            full_name,
            birth_date,
            birth_year,
            sex,
            id_number,
            passport_number,
            phone,
            commune_code,
            residence_district_code,
            facility_code,
            verification,
            signing
        ) as print
    from people_now
) as now
full outer join (
    select
        row,
        record_id,
        hash(
            full_name,
            birth_date,
            birth_year,
            sex,
            id_number,
            passport_number,
            phone,
            commune_code,
            residence_district_code,
            facility_code,
            verification,
            signing
        ) as print
    from people_before
) as before
    on now.record_id = before.record_id
cross join pair
where pair.have_units_moved or now.print is distinct from before.print
