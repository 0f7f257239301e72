-- What a token opens travels over Kafka, where others than this service may be able to write. The gateways believe a record only if its details have the
-- digest of the row: SHA-256 over the details as they stand in the decision, byte for byte (type json keeps the text).
alter table access_request add column details_digest char(64);

create function details_digest_of(decision text) returns char(64) language sql immutable as $$
    select cast(encode(sha256(convert_to(cast(cast(decision as json) -> 'authorization_details' as text), 'UTF8')), 'hex') as char(64))
$$;

create function access_request_details_changed() returns trigger language plpgsql as $$
begin
    new.details_digest := case when new.decision is null then null else details_digest_of(new.decision) end;
    return new;
end $$;

-- A trigger cannot be forgotten by whoever writes the next update.
create trigger access_request_details_digest before insert or update of decision on access_request for each row
    execute function access_request_details_changed();

update access_request set details_digest = details_digest_of(decision) where status = 'granted';
