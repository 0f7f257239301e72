-- Which account at the provider a configured account stood for when it was first used. Another team's credential is refused.
create table account_identity (
    account  varchar(40)  primary key,
    identity varchar(200) not null,
    seen_at  timestamptz  not null default now()
);

-- What keeps a service from its desired state, and what stands around its attachment. For people: nothing is planned from it.
create table service_condition (
    service       varchar(40) primary key,
    failure       varchar(2000), -- the last one, with the provider's words; it stays after it ended
    failed_at     timestamptz,
    failing_since timestamptz,   -- null while runs succeed
    wall          varchar(10) not null default 'unknown' check (wall in ('present', 'missing', 'unknown')),
    warnings      jsonb       not null default '[]',
    inspected_at  timestamptz
);

-- Why an opening waits, as it was told last.
alter table opening add column waiting_told varchar(500);
alter table opening add column waiting_told_at timestamptz;
