// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.budget;

import java.time.Duration;
import java.util.Optional;

/** A provider call that failed, or whose outcome is unknown. The message names the call, never a credential. */
public final class CloudFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final transient Optional<Duration> retryAfter;
    private final boolean keptBack;

    /** The consequence of a failure for the next run. */
    public enum Kind {
        /** The credential is refused (401): nothing works until it is changed. */
        CREDENTIAL,
        /** This kind of call is refused (403): the credential lacks a scope, other calls may work. */
        FORBIDDEN,
        /** Too many calls (429). */
        BUDGET,
        /** The provider is still at an earlier change, and takes no other until it is done. */
        BUSY,
        /** The service has had its share of the account's calls: our own counting, nothing was asked of the provider. */
        SHARE,
        /** The content is refused (other 4xx): the same call will be refused again unless the account changes. */
        REFUSED,
        /** The name is taken (409). */
        CONFLICT,
        /** The object is gone (404). */
        GONE,
        /** The provider fails (5xx) or can't be reached; a write may have been done. */
        UNAVAILABLE,
        /** No answer in time, or a broken one: a write may have been done. */
        UNCLEAR
    }

    /** @param retryAfter for how long the provider asks to be left alone */
    public CloudFailure(Kind kind, String message, Optional<Duration> retryAfter) {
        this(kind, message, retryAfter, false);
    }

    private CloudFailure(Kind kind, String message, Optional<Duration> retryAfter, boolean keptBack) {
        super(message, null, false, false);
        this.kind = kind;
        this.retryAfter = retryAfter;
        this.keptBack = keptBack;
    }

    /** A call that was not made, because it was not urgent enough. */
    public static CloudFailure keptBack(Kind kind, String message, Optional<Duration> retryAfter) {
        return new CloudFailure(kind, message, retryAfter, true);
    }

    /** Returns true if our own limiter held the call back, and would have let a more urgent one pass. */
    public boolean keptBack() {
        return keptBack;
    }

    /** Returns the kind, which decides what the next run does. */
    public Kind kind() {
        return kind;
    }

    /** Returns the wait that the provider asked for. */
    public Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
