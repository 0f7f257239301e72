-- Budgets are shared by owner first, then by request, and only while an account's budget is short. Counts are of the last hour, so the old table is not carried
-- over: a replica of the version before this one answers 503 for the moments until it is replaced.
drop function take_budget(varchar, uuid, bigint, bigint, bigint);
drop table budget_use;

create table budget_use (
    account      varchar(40)  not null,
    owner        varchar(255) not null,
    request_id   uuid         not null,
    slot_seconds smallint     not null,
    slot         bigint       not null,
    calls        bigint       not null,
    primary key (account, slot_seconds, slot, request_id)
);

-- How many calls of one window (the last minute in slots of a second, the last hour in slots of a minute) a request may take now, at most wanted where that is
-- known without looking at the others. Until four fifths of the window are used nobody's part binds. From there on each owner that called within the window has
-- an equal part, a lone one nine tenths, and each of an owner's requests an equal part of that. Requests without a live token have no part.
create function budget_left(of_account varchar, of_owner varchar, of_request uuid, wanted bigint, seconds smallint, window_max bigint,
                            out free bigint, out all_left bigint, out own_left bigint, out own_used bigint, out owner_binds boolean) language plpgsql as $$
declare
    used record;
    sharers record;
    owner_part bigint;
begin
    select coalesce(sum(calls), 0) as by_all, coalesce(sum(calls) filter (where owner = of_owner), 0) as by_owner,
        coalesce(sum(calls) filter (where request_id = of_request), 0) as by_request
        into used from budget_use where account = of_account and slot_seconds = seconds;
    all_left := greatest(0, window_max - used.by_all);
    free := greatest(0, window_max - window_max / 5 - used.by_all);
    own_used := used.by_request;
    own_left := free;
    owner_binds := false;
    if free < wanted then
        select count(distinct called.owner) filter (where called.owner <> of_owner) + 1 as owners,
            count(*) filter (where called.owner = of_owner) + 1 as requests
            into sharers from (select distinct b.owner, b.request_id from budget_use b
                where b.account = of_account and b.slot_seconds = seconds and b.request_id <> of_request) as called
            join access_request r on r.id = called.request_id and r.token_digest is not null and r.valid_until > clock_timestamp();
        owner_part := case sharers.owners when 1 then window_max - window_max / 10 else greatest(1, window_max / sharers.owners) end;
        own_left := greatest(0, least(owner_part - used.by_owner, greatest(1, owner_part / sharers.requests) - used.by_request));
        owner_binds := owner_part - used.by_owner <= own_left;
    end if;
end $$;

-- Takes up to wanted calls of a request, and says how many; where they are fewer, after how many seconds it is worth to ask again, and whether the request's own
-- part is used up while the account has calls left. quota, remaining and reset_at are of the request's hour. One transaction of an account at a time, so no two
-- replicas take the same call; the clock is this server's. A count that a crash forgets is a moment's: nobody waits for the disk.
create function take_budget(of_account varchar, of_owner varchar, of_request uuid, wanted bigint, minute_max bigint, hour_max bigint, out taken bigint,
                            out wait_seconds bigint, out own_part boolean, out quota bigint, out remaining bigint, out reset_at bigint) language plpgsql as $$
declare
    now_s bigint;
    in_minute record;
    in_hour record;
    minute_left bigint;
    hour_left bigint;
    binding record;
    seconds smallint;
begin
    perform pg_advisory_xact_lock(hashtextextended('budget of ' || of_account, 0)), set_config('synchronous_commit', 'off', true);
    now_s := floor(extract(epoch from clock_timestamp()))::bigint;
    delete from budget_use where account = of_account
        and (slot_seconds = 1 and slot <= now_s - 60 or slot_seconds = 60 and slot <= now_s / 60 - 60);
    select * into in_minute from budget_left(of_account, of_owner, of_request, wanted, 1::smallint, minute_max);
    select * into in_hour from budget_left(of_account, of_owner, of_request, wanted, 60::smallint, hour_max);
    minute_left := least(in_minute.all_left, greatest(in_minute.free, in_minute.own_left));
    hour_left := least(in_hour.all_left, greatest(in_hour.free, in_hour.own_left));
    taken := greatest(0, least(wanted, minute_left, hour_left));
    if taken > 0 then
        insert into budget_use values (of_account, of_owner, of_request, 1, now_s, taken), (of_account, of_owner, of_request, 60, now_s / 60, taken)
            on conflict (account, slot_seconds, slot, request_id) do update set calls = budget_use.calls + excluded.calls;
    end if;
    quota := in_hour.own_used + hour_left;
    remaining := hour_left - taken;
    select (min(slot) + 60) * 60 into reset_at from budget_use where account = of_account and slot_seconds = 60 and request_id = of_request;
    reset_at := coalesce(reset_at, now_s + 3600);
    wait_seconds := 0;
    own_part := false;
    if taken < wanted then
        -- When the oldest slot that stands in the way no longer counts: the request's or its owner's where their part binds, anybody's where all is used.
        if hour_left <= minute_left then
            binding := in_hour;
            seconds := 60;
        else
            binding := in_minute;
            seconds := 1;
        end if;
        own_part := binding.all_left > taken;
        select (min(slot) + 60) * seconds - now_s into wait_seconds from budget_use where account = of_account and slot_seconds = seconds
            and (not own_part or request_id = of_request or binding.owner_binds and owner = of_owner);
        wait_seconds := greatest(1, coalesce(wait_seconds, 60));
    end if;
end $$;
