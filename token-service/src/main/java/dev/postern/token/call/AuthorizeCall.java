package dev.postern.token.call;

import java.time.Instant;

/** Decides whether a call may go to the provider: every resource that it names must be covered, for the scope that this use of it needs. */
public final class AuthorizeCall {
    private AuthorizeCall() { }

    /** The verdict; never throws for anything that a client can send. */
    public static CallVerdict decide(ApiCall call, CallGrant grant, Instant now) {
        throw new UnsupportedOperationException("not yet");
    }
}
