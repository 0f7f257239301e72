-- The version of the policy set: one row, locked by whoever changes a policy, so that changes are one after the other and versions have no gaps.
create table policy_set (
    only_one boolean primary key default true check (only_one),
    version  bigint not null check (version >= 0)
);
insert into policy_set (version) values (0);

-- The policies that hold. Those that held before are in the events of policy-changed.
create table policy (
    id         varchar(100) primary key,
    text       text         not null,
    -- The version of the set that this text came with.
    version    bigint       not null unique,
    changed_by varchar(255) not null,
    changed_at timestamptz  not null
);

-- What is known of protected services: the newest event of each, also of those that are protected no longer.
create table service (
    name    varchar(40) primary key,
    version bigint      not null,
    event   jsonb       not null
);

-- Every request is decided once; who asks again gets nothing new.
create table decision (
    request_id         uuid         primary key,
    request_digest     varchar(64)  not null,
    outcome            varchar(10)  not null check (outcome in ('granted', 'denied')),
    policies           text[]       not null,
    policy_set_version bigint       not null,
    -- The event as it was published, without its outbox's life of a day.
    decided            jsonb        not null,
    decided_at         timestamptz  not null
);
