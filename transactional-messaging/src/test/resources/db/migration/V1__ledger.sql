-- A service as small as can be: it notes each request, and how often it did.
create table ledger (
    request_id text primary key,
    noted      int not null,
    position   bigint generated always as identity
);
