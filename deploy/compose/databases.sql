-- One database and one role per service; none may connect to another's. The passwords are samples: they guard what listens on this machine alone.
create role token login password 'token-sample-password';
create database token owner token;
revoke connect on database token from public;

create role policy login password 'policy-sample-password';
create database policy owner policy;
revoke connect on database policy from public;

create role firewall login password 'firewall-sample-password';
create database firewall owner firewall;
revoke connect on database firewall from public;

create role audit login password 'audit-sample-password';
create database audit owner audit;
revoke connect on database audit from public;
