-- What the gateways of all replicas agree on: which tokens live, how often a grant was used, what it created, which calls are under way.

-- The transaction that last changed what a gateway must know of a request. A replica asks, ten times a second, for what committed since the snapshot
-- of its last question: changed_in invisible in that snapshot and visible in this one. So a change is heard of once, however transactions overlap.
-- A trigger cannot be forgotten by whoever writes the next update.
alter table access_request add column changed_in xid8 not null default pg_current_xact_id();

create index access_request_changed_in on access_request (changed_in);

create function access_request_token_changed() returns trigger language plpgsql as $$
begin
    new.changed_in := pg_current_xact_id();
    return new;
end $$;

create trigger access_request_token_changes before update on access_request for each row
    when (old.token_digest is distinct from new.token_digest or old.status <> new.status or old.valid_until is distinct from new.valid_until)
    execute function access_request_token_changed();

-- max_calls and max_calls_per_minute of one entry of a grant: one row, whatever token of the request is shown, on whichever replica.
create table call_count (
    request_id      uuid    not null,
    entry           integer not null,
    calls           bigint  not null,
    minute          bigint  not null,
    calls_in_minute bigint  not null,
    primary key (request_id, entry)
);

-- Takes up to wanted calls, and says how many there were. The row is locked until the transaction ends, so no two replicas take the same call; the
-- clock is this server's, so all replicas have the same minutes; a clock that is set back begins no second minute.
create function take_calls(of_request uuid, of_entry integer, wanted bigint, calls_max bigint, minute_max bigint,
                           out taken bigint, out used_up boolean, out next_minute bigint) language plpgsql as $$
declare
    counted call_count;
    this_minute bigint;
begin
    insert into call_count values (of_request, of_entry, 0, 0, 0) on conflict do nothing;
    select * into counted from call_count where request_id = of_request and entry = of_entry for update;
    this_minute := greatest(counted.minute, floor(extract(epoch from clock_timestamp()) / 60)::bigint);
    if this_minute > counted.minute then
        counted.calls_in_minute := 0;
    end if;
    taken := greatest(0, least(wanted, calls_max - counted.calls, minute_max - counted.calls_in_minute));
    used_up := counted.calls + taken >= calls_max;
    next_minute := (this_minute + 1) * 60;
    if taken > 0 then
        update call_count set calls = counted.calls + taken, minute = this_minute, calls_in_minute = counted.calls_in_minute + taken
            where request_id = of_request and entry = of_entry;
    end if;
end $$;

-- What an entry with own_created created: part of the grant, under whatever token.
create table grant_created (
    request_id uuid         not null,
    entry      integer      not null,
    resource   varchar(300) not null,
    call_id    varchar(100) not null,
    created_at timestamptz  not null,
    made_in    xid8         not null default pg_current_xact_id(),
    primary key (request_id, entry, resource)
);

create index grant_created_made_in on grant_created (made_in);

-- Writes that went on to the provider, or were about to, and whose end is not recorded. A row that stays tells that a process ended in the middle.
create table open_call (
    call_id    varchar(100) primary key,
    token_id   uuid         not null,
    request_id uuid         not null,
    account    varchar(40)  not null,
    operation  varchar(200),
    resources  text         not null,
    called_at  timestamptz  not null,
    begun_at   timestamptz  not null default now()
);

create index open_call_begun on open_call (begun_at);
