package dev.postern.token.call;

import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import java.util.Objects;
import java.util.Optional;

/**
 * One {@code digitalocean_api} entry of a grant, compiled. Its index is its place in the token's {@code authorization_details}: limits are
 * counted, and what it created is kept, under (grant, index).
 */
public final class GrantEntry {
    private final int index;
    private final DigitalOceanApi detail;

    GrantEntry(int index, DigitalOceanApi detail) {
        this.index = index;
        this.detail = Objects.requireNonNull(detail);
    }

    /** Its place in the token's {@code authorization_details}, from 0. */
    public int index() {
        return index;
    }

    /** What was granted. */
    public DigitalOceanApi detail() {
        return detail;
    }

    /** Calls in all, over all replicas; empty for no limit. */
    public Optional<Integer> maxCalls() {
        return detail.constraints().flatMap(constraints -> constraints.maxCalls());
    }

    /** Calls in any minute of the clock, over all replicas; empty for no limit. */
    public Optional<Integer> maxCallsPerMinute() {
        return Optional.empty();
    }

    /** Whether what it creates becomes part of it. */
    public boolean ownCreated() {
        return false;
    }
}
