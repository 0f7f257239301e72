-- Droplets that the attachment reached at its last inspection, by tag or by id; empty where that is not known.
-- Two services of one Droplet are told by them, however each names it.
alter table service_condition add column droplets bigint[] not null default '{}';
