-- What calls asked for whose answer was lost: an object without a known id is adopted only if it shows exactly one of these (digests, joined by commas),
-- and was made after the first of those calls.
alter table firewall_object add column digests text not null default '';
alter table firewall_object add column first_made_at timestamptz not null default now();

-- Objects of ours that the provider stopped showing though we did not delete them. For a day they are looked for by their ids: a provider that said
-- "not found" once may have been wrong, and what it shows later is ours to take back.
create table firewall_object_gone (
    account   varchar(40)  not null,
    object_id varchar(100) not null,
    name      varchar(100) not null,
    service   varchar(40)  not null,
    gone_at   timestamptz  not null default now(),
    primary key (account, object_id)
);

create index firewall_object_gone_by_service on firewall_object_gone (service);

-- Objects named like ours that nobody owns, as the last listing of their account showed them. Never written: they are for people to look at.
create table object_of_nobody (
    account   varchar(40)  not null,
    object_id varchar(100) not null,
    name      varchar(255) not null,
    seen_at   timestamptz  not null,
    primary key (account, object_id)
);
