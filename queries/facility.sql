-- What is known of one facility?
-- One row, the one in force on the snapshot's day (else the last known); none when out of scope.
-- $facility_code: its code. $snapshot_id: one snapshot.
select
    known_facilities.facility_code,
    known_facilities.facility_name,
    known_facilities.kind,
    known_facilities.district_code,
    districts.unit_name as district_name,
    known_facilities.commune_code,
    communes.unit_name as commune_name,
    known_facilities.head,
    known_facilities.valid_from,
    known_facilities.valid_to
from known_facilities
inner join snapshots on known_facilities.snapshot_id = snapshots.snapshot_id
left join known_units as districts
    on
        known_facilities.snapshot_id = districts.snapshot_id
        and known_facilities.district_code = districts.unit_code
        and districts.axis = 'residence'
left join known_units as communes
    on
        known_facilities.snapshot_id = communes.snapshot_id
        and known_facilities.commune_code = communes.unit_code
        and communes.axis = 'residence'
where
    known_facilities.snapshot_id = $snapshot_id
    and known_facilities.facility_code = $facility_code
order by
    coalesce(known_facilities.valid_to >= cast(snapshots.as_of as date), true) desc,
    known_facilities.valid_from desc
limit 1
