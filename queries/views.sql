-- The marts as questions see them.

-- Every unit of every level in every snapshot that lists it, with the sums of all
-- counts of one mart: 0 where it has none. A level's counts are sums over its parts, so
-- a ratio is taken from sums and never averaged.
-- mart: its table, by name. axes: those it is counted on. listing: the table of units.
create macro counted(mart, axes, listing := 'units') as table
with listed as (
    select
        units.*,
        case units.level when 'province' then '' else units.unit_code end as part
    from query_table(listing) as units
    where list_contains(axes, units.axis)
),

levels as (
    select distinct
        level,
        axis
    from listed
),

summed as (
    select
        counts.snapshot_id,
        levels.level,
        counts.axis,
        case levels.level
            when 'province' then ''
            when 'district' then counts.district_code
            else counts.unit_code
        end as part,
        cast(
            sum(
                columns(
                    counts.* exclude (snapshot_id, axis, district_code, unit_code)
                )
            ) as bigint
        )
    from query_table(mart) as counts
    inner join levels on counts.axis = levels.axis
    group by all
)

select
    snapshots.as_of,
    listed.*,
    coalesce(columns(summed.* exclude (snapshot_id, level, axis, part)), 0)
from listed
inner join snapshots on listed.snapshot_id = snapshots.snapshot_id
left join summed
    on
        listed.snapshot_id = summed.snapshot_id
        and listed.level = summed.level
        and listed.axis = summed.axis
        and listed.part = summed.part;

-- valid, invalid, pending, exempt, or absent: what cleaning makes of a state of
-- verification.
create macro standing(verification) as (
    case
        when verification = 'matched' then 'valid'
        when verification in ('exempt', 'absent') then verification
        when verification in ('not_sent', 'awaiting', 'unspecified_pending')
            then 'pending'
        else 'invalid'
    end
);

-- What became of records between two snapshots, with the states and units they came
-- from. Neighbours are there from the start; others are added when asked for.
-- snapshot_before, snapshot_id: the two, the one that is compared with first.
create table flows as
select
    snapshots.records_before as snapshot_before,
    flow.*,
    standing(flow.verification_before) as standing_before,
    standing(flow.verification) as standing
from flow
inner join snapshots on flow.snapshot_id = snapshots.snapshot_id
where snapshots.records_before is not null
order by flow.snapshot_id;

-- By the unit a record belongs to now; only of records that are in both.
create table cleaning_flow as
select
    snapshot_id,
    axis,
    district_code,
    unit_code,
    sum(records) filter (
        standing_before = 'invalid' and standing = 'valid'
    ) as fixed,
    sum(records) filter (
        standing_before = 'valid' and standing = 'invalid'
    ) as regressed
from flows
group by snapshot_id, axis, district_code, unit_code;

-- records = valid + invalid + pending + exempt. fixed, regressed: since
-- compared_with_at; null where the pair marts do not tell (totals only, not made yet,
-- no records before).
create table all_unit_cleaning as
select
    counts.* exclude (part),
    snapshots.records_before_at as compared_with_at,
    counts.matched as valid,
    counts.mismatched
    + counts.not_found
    + counts.no_id
    + counts.bad_id
    + counts.unspecified_invalid as invalid,
    counts.not_sent + counts.awaiting + counts.unspecified_pending as pending,
    flow.fixed,
    flow.regressed
from counted('cleaning', ['facility', 'residence']) as counts
inner join snapshots on counts.snapshot_id = snapshots.snapshot_id
left join counted('cleaning_flow', ['facility', 'residence']) as flow
    on
        counts.snapshot_id = flow.snapshot_id
        and counts.level = flow.level
        and counts.axis = flow.axis
        and counts.unit_code = flow.unit_code
        and snapshots.is_paired
        and snapshots.is_by_unit
        and snapshots.records_before is not null
where list_contains(snapshots.covers, 'cleaning')
order by
    counts.level,
    counts.axis,
    counts.snapshot_id,
    counts.district_code,
    counts.unit_code;

-- signable = not_started + in_process + signed + issued; done: what the progress
-- counts. signed, issued: null where only both together are known. From waiting_0_2 on:
-- null where the pair marts do not tell (another axis than the entering facility,
-- totals only, not made yet); newly_signed and signature_lost, which count from
-- compared_with_at on, also in the first snapshot of all.
create table all_unit_signing as
select
    counts.* exclude (part, signed, issued),
    case when list_contains(snapshots.covers, 'issuing') then counts.signed end
        as signed,
    case when list_contains(snapshots.covers, 'issuing') then counts.issued end
        as issued,
    snapshots.records_before_at as compared_with_at,
    counts.signed + counts.issued as done,
    counts.not_started + counts.in_process as waiting,
    counts.verified - counts.signable as too_few_doses,
    counts.with_signature
    - counts.signed_not_verified
    - counts.signed
    - counts.issued as signed_too_few_doses,
    since.waiting_0_2,
    since.waiting_3_7,
    since.waiting_8_30,
    since.waiting_over_30,
    since.waiting_from_start,
    since.in_process_long,
    since.changed_after_signing,
    case when snapshots.records_before is not null then since.newly_signed end
        as newly_signed,
    case when snapshots.records_before is not null then since.signature_lost end
        as signature_lost
from counted('signing', ['facility', 'residence']) as counts
inner join snapshots on counts.snapshot_id = snapshots.snapshot_id
left join counted('signing_since', ['facility']) as since
    on
        counts.snapshot_id = since.snapshot_id
        and counts.level = since.level
        and counts.axis = since.axis
        and counts.unit_code = since.unit_code
        and snapshots.is_paired
        and snapshots.is_by_unit
where list_contains(snapshots.covers, 'signing')
order by
    counts.level,
    counts.axis,
    counts.snapshot_id,
    counts.district_code,
    counts.unit_code;

-- received = open + closed; open = the four open statuses = the four age buckets.
-- closed_7_days: null where of any closed one it is not said when it was closed.
-- median_sum, p90_sum, oldest_minutes: null where nothing is open. resolved_known,
-- still_invalid: null where the snapshot has no records to look at.
create table all_unit_complaints as
select
    counts.* exclude (
        part, resolved_known, still_invalid, closed_7_days, closed_undated
    ) replace ('facility' as axis),
    case when closed_undated = 0 then closed_7_days end as closed_7_days,
    case when snapshots.is_by_unit then resolved_known end as resolved_known,
    case when snapshots.is_by_unit then still_invalid end as still_invalid,
    approved + rejected as closed,
    new + unassigned + in_progress + more_information as open,
    days_2_to_7 + days_8_to_30 + over_30_days as overdue,
    complaint_ages.oldest_minutes,
    complaint_ages.median_sum,
    complaint_ages.p90_sum
from counted('complaints', ['complaint']) as counts
inner join snapshots on counts.snapshot_id = snapshots.snapshot_id
left join complaint_ages
    on
        counts.snapshot_id = complaint_ages.snapshot_id
        and counts.level = complaint_ages.level
        and counts.part = complaint_ages.unit_code
where list_contains(snapshots.covers, 'complaints')
order by counts.level, counts.snapshot_id, district_code, counts.unit_code;

-- Who has to handle complaints, or had to in the list before: a unit that nothing waits
-- in any more has still lost what did.
create table flow_units as
select units.*
from units
where axis = 'complaint'
union all
select units.* replace (snapshots.snapshot_id as snapshot_id)
from snapshots
inner join units on snapshots.complaints_before = units.snapshot_id
anti join units as now
    on
        snapshots.snapshot_id = now.snapshot_id
        and units.level = now.level
        and units.axis = now.axis
        and units.unit_code = now.unit_code
where units.axis = 'complaint';

-- Only of snapshots with a list before, and current pair marts.
create table all_unit_complaint_flow as
select counts.* exclude (part) replace ('facility' as axis)
from counted('complaint_flow', ['complaint'], listing := 'flow_units') as counts
inner join snapshots on counts.snapshot_id = snapshots.snapshot_id
where snapshots.is_paired and snapshots.complaints_before is not null
order by level, counts.snapshot_id, district_code, unit_code;

-- What a question may see: the province's totals, and the units in scope.
-- Set per cursor: scope, a structure of sees_everything, sees_all_facilities (boolean),
-- district_codes and facility_codes (lists of text). Unset, no view has any row.
create macro may_see(district_code) as (
    getvariable('scope').sees_everything
    or list_contains(getvariable('scope').district_codes, district_code)
);

-- Who sees one facility only sees of its district the sums, and no unit beside it.
create macro may_see_unit(level, district_code, unit_code) as (
    may_see(district_code)
    and (
        getvariable('scope').sees_all_facilities
        or level = 'district'
        or list_contains(getvariable('scope').facility_codes, unit_code)
    )
);

-- A record may be listed by whoever sees the facility that entered it, and by who sees
-- all of the district its person lives in.
create macro may_see_record(district_code, unit_code, residence_district) as (
    may_see_unit('facility', district_code, unit_code)
    or (getvariable('scope').sees_all_facilities and may_see(residence_district))
);

create macro scoped_units(rows_of) as table
select counts.*
from query_table(rows_of) as counts
where
    may_see_unit(counts.level, counts.district_code, counts.unit_code)
    or (getvariable('scope') is not null and counts.level = 'province');

create view listed_units as
select scoped.* from scoped_units('units') as scoped;

create view unit_cleaning as
select scoped.* from scoped_units('all_unit_cleaning') as scoped;

create view unit_signing as
select scoped.* from scoped_units('all_unit_signing') as scoped;

create view unit_complaints as
select scoped.* from scoped_units('all_unit_complaints') as scoped;

create view unit_complaint_flow as
select scoped.* from scoped_units('all_unit_complaint_flow') as scoped;

-- What flows are summed by at a level: a unit with the district it lies in.
create macro flow_part(level, district_code, unit_code) as (
    case level
        when 'province' then ''
        when 'district' then district_code
        else concat(district_code, '/', unit_code)
    end
);

-- part_before, part: '' in the province; of a unit out of scope '?'.
create macro scoped_flows(compared_with, snapshot) as table
select
    flows.* exclude (
        snapshot_before,
        snapshot_id,
        district_before,
        unit_before,
        district_code,
        unit_code
    ),
    levels.level,
    case
        when
            levels.level = 'province'
            or may_see_unit(levels.level, flows.district_before, flows.unit_before)
            then flow_part(levels.level, flows.district_before, flows.unit_before)
        else '?'
    end as part_before,
    case
        when
            levels.level = 'province'
            or may_see_unit(levels.level, flows.district_code, flows.unit_code)
            then flow_part(levels.level, flows.district_code, flows.unit_code)
        else '?'
    end as part,
    flows.standing_before <> 'absent'
    and flows.standing <> 'absent'
    and flow_part(levels.level, flows.district_before, flows.unit_before)
    <> flow_part(levels.level, flows.district_code, flows.unit_code) as has_moved
from flows
cross join (
    values ('province'), ('district'), ('facility'), ('commune')
) as levels (level)
where
    flows.snapshot_before = compared_with
    and flows.snapshot_id = snapshot
    and getvariable('scope') is not null
    and (
        levels.level = 'province'
        or may_see_unit(levels.level, flows.district_before, flows.unit_before)
        or may_see_unit(levels.level, flows.district_code, flows.unit_code)
    );

create view scoped_facilities as
select facilities.*
from facilities
where may_see_unit('facility', facilities.district_code, facilities.facility_code);

create view scoped_unmapped as
select unmapped.*
from unmapped
where getvariable('scope').sees_everything;

-- A mart that is asked of one snapshot at a time, and so is not held in memory.
create macro scoped_complaint_kinds(files) as table
select complaint_kinds.*
from read_parquet(files) as complaint_kinds
where
    may_see_unit(
        'facility', complaint_kinds.district_code, complaint_kinds.unit_code
    );

-- Records and complaints themselves, for lists; each with the unit that counts it, a
-- record on both axes.
-- files: Parquet files of the snapshot. snapshot: its id.
create macro scoped_records(files, snapshot) as table
with placed as (
    select
        records.*,
        coalesce(facilities.district_code, 'unmapped') as district_code,
        coalesce(facilities.unit_code, 'unmapped') as unit_code,
        coalesce(facilities.unit_name, '') as unit_name,
        coalesce(communes.district_code, districts.unit_code, 'unmapped')
            as residence_district,
        coalesce(communes.unit_code, districts.unit_code, 'unmapped')
            as residence_unit,
        coalesce(communes.unit_name, districts.unit_name, '') as residence_unit_name
    from read_parquet(files) as records
    left join units as facilities
        on
            records.facility_code = facilities.unit_code
            and facilities.snapshot_id = snapshot
            and facilities.level = 'facility'
            and facilities.axis = 'facility'
    left join units as communes
        on
            records.commune_code = communes.unit_code
            and communes.snapshot_id = snapshot
            and communes.level = 'commune'
            and communes.axis = 'residence'
            and communes.unit_kind not in ('district', 'unmapped')
    left join units as districts
        on
            records.residence_district_code = districts.unit_code
            and districts.snapshot_id = snapshot
            and districts.level = 'district'
            and districts.axis = 'residence'
)

select placed.*
from placed
where
    may_see_record(placed.district_code, placed.unit_code, placed.residence_district);

create macro scoped_complaints(files, snapshot) as table
select
    complaints.* exclude (district_code),
    complaints.district_code as given_district_code,
    coalesce(facilities.district_code, districts.unit_code, 'unmapped')
        as district_code,
    coalesce(facilities.unit_code, districts.unit_code, 'unmapped') as unit_code,
    coalesce(facilities.unit_name, districts.unit_name, '') as unit_name
from read_parquet(files) as complaints
left join units as districts
    on
        complaints.district_code = districts.unit_code
        and districts.snapshot_id = snapshot
        and districts.level = 'district'
        and districts.axis = 'complaint'
        and districts.unit_kind = 'district'
left join units as facilities
    on
        complaints.facility_code = facilities.unit_code
        and facilities.snapshot_id = snapshot
        and facilities.level = 'facility'
        and facilities.axis = 'complaint'
        and facilities.unit_kind not in ('district', 'unmapped')
        and (facilities.district_code <> 'unmapped' or districts.unit_code is null)
where
    may_see_unit(
        'facility',
        coalesce(facilities.district_code, districts.unit_code, 'unmapped'),
        coalesce(facilities.unit_code, districts.unit_code, 'unmapped')
    );

-- The records of a snapshot whose lists were asked for: one table a snapshot, which
-- `hold_records.sql` makes.
-- held: its name.
create macro scoped_held_records(held) as table
select records.*
from query_table(held) as records
where
    may_see_record(
        records.district_code,
        records.unit_code,
        records.residence_district
    );

-- A name as it is searched: without marks, in small letters.
create macro folded(name) as (
    strip_accents(replace(lower(name), 'đ', 'd'))
);

-- A number of a document of which no more than half is told: its first three and last
-- four characters, or the last two of a short one.
create macro masked(number) as (
    case
        when length(number) >= 14 or length(number) = 12
            then
                concat(
                    substr(number, 1, 3),
                    repeat('•', length(number) - 7),
                    right(number, 4)
                )
        when length(number) >= 4
            then concat(repeat('•', length(number) - 2), right(number, 2))
        else repeat('•', length(number))
    end
);

-- The records of a work list.
-- held: the table of its snapshot. what: the bit of a count of `work_lists.WHATS`.
-- of_axis: facility or residence. of_district, of_unit: codes on it; null = all.
-- reason, suspicion, latest_since, search: null, or what a record must have.
create macro work_list(
    held,
    what,
    of_axis,
    of_district,
    of_unit,
    reason,
    suspicion,
    latest_since,
    search
) as table
select records.*
from scoped_held_records(held) as records
where
    case
        when of_district is null then true
        when of_axis = 'facility' then records.district_code = of_district
        else records.residence_district = of_district
    end
    and case
        when of_unit is null then true
        when of_axis = 'facility' then records.unit_code = of_unit
        else records.residence_unit = of_unit
    end
    and records.counted_in & what <> 0
    and case reason
        when 'wrong_name' then records.wrong_name
        when 'wrong_birth_date' then records.wrong_birth_date
        when 'wrong_sex' then records.wrong_sex
        when 'wrong_id' then records.wrong_id
        else true
    end
    and case suspicion
        when 'sex_differs_from_id' then records.sex_differs_from_id
        when 'birth_year_differs_from_id' then records.birth_year_differs_from_id
        when 'same_id' then records.is_duplicate_id
        when 'same_person' then records.is_same_person
        when 'stale_verification' then records.is_stale
        else true
    end
    and (
        latest_since is null
        or records.state_since is null
        or records.state_since <= latest_since
    )
    and (
        search is null
        or contains(records.folded_name, search)
        or lower(records.record_id) = search
        or records.id_number = search
    );
