-- Which records look wrong to us, whatever the platform says of them?
-- One row per record with a suspicion. Reads persons: the snapshot's records with what
-- identifies their persons.
-- sex_differs_from_id, birth_year_differs_from_id: of a number of 12 digits the fourth
-- tells sex and century, the fifth and sixth the year. is_same_person: another record
-- has the same name (small or capital letters and spaces apart), birth date and phone.
-- is_stale: the platform's answer is "wrong" or "not found", and older than the
-- record's last change: it may be right by now.
with numbered as (
    select
        record_id,
        sex,
        birth_year,
        replace(replace(lower(trim(full_name)), '  ', ' '), '  ', ' ') as person_name,
        birth_date,
        phone,
        verification in ('mismatched', 'not_found')
        and verified_date < cast(updated_at as date) as is_stale,
        case
            when length(id_number) = 12 and translate(id_number, '0123456789', '') = ''
                then substr(id_number, 4, 1)
        end as century,
        substr(id_number, 5, 2) as year_of_century
    from persons
),

read_numbers as (
    select
        *,
        case
            when century in ('0', '2', '4', '6', '8') then 'male'
            when century in ('1', '3', '5', '7', '9') then 'female'
        end as sex_by_id,
        case
            when century in ('0', '1') then concat('19', year_of_century)
            when century in ('2', '3') then concat('20', year_of_century)
            when century in ('4', '5') then concat('21', year_of_century)
            when century in ('6', '7') then concat('22', year_of_century)
            when century in ('8', '9') then concat('23', year_of_century)
        end as year_by_id
    from numbered
),

repeated as (
    select
        person_name,
        birth_date,
        phone
    from numbered
    where birth_date is not null and phone is not null
    group by person_name, birth_date, phone
    having count(*) > 1
),

judged as (
    select
        read_numbers.record_id,
        coalesce(read_numbers.sex_by_id <> cast(read_numbers.sex as varchar), false)
            as sex_differs_from_id,
        coalesce(
            read_numbers.year_by_id <> cast(read_numbers.birth_year as varchar), false
        ) as birth_year_differs_from_id,
        repeated.person_name is not null as is_same_person,
        coalesce(read_numbers.is_stale, false) as is_stale
    from read_numbers
    left join repeated
        on
            read_numbers.person_name = repeated.person_name
            and read_numbers.birth_date = repeated.birth_date
            and read_numbers.phone = repeated.phone
)

select
    record_id,
    sex_differs_from_id,
    birth_year_differs_from_id,
    is_same_person,
    is_stale
from judged
where
    sex_differs_from_id or birth_year_differs_from_id or is_same_person or is_stale
order by record_id
