-- The log: entries that nobody changes, the hashes over them, and where it ends.

-- One row per event. leaf is the entry's one encoding (DESIGN.md), and all of it: the other columns are there to find it by.
create table entry (
    index       bigint       primary key check (index >= 0),
    leaf        bytea        not null,
    source      varchar(300) not null,
    event_id    varchar(64)  not null,
    event_time  timestamptz  not null,
    appended_at timestamptz  not null,
    facts       text[]       not null,
    -- Once each, however often an event is delivered: this is the consumer's inbox.
    unique (source, event_id)
);

create index entry_facts on entry using gin (facts);
create index entry_time on entry (event_time);

-- One row per leaf: the hashes of all complete subtrees that end with it, 32 bytes each, level 0 first. None of them ever changes, so that
-- a row is written once, and the hash of any complete subtree is one read away: the subtree (level, i) stands in row (i + 1) * 2^level - 1.
-- No foreign key to entry: its check locks the row that it refers to, which needs the right to update it.
create table node (
    last_leaf bigint primary key,
    hashes    bytea  not null check (octet_length(hashes) > 0 and octet_length(hashes) % 32 = 0)
);

-- Where the log ends. Whoever appends locks this row first, so that there is one writer at a time over all replicas.
create table head (
    one         boolean     primary key default true check (one),
    size        bigint      not null check (size >= 0),
    peaks       bytea       not null,
    root        bytea       not null check (octet_length(root) = 32),
    appended_at timestamptz not null
);

insert into head (size, peaks, root, appended_at) values (0, '', sha256(''), now());

-- What is in the log stays. Privileges keep the service from changing it; triggers keep everybody else who can connect, the owner too, until they
-- take the triggers away; and who does that is found out by the next checkpoint that somebody kept.
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the log is append-only: no % on %', tg_op, tg_table_name using errcode = 'insufficient_privilege';
end $$;

create trigger entry_stays before update or delete or truncate on entry for each statement execute function refuse_change();
create trigger node_stays before update or delete or truncate on node for each statement execute function refuse_change();
create trigger head_stays before delete or truncate on head for each statement execute function refuse_change();

create function refuse_shrinking() returns trigger language plpgsql as $$
begin
    if new.size <= old.size then
        raise exception 'the log is append-only: % entries cannot follow %', new.size, old.size using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;

create trigger head_grows before update on head for each row execute function refuse_shrinking();

-- The role that the service runs with. It may be the owner, as in a small installation; better is another one (DESIGN.md), and this is all it needs.
grant select, insert, update, delete on outbox, inbox to "${application_role}";
grant select, insert on entry, node to "${application_role}";
grant select, update on head to "${application_role}";
revoke update, delete, truncate on entry, node from "${application_role}", public;
revoke insert, delete, truncate on head from "${application_role}", public;
