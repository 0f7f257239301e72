-- What was created and deleted since is no grant's own any more: somebody else may have made a thing of the same name.
-- The row stays, changed in a new transaction, so that replicas that ask for changes hear of it.
alter table grant_created add column ended boolean not null default false;

create index grant_created_resource on grant_created (resource);
