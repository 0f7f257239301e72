-- Calls of the accounts' budgets that the gateways of all replicas took: the last minute in slots of a second, the last hour in slots of a minute.
create table budget_use (
    account      varchar(40) not null,
    token_id     uuid        not null,
    slot_seconds smallint    not null,
    slot         bigint      not null,
    calls        bigint      not null,
    primary key (account, slot_seconds, slot, token_id)
);

-- Takes up to wanted calls of a token, and says how many, and where they are fewer after how many seconds it is worth to ask again. Of both limits a
-- token gets its equal part among those that called within the hour; a lone one leaves a tenth to whoever comes next. One transaction of an account at a
-- time, so no two replicas take the same call; the clock is this server's. A count that a crash forgets is a moment's: nobody waits for the disk.
create function take_budget(of_account varchar, of_token uuid, wanted bigint, minute_max bigint, hour_max bigint,
                            out taken bigint, out wait_seconds bigint) language plpgsql as $$
declare
    now_s bigint;
    used record;
    minute_part bigint;
    hour_part bigint;
    minute_left bigint;
    hour_left bigint;
    alone boolean;
begin
    perform pg_advisory_xact_lock(hashtextextended('budget of ' || of_account, 0)), set_config('synchronous_commit', 'off', true);
    now_s := floor(extract(epoch from clock_timestamp()))::bigint;
    delete from budget_use where account = of_account
        and (slot_seconds = 1 and slot <= now_s - 60 or slot_seconds = 60 and slot <= now_s / 60 - 60);
    select coalesce(sum(calls) filter (where slot_seconds = 1), 0) as minute,
        coalesce(sum(calls) filter (where slot_seconds = 60), 0) as hour,
        coalesce(sum(calls) filter (where slot_seconds = 1 and token_id = of_token), 0) as minute_own,
        coalesce(sum(calls) filter (where slot_seconds = 60 and token_id = of_token), 0) as hour_own,
        count(distinct token_id) filter (where token_id <> of_token) + 1 as tokens
        into used from budget_use where account = of_account;
    minute_part := case used.tokens when 1 then minute_max - minute_max / 10 else greatest(1, minute_max / used.tokens) end;
    hour_part := case used.tokens when 1 then hour_max - hour_max / 10 else greatest(1, hour_max / used.tokens) end;
    minute_left := least(minute_max - used.minute, minute_part - used.minute_own);
    hour_left := least(hour_max - used.hour, hour_part - used.hour_own);
    taken := greatest(0, least(wanted, minute_left, hour_left));
    if taken > 0 then
        insert into budget_use values (of_account, of_token, 1, now_s, taken), (of_account, of_token, 60, now_s / 60, taken)
            on conflict (account, slot_seconds, slot, token_id) do update set calls = budget_use.calls + excluded.calls;
    end if;
    wait_seconds := 0;
    if taken < wanted then
        -- When the oldest slot that stands in the way no longer counts: the token's own where its part binds, anybody's where all is used.
        if hour_left <= minute_left then
            alone := hour_part - used.hour_own < hour_max - used.hour;
            select (min(slot) + 60) * 60 - now_s into wait_seconds from budget_use
                where account = of_account and slot_seconds = 60 and (token_id = of_token or not alone);
        else
            alone := minute_part - used.minute_own < minute_max - used.minute;
            select min(slot) + 60 - now_s into wait_seconds from budget_use
                where account = of_account and slot_seconds = 1 and (token_id = of_token or not alone);
        end if;
        wait_seconds := greatest(1, coalesce(wait_seconds, 60));
    end if;
end $$;
