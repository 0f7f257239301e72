-- One row per request for access: what was asked, how policy answered, what came of it. Everything that one decision changes stands in one row, so
-- that a decision locks and writes one row. Dead tokens leave no row: the events tell of them.
create table access_request (
    id               uuid         primary key,
    -- What was asked; never changes.
    account          varchar(40)  not null,
    owner_subject    varchar(255) not null,
    owner_client     varchar(255) not null,
    owner_kind       varchar(20)  not null,
    owner_roles      text         not null,
    on_behalf_of     varchar(200),
    asked_details    text         not null,
    duration_seconds bigint       not null check (duration_seconds > 0),
    replaces         uuid,
    reason           varchar(1000),
    requested_at     timestamptz  not null,
    request_digest   char(64)     not null,
    -- Where it stands. awaiting_approval has no way in yet; the column takes it.
    status           varchar(20)  not null,
    decision         text,
    valid_until      timestamptz,
    openings         text         not null,
    -- The live token: a digest, never a secret.
    token_id         uuid,
    token_digest     char(64),
    token_issued_at  timestamptz,
    -- Why it ended.
    end_cause        varchar(20),
    ended_by         varchar(255),
    replaced_by      uuid,
    ended_at         timestamptz,
    -- Counts the changes: the ETag of the request.
    version          bigint       not null,
    check (status <> 'granted' or (decision is not null and valid_until is not null)),
    check (token_digest is null or status = 'granted'),
    check ((token_digest is null) = (token_id is null) and (token_id is null) = (token_issued_at is null)),
    check ((status = 'ended') = (ended_at is not null))
);

-- Own requests, newest first; and an operator's view of all.
create index access_request_of_owner on access_request (owner_subject, requested_at desc, id desc);
create index access_request_newest on access_request (requested_at desc, id desc);
create index access_request_of_status on access_request (status, requested_at desc, id desc);
create index access_request_on_behalf_of on access_request (on_behalf_of, requested_at desc, id desc) where on_behalf_of is not null;
-- How many of an owner wait for a decision.
create index access_request_pending on access_request (owner_subject) where status = 'pending';
-- What the expiry sweep looks for.
create index access_request_expiry on access_request (valid_until) where status = 'granted';
-- A secret that is shown is looked up by its digest.
create unique index access_request_token on access_request (token_digest) where token_digest is not null;

-- Wakes whoever waits for a change, in whichever replica, when the change commits. A trigger cannot be forgotten and costs no round trip.
create function access_request_changed() returns trigger language plpgsql as $$
begin
    perform pg_notify('access_request_changed', new.id::text);
    return null;
end $$;

create trigger access_request_wakes_waiters after update on access_request for each row execute function access_request_changed();
