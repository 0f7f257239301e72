-- A decision's event stands in the outbox for a day, on Kafka for a month, and in the audit log for good. Nothing here reads it a second time, and a
-- requester waited for its being written twice.
alter table decision drop column decided;
