// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.status;

import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.ResourceName;
import dev.postern.events.TokenId;
import dev.postern.token.call.CallGrant;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The contents of a live token. Immutable: when an entry with {@code own_created} gains a resource, a new instance replaces it. Compiled once, at the
 * first call that needs it; thread-safe.
 */
public final class LiveGrant {
    private final TokenId tokenId;
    private final AccessRequestId requestId;
    private final AccountName account;
    private final String owner;
    private final List<AuthorizationDetail> details;
    private final Instant validUntil;
    private final Map<Integer, Set<ResourceName>> created;
    private final boolean checksBodies;
    private final Set<ResourceName> deleted;
    /** Compiling twice gives the same; so a race costs time, never truth. */
    private volatile CallGrant compiled;

    /**
     * @param tokenId    the token
     * @param requestId  the grant behind it: limits are counted, and what it created is kept, under its id, so a rotation changes neither
     * @param account    the account that it opens
     * @param owner      subject of the requester
     * @param details    the token's {@code authorization_details}, in their order
     * @param validUntil when it ends
     * @param created    index of an entry → what it created
     */
    public LiveGrant(TokenId tokenId, AccessRequestId requestId, AccountName account, String owner, List<AuthorizationDetail> details,
                     Instant validUntil, Map<Integer, Set<ResourceName>> created) {
        this(tokenId, requestId, account, owner, details, validUntil, created, Set.of());
    }

    /** @param deleted what its entries created and what was deleted since */
    LiveGrant(TokenId tokenId, AccessRequestId requestId, AccountName account, String owner, List<AuthorizationDetail> details,
              Instant validUntil, Map<Integer, Set<ResourceName>> created, Set<ResourceName> deleted) {
        this.tokenId = Objects.requireNonNull(tokenId);
        this.requestId = Objects.requireNonNull(requestId);
        this.account = Objects.requireNonNull(account);
        this.owner = Objects.requireNonNull(owner);
        this.details = List.copyOf(details);
        this.validUntil = Objects.requireNonNull(validUntil);
        this.checksBodies = this.details.stream().anyMatch(detail -> detail instanceof AuthorizationDetail.DigitalOceanApi api
            && api.constraints().flatMap(AuthorizationDetail.Constraints::bodySchema).isPresent());
        this.created = Map.copyOf(created);
        this.deleted = Set.copyOf(deleted);
    }

    /** The token. */
    public TokenId tokenId() {
        return tokenId;
    }

    /** The grant behind it. */
    public AccessRequestId requestId() {
        return requestId;
    }

    /** The account that it opens. */
    public AccountName account() {
        return account;
    }

    /** Subject of the requester: budget and memory are shared by owner first. */
    public String owner() {
        return owner;
    }

    /** The token's {@code authorization_details}, in their order. */
    public List<AuthorizationDetail> details() {
        return details;
    }

    /** When it ends. */
    public Instant validUntil() {
        return validUntil;
    }

    /** Index of an entry → what it created. */
    public Map<Integer, Set<ResourceName>> created() {
        return created;
    }

    /** Returns what was the grant's own and was deleted: reading it is answered as reading what does not exist. */
    public Set<ResourceName> deleted() {
        return deleted;
    }

    /** The same grant after an entry created more; itself if it has all of that already. */
    public LiveGrant withCreated(int entry, Set<ResourceName> resources) {
        Set<ResourceName> known = created.getOrDefault(entry, Set.of());
        if (known.containsAll(resources)) {
            return this;
        }
        Set<ResourceName> all = new HashSet<>(known);
        all.addAll(resources);
        Map<Integer, Set<ResourceName>> more = new HashMap<>(created);
        more.put(entry, Set.copyOf(all));
        Set<ResourceName> stillDeleted = new HashSet<>(deleted);
        stillDeleted.removeAll(resources);
        LiveGrant next = new LiveGrant(tokenId, requestId, account, owner, details, validUntil, more, stillDeleted);
        CallGrant before = compiled;
        if (before != null) {
            for (ResourceName resource : resources) {
                before = known.contains(resource) ? before : before.withCreated(entry, resource);
            }
            next.compiled = before;
        }
        return next;
    }

    /** The same grant after something that an entry created was deleted. It is compiled anew at its next call. */
    public LiveGrant withoutCreated(int entry, Set<ResourceName> resources) {
        Set<ResourceName> rest = new HashSet<>(created.getOrDefault(entry, Set.of()));
        rest.removeAll(resources);
        Map<Integer, Set<ResourceName>> less = new HashMap<>(created);
        less.put(entry, Set.copyOf(rest));
        Set<ResourceName> gone = new HashSet<>(deleted);
        gone.addAll(resources);
        return new LiveGrant(tokenId, requestId, account, owner, details, validUntil, less, gone);
    }

    /** Returns whether an entry has a {@code body_schema}: what checking costs grows with it. */
    public boolean checksBodies() {
        return checksBodies;
    }

    /** Returns whether {@link #grant} has been compiled already: what that costs grows with the details. */
    public boolean compiled() {
        return compiled != null;
    }

    /** The grant as calls are decided with it. */
    public CallGrant grant() {
        CallGrant known = compiled;
        if (known == null) {
            known = CallGrant.of(details, validUntil, created);
            compiled = known;
        }
        return known;
    }

    @Override
    public String toString() {
        return "LiveGrant[token=" + tokenId + ", request=" + requestId + "]";
    }
}
