package dev.postern.token.gateway;

import dev.postern.token.TokenSecret;
import dev.postern.token.call.CallVerdict;
import dev.postern.token.truth.LiveGrant;

/**
 * A call without a body that was allowed, kept by its connection for the next one: clients repeat themselves. The same head, byte for byte, has the same
 * token, operation and resources; and what was decided by the same grant, which never changes, is decided again. That the token lives, that the grant has not
 * ended, and that there is a call left of a limit or a budget is never part of it.
 *
 * @param token   that it shows
 * @param grant   behind the token when it was decided
 * @param checked what was decided on
 * @param verdict which counts no entry of the grant, and filters nothing
 */
record AllowedCall(TokenSecret token, LiveGrant grant, CheckedCall checked, CallVerdict.Allowed verdict) { }
