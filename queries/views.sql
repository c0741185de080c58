-- The marts as questions see them: only rows of the districts the cursor's scope names.
-- Set per cursor: sees_everything (boolean) and district_codes (list of text); unset = 0 rows.

-- Counts of one snapshot, axis and unit, with the definitions every metric shares.
-- records = valid + invalid + pending + exempt.
create view unit_cleaning as
select
    cleaning.*,
    cleaning.matched as valid,
    cleaning.mismatched + cleaning.not_found + cleaning.no_id + cleaning.bad_id as invalid,
    cleaning.not_sent + cleaning.awaiting as pending
from cleaning
where
    getvariable('sees_everything')
    or list_contains(getvariable('district_codes'), cleaning.district_code);

create view known_units as
select units.*
from units
where
    getvariable('sees_everything')
    or list_contains(getvariable('district_codes'), units.district_code);

create view known_facilities as
select facilities.*
from facilities
where
    getvariable('sees_everything')
    or list_contains(getvariable('district_codes'), facilities.district_code);

create view unmapped_codes as
select unmapped.*
from unmapped
where getvariable('sees_everything');
