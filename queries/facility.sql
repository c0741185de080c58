-- What is known of one facility?
-- One row, the one in force on the snapshot's day (else the last known); none when out
-- of scope.
-- $facility_code: its code. $snapshot_id: one snapshot.
select
    scoped_facilities.facility_code,
    scoped_facilities.facility_name,
    scoped_facilities.kind,
    coalesce(districts.unit_code, 'unmapped') as district_code,
    districts.unit_name as district_name,
    scoped_facilities.commune_code,
    communes.unit_name as commune_name,
    scoped_facilities.head,
    scoped_facilities.valid_from,
    scoped_facilities.valid_to
from scoped_facilities
inner join snapshots on scoped_facilities.snapshot_id = snapshots.snapshot_id
left join listed_units as districts
    on
        scoped_facilities.snapshot_id = districts.snapshot_id
        and scoped_facilities.district_code = districts.unit_code
        and districts.level = 'district'
        and districts.axis = 'residence'
left join listed_units as communes
    on
        scoped_facilities.snapshot_id = communes.snapshot_id
        and scoped_facilities.commune_code = communes.unit_code
        and communes.level = 'commune'
where
    scoped_facilities.snapshot_id = $snapshot_id
    and scoped_facilities.facility_code = $facility_code
order by
    coalesce(scoped_facilities.valid_from <= cast(snapshots.as_of as date), true) desc,
    coalesce(scoped_facilities.valid_to >= cast(snapshots.as_of as date), true) desc,
    scoped_facilities.valid_from desc
limit 1
