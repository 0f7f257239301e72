-- What a search needs beside the log itself. Everything here follows from the entries, in the order of the log, so that it can be built again from them.

-- What entries inherit from the request that they are about: the customer, and the resources for events that carry none. The first access-requested
-- event of an id decides.
create table request (
    id    varchar(36) primary key,
    index bigint      not null,
    facts text[]      not null
);

insert into request (id, index, facts)
select distinct on (key.fact) substring(key.fact from 5), e.index,
    array(select fact from unnest(e.facts) as fact where fact like 'on\_behalf\_of:%' or fact like 'resource:%' or fact like 'service:%')
from entry e cross join lateral (select fact from unnest(e.facts) as fact where fact like 'key:%') as key
where e.facts @> '{topic:access-requested}'
order by key.fact, e.index;

-- Addresses and blocks, so that a block finds what lies in it, and an address the blocks that contain it.
create table entry_address (
    index   bigint not null,
    address inet   not null,
    primary key (index, address)
);

insert into entry_address (index, address)
select distinct e.index, substring(fact from 9)::inet from entry e, unnest(e.facts) as fact where fact like 'address:%';

create index entry_address_block on entry_address using gist (address inet_ops);

-- The span of times of each complete block of 1,024 entries: a search by time leaves out the blocks that lie outside its window. Events arrive late
-- and out of order, so that no part of the log is sorted by time.
create table entry_block (
    first    bigint      primary key check (first % 1024 = 0),
    time_min timestamptz not null,
    time_max timestamptz not null
);

insert into entry_block (first, time_min, time_max)
select index / 1024 * 1024, min(event_time), max(event_time) from entry group by index / 1024 having count(*) = 1024;

create trigger request_stays before update or delete or truncate on request for each statement execute function refuse_change();
create trigger entry_address_stays before update or delete or truncate on entry_address for each statement execute function refuse_change();
create trigger entry_block_stays before update or delete or truncate on entry_block for each statement execute function refuse_change();

grant select, insert on request, entry_address, entry_block to "${application_role}";
revoke update, delete, truncate on request, entry_address, entry_block from "${application_role}", public;
