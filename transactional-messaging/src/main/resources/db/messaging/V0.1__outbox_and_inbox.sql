-- What every service keeps beside its state, so that state and event are one transaction.

-- Events that were decided. The relay sends them in the order of id; transactions that touch one key lock its row first, so for one key the order of
-- id is the order of commits. Sent rows stay for a day, for whoever looks into an incident.
create table outbox (
    id          bigint generated always as identity primary key,
    event_id    varchar(64)  not null unique,
    topic       varchar(100) not null,
    record_key  varchar(200) not null,
    event_type  varchar(100) not null,
    event_time  timestamptz  not null,
    payload     bytea        not null,
    traceparent varchar(55),
    created_at  timestamptz  not null default now(),
    sent_at     timestamptz
);

create index outbox_unsent on outbox (id) where sent_at is null;
create index outbox_sent on outbox (sent_at) where sent_at is not null;

-- Wakes the relay, wherever it runs, as soon as the transaction commits; costs no round trip of its own.
create function wake_relay() returns trigger language plpgsql as $$
begin
    perform pg_notify('outbox', '');
    return null;
end $$;

create trigger outbox_wakes_relay after insert on outbox for each statement execute function wake_relay();

-- Events whose effect is in this database. Kept longer than any record can come again: the longest retention of a topic and of its dead letters.
create table inbox (
    consumer    varchar(100) not null,
    event_id    varchar(64)  not null,
    received_at timestamptz  not null default now(),
    primary key (consumer, event_id)
);

create index inbox_received on inbox (received_at);
