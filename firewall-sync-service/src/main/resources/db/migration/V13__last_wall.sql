-- Whether the operator accepted that a Droplet has no firewall but Postern's. Where not, its last object stays and lets nobody in.
alter table service_condition add column without_base_firewall boolean not null default false;
