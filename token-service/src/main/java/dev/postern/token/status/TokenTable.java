// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.status;

import dev.postern.events.AccessRequestId;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.ResourceName;
import dev.postern.events.TokenIssued;
import dev.postern.events.TokenRevoked;
import dev.postern.token.TokenDigest;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The tokens known to one replica. PostgreSQL alone reports a token live ({@link #everything}, {@link #changes}). Kafka delivers its contents, which
 * never change and are used only if their digest matches PostgreSQL's, and its revocation, which is final. So Kafka can end a token early, and can never
 * make one live or grant more. Reads need no lock; writes are serialised.
 */
public final class TokenTable {
    /** Limit of remembered dead tokens; an older one is unknown, which is 401 as well. */
    static final int DEAD_MAX = 100_000;
    /** Limit of grants cached ahead of their PostgreSQL status; further ones are fetched on demand. */
    static final int WAITING_MAX = 100_000;
    private static final TokenState EXPIRED = new TokenState.Expired();
    private static final TokenState REVOKED = new TokenState.Revoked();
    private static final TokenState UNKNOWN = new TokenState.Unknown();

    private final Map<DigestKey, Entry> living = new ConcurrentHashMap<>();
    private final Map<AccessRequestId, Entry> byRequest = new HashMap<>();
    private final Map<DigestKey, TokenState> dead = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<DigestKey, TokenState> eldest) {
            return size() > DEAD_MAX;
        }
    };
    private final Map<DigestKey, Waiting> waiting = new LinkedHashMap<>();
    private volatile Freshness proof;

    /** The contents of a token from Kafka that arrived before PostgreSQL reported it live. */
    private record Waiting(List<AuthorizationDetail> details, String digest, long atNanos) {}

    /** A live token, as of the last PostgreSQL poll. */
    private static final class Entry {
        private final AccessRequestId requestId;
        private final DigestKey key;
        private final TokenStatus.Token token;
        private final long validUntilMillis;
        private volatile LiveGrant grant;
        private volatile Answer answer = Answer.OPENS_WHAT;

        private Entry(AccessRequestId requestId, DigestKey key, TokenStatus.Token token) {
            this.requestId = requestId;
            this.key = key;
            this.token = token;
            this.validUntilMillis = token.validUntil().toEpochMilli();
        }

        private void opens(List<AuthorizationDetail> details) {
            opens(new LiveGrant(token.id(), requestId, token.account(), token.owner(), details, token.validUntil(), token.created(), token.deleted()));
        }

        private void opens(LiveGrant what) {
            grant = what;
            answer = new Answer.Known(new TokenState.Live(what));
        }
    }

    /** The answer from memory alone. */
    public sealed interface Answer {
        /** PostgreSQL must answer first: a poll that begins from now on. */
        Answer NOT_PROVED = new NotProved();
        /** It lives, and what it opens has not come yet. */
        Answer OPENS_WHAT = new OpensWhat();

        /** @param state as it is now */
        record Known(TokenState state) implements Answer {}

        /** See {@link Answer#NOT_PROVED}. */
        record NotProved() implements Answer {}

        /** See {@link Answer#OPENS_WHAT}. */
        record OpensWhat() implements Answer {}
    }

    /**
     * Looks a token up.
     *
     * @param sha256    of its secret
     * @param nowNanos  the monotonic clock
     * @param nowMillis the wall clock
     * @param sinceNanos of what is not in the table: it is unknown for certain if the proof was asked for after this
     */
    public Answer find(byte[] sha256, long nowNanos, long nowMillis, long sinceNanos) {
        // The proof first, then the table: what the proof covers is then in the table for sure.
        Freshness proved = proof;
        DigestKey key = new DigestKey(sha256);
        Entry entry = living.get(key);
        if (entry == null) {
            TokenState end = dead(key);
            if (end != null) {
                return new Answer.Known(end);
            }
            return proved != null && proved.askedNanos() - sinceNanos >= 0 ? new Answer.Known(UNKNOWN) : Answer.NOT_PROVED;
        }
        if (proved == null || !proved.holds(nowNanos, nowMillis)) {
            return Answer.NOT_PROVED;
        }
        return proved.databaseMillisNow(nowNanos) >= entry.validUntilMillis ? new Answer.Known(EXPIRED) : entry.answer;
    }

    private synchronized TokenState dead(DigestKey key) {
        return dead.get(key);
    }

    /** Applies a full poll: every live token in PostgreSQL. */
    public synchronized void everything(List<TokenStatus> all, Freshness asked) {
        Set<DigestKey> now = new HashSet<>();
        all.forEach(standing -> standing.token().ifPresent(token -> now.add(DigestKey.of(token.digest().value()))));
        living.values().stream().filter(entry -> !now.contains(entry.key)).toList().forEach(entry -> bury(entry, REVOKED));
        changes(all, List.of(), asked);
    }

    /** Applies an incremental poll: all changes committed since the previous one. */
    public synchronized void changes(List<TokenStatus> changed, Collection<Created> created, Freshness asked) {
        changed.forEach(this::stands);
        created.forEach(this::created);
        // Events that Kafka delivered before this poll are committed: if PostgreSQL does not know it as alive, it is dead for good.
        Iterator<Waiting> contents = waiting.values().iterator();
        while (contents.hasNext() && contents.next().atNanos() - asked.askedNanos() < 0) {
            contents.remove();
        }
        proof = asked;
    }

    private void stands(TokenStatus standing) {
        Entry before = byRequest.get(standing.requestId());
        DigestKey now = standing.token().map(token -> DigestKey.of(token.digest().value())).orElse(null);
        if (before != null && !before.key.equals(now)) {
            bury(before, standing.expired() ? EXPIRED : REVOKED);
        }
        if (now == null || dead.containsKey(now)) {
            return;
        }
        Entry entry = new Entry(standing.requestId(), now, standing.token().orElseThrow());
        Waiting what = waiting.remove(now);
        // Anybody who can write to the topic can write a record: it is believed if PostgreSQL has the same digest, else the row is read.
        Optional<List<AuthorizationDetail>> details = what != null && what.digest().equals(entry.token.detailsDigest()) ? Optional.of(what.details())
            : Optional.ofNullable(before).filter(same -> same.key.equals(now) && same.grant != null).map(same -> same.grant.details());
        details.ifPresent(entry::opens);
        byRequest.put(standing.requestId(), entry);
        living.put(now, entry);
    }

    /** Returns true if there was a poll and it is still fresh. */
    public boolean proved(long nowNanos, long nowMillis) {
        Freshness proved = proof;
        return proved != null && proved.holds(nowNanos, nowMillis);
    }

    /** Returns the number of live tokens. */
    public int size() {
        return living.size();
    }

    /**
     * Applies {@code token-issued}: the contents of a token.
     *
     * @param digest of the details that the event has
     * @return false if PostgreSQL has another digest of it: the record is not believed, and the row is read at the first call
     */
    public boolean issued(TokenIssued event, String digest, long nowNanos) {
        DigestKey key = DigestKey.of(event.tokenDigest());
        synchronized (this) {
            Entry entry = living.get(key);
            if (entry == null) {
                if (!dead.containsKey(key) && waiting.size() < WAITING_MAX) {
                    waiting.putIfAbsent(key, new Waiting(event.authorizationDetails(), digest, nowNanos));
                }
                return true;
            }
            if (!digest.equals(entry.token.detailsDigest())) {
                return false;
            }
            if (entry.grant == null) {
                entry.opens(event.authorizationDetails());
            }
            return true;
        }
    }

    /** Applies the contents of a token's grant from its PostgreSQL row. */
    public synchronized void opens(TokenDigest token, List<AuthorizationDetail> details) {
        Entry entry = living.get(DigestKey.of(token.value()));
        if (entry != null && entry.grant == null) {
            entry.opens(details);
        }
    }

    /** Applies {@code token-revoked}, which may arrive before {@code token-issued}. */
    public synchronized void revoked(TokenRevoked event) {
        DigestKey key = DigestKey.of(event.tokenDigest());
        TokenState end = event.cause() == TokenRevoked.Cause.EXPIRED ? EXPIRED : REVOKED;
        Entry entry = living.get(key);
        if (entry != null) {
            bury(entry, end);
        } else {
            waiting.remove(key);
            dead.put(key, end);
        }
    }

    /**
     * A grant got more.
     *
     * @param requestId whose
     * @param entry     index of the entry with {@code own_created}
     * @param resources what it created
     * @param ended     whether they were deleted since, and are its own no more
     */
    public record Created(AccessRequestId requestId, int entry, Set<ResourceName> resources, boolean ended) {
        /** Describes created resources that were not deleted since. */
        public Created(AccessRequestId requestId, int entry, Set<ResourceName> resources) {
            this(requestId, entry, resources, false);
        }
    }

    /** Removes a deleted resource from its grant; a resource that reuses the name is not the grant's own. */
    public synchronized void gone(AccessRequestId requestId, ResourceName resource) {
        Entry entry = byRequest.get(requestId);
        if (entry != null) {
            entry.token.created().forEach((index, all) -> {
                if (all.contains(resource)) {
                    created(new Created(requestId, index, Set.of(resource), true));
                }
            });
        }
    }

    /** Adds a created resource to its grant. */
    public synchronized void created(Created created) {
        Entry entry = byRequest.get(created.requestId());
        if (entry == null) {
            return;
        }
        Map<Integer, Set<ResourceName>> more = new HashMap<>(entry.token.created());
        Set<ResourceName> all = new HashSet<>(more.getOrDefault(created.entry(), Set.of()));
        if (created.ended() ? !all.removeAll(created.resources()) : !all.addAll(created.resources())) {
            return;
        }
        more.put(created.entry(), Set.copyOf(all));
        Set<ResourceName> deleted = new HashSet<>(entry.token.deleted());
        if (created.ended()) {
            deleted.addAll(created.resources());
        } else {
            deleted.removeAll(created.resources());
        }
        TokenStatus.Token token = entry.token;
        Entry next = new Entry(entry.requestId, entry.key, new TokenStatus.Token(token.id(), token.digest(), token.account(), token.owner(),
            token.detailsDigest(), token.validUntil(), more, deleted));
        if (entry.grant != null) {
            next.opens(created.ended() ? entry.grant.withoutCreated(created.entry(), created.resources())
                : entry.grant.withCreated(created.entry(), created.resources()));
        }
        byRequest.put(created.requestId(), next);
        living.put(next.key, next);
    }

    private void bury(Entry entry, TokenState end) {
        dead.put(entry.key, end);
        living.remove(entry.key, entry);
        byRequest.remove(entry.requestId, entry);
    }
}
