-- Calls of the provider, counted over all processes, so that they share one budget per account. A row is what one service's activations of all
-- processes reserved in five seconds; rows older than an hour say nothing any more and go.
create table provider_call (
    account varchar(40) not null,
    slot    timestamptz not null,
    service varchar(40) not null,
    calls   integer     not null,
    primary key (account, slot, service)
);

-- Something was asked of the object, and it is not known that it came to its end: a provider that works asynchronously may still bring it about.
alter table firewall_object add column asked boolean not null default false;

-- When the object was last asked to be made. A call that was given up may be carried out much later: for a while its name is looked for, even if an
-- object of that name was made and taken away meanwhile.
alter table firewall_object add column made_at timestamptz not null default now();

-- A closing that is overdue is told of once, and stays overdue until it is closed.
alter table opening add column overdue_told_at timestamptz;
