-- What firewall-sync-service keeps: what operators said, what grants need, which objects at the provider are ours, and how the last run went.

-- A protected service, or the name of one that was taken away: its version counts on.
create table protected_service (
    name         varchar(40) primary key,
    version      bigint      not null,
    removed      boolean     not null,
    content      jsonb       not null, -- of a removed service what was said last
    changed_by   varchar(200) not null,
    protected_at timestamptz not null
);

-- A request that was heard of, by its decision or by its end. The end can come first: it is kept, so that the decision after it opens nothing. Whoever
-- handles either locks this row first.
create table access_grant (
    request_id  uuid        primary key,
    valid_until timestamptz,
    ended_at    timestamptz,
    ended_why   varchar(200)
);

-- One (service, protocol, ports, source) of one grant, with the state of dev.postern.firewall.Opening.
create table opening (
    id          bigint generated always as identity unique, -- for paging
    request_id  uuid        not null references access_grant,
    service     varchar(40) not null, -- may be a name that nobody protects: then it failed
    protocol    varchar(3)  not null,
    ports       varchar(11) not null,
    source      varchar(49) not null,
    state       varchar(7)  not null check (state in ('opening', 'open', 'closing', 'closed', 'failed')),
    since       timestamptz not null,
    granted_at  timestamptz not null,
    valid_until timestamptz not null,
    detail      varchar(2000),
    primary key (request_id, service, protocol, ports, source)
);

create index opening_live on opening (service) where state in ('opening', 'open', 'closing');
create index opening_due on opening (valid_until) where state in ('opening', 'open');
create index opening_unsettled on opening (since) where state in ('opening', 'closing');
create index opening_by_service on opening (service, id);

-- Objects at the provider that are ours. A row is written before the object is made (object_id null), so that after a crash between the two an object
-- of exactly this name is known to be ours; and marked before it is taken away, so that its absence is nobody else's doing.
create table firewall_object (
    account   varchar(40)  not null,
    name      varchar(100) not null,
    service   varchar(40)  not null,
    object_id varchar(100),
    leaving   boolean      not null default false,
    noted_at  timestamptz  not null default now(),
    primary key (account, name)
);

create index firewall_object_by_service on firewall_object (service);

-- How it stands with each service, and the number of its last event. Not what the provider shows: that is read again every time.
create table reconciliation (
    service          varchar(40) primary key,
    sequence         bigint      not null default 0,
    applied_version  bigint      not null default 0, -- the service's version that the provider showed in full
    last_run         timestamptz,
    outcome          varchar(40),
    detail           varchar(2000),
    drift_pending    jsonb       not null default '[]', -- found, not yet set back
    drift            jsonb       not null default '[]', -- found and set back last
    drift_at         timestamptz,
    budget_limit     bigint,
    budget_remaining bigint,
    budget_reset_at  timestamptz
);
