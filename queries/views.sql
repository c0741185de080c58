-- The marts as questions see them.

-- Every unit of every level in every snapshot that lists it, with its counts: 0 where
-- it has no records. A level's counts are sums over its parts, so a ratio is taken from
-- sums and never averaged. records = valid + invalid + pending + exempt.
create table all_unit_cleaning as
with levels as (
    select distinct
        level,
        axis
    from units
),

summed as (
    select
        cleaning.snapshot_id,
        levels.level,
        levels.axis,
        case levels.level
            when 'province' then ''
            when 'district' then cleaning.district_code
            else cleaning.unit_code
        end as part,
        sum(records) as records,
        sum(matched) as matched,
        sum(mismatched) as mismatched,
        sum(not_found) as not_found,
        sum(no_id) as no_id,
        sum(bad_id) as bad_id,
        sum(not_sent) as not_sent,
        sum(awaiting) as awaiting,
        sum(exempt) as exempt,
        sum(wrong_name) as wrong_name,
        sum(wrong_birth_date) as wrong_birth_date,
        sum(wrong_sex) as wrong_sex,
        sum(wrong_id) as wrong_id,
        sum(unspecified) as unspecified,
        sum(duplicate) as duplicate
    from cleaning
    inner join levels on cleaning.axis = levels.axis
    group by all
),

counted as (
    select
        units.snapshot_id,
        snapshots.as_of,
        units.level,
        units.axis,
        units.unit_code,
        units.unit_name,
        units.unit_kind,
        units.district_code,
        units.district_name,
        cast(coalesce(summed.records, 0) as bigint) as records,
        cast(coalesce(summed.matched, 0) as bigint) as matched,
        cast(coalesce(summed.mismatched, 0) as bigint) as mismatched,
        cast(coalesce(summed.not_found, 0) as bigint) as not_found,
        cast(coalesce(summed.no_id, 0) as bigint) as no_id,
        cast(coalesce(summed.bad_id, 0) as bigint) as bad_id,
        cast(coalesce(summed.not_sent, 0) as bigint) as not_sent,
        cast(coalesce(summed.awaiting, 0) as bigint) as awaiting,
        cast(coalesce(summed.exempt, 0) as bigint) as exempt,
        cast(coalesce(summed.wrong_name, 0) as bigint) as wrong_name,
        cast(coalesce(summed.wrong_birth_date, 0) as bigint) as wrong_birth_date,
        cast(coalesce(summed.wrong_sex, 0) as bigint) as wrong_sex,
        cast(coalesce(summed.wrong_id, 0) as bigint) as wrong_id,
        cast(coalesce(summed.unspecified, 0) as bigint) as unspecified,
        cast(coalesce(summed.duplicate, 0) as bigint) as duplicate
    from units
    inner join snapshots on units.snapshot_id = snapshots.snapshot_id
    left join summed
        on
            units.snapshot_id = summed.snapshot_id
            and units.level = summed.level
            and units.axis = summed.axis
            and summed.part = case units.level
                when 'province' then ''
                else units.unit_code
            end
)

select
    *,
    matched as valid,
    mismatched + not_found + no_id + bad_id as invalid,
    not_sent + awaiting as pending
from counted
order by level, axis, snapshot_id, district_code, unit_code;

-- What a question may see: the province's totals, and the units of the districts in
-- scope.
-- Set per cursor: scope, a structure of sees_everything (boolean) and district_codes
-- (list of text). Unset, no view has any row.
create view unit_cleaning as
select all_unit_cleaning.*
from all_unit_cleaning
where
    getvariable('scope').sees_everything
    or (getvariable('scope') is not null and all_unit_cleaning.level = 'province')
    or list_contains(
        getvariable('scope').district_codes, all_unit_cleaning.district_code
    );

create view scoped_facilities as
select facilities.*
from facilities
where
    getvariable('scope').sees_everything
    or list_contains(getvariable('scope').district_codes, facilities.district_code);

create view scoped_unmapped as
select unmapped.*
from unmapped
where getvariable('scope').sees_everything;
