-- Who has to handle each complaint of one snapshot?
-- One row per complaint.
-- Reads complaints, facilities (one row a code), districts and complained_records
-- (those a complaint names).
-- Portable: roll-ups run on any engine.
-- A known facility handles it, where its district is known too; else the district
-- named; else a known facility in no known district; else nobody yet: 'unmapped'.
-- What waits in a district without a facility stands under the district's own code.
-- routed_to says which of the three it is. unknown_facility_code,
-- unknown_district_code: the code named, where no reference knows it.
-- is_open: neither approved nor rejected. is_still_invalid: approved, while the
-- citizen's record is invalid in the same snapshot.
with routed as (
    select
        complaints.complaint_id,
        complaints.record_id,
        complaints.complaint_type,
        complaints.status,
        complaints.reject_reason,
        complaints.original_complaint_id,
        complaints.age_minutes,
        complaints.closed_minutes_ago,
        coalesce(facilities.district_code, districts.code, 'unmapped') as district_code,
        coalesce(facilities.facility_code, districts.code, 'unmapped') as unit_code,
        case
            when facilities.facility_code is not null then 'facility'
            when districts.code is not null then 'district'
            else 'nobody'
        end as routed_to,
        case when named.facility_code is null then complaints.facility_code end
            as unknown_facility_code,
        case when districts.code is null then complaints.district_code end
            as unknown_district_code
    from complaints
    left join districts on complaints.district_code = districts.code
    left join facilities as named on complaints.facility_code = named.facility_code
    left join facilities
        on
            complaints.facility_code = facilities.facility_code
            and (facilities.district_code <> 'unmapped' or districts.code is null)
)

select
    routed.*,
    routed.status not in ('approved', 'rejected') as is_open,
    routed.status = 'approved'
    and complained_records.record_id is not null as is_resolved_known,
    routed.status = 'approved'
    and coalesce(
        complained_records.verification in (
            'mismatched', 'not_found', 'no_id', 'bad_id'
        ),
        false
    ) as is_still_invalid
from routed
left join complained_records on routed.record_id = complained_records.record_id
