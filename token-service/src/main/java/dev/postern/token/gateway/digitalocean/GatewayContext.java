// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.events.AccountName;
import dev.postern.events.SourceAddress;
import dev.postern.token.call.AuthorizeCall;
import dev.postern.token.operation.Operations;
import dev.postern.token.port.CallJournal;
import dev.postern.token.port.CallLimits;
import dev.postern.token.port.TokenVerifier;
import dev.postern.token.upstream.BodyMemory;
import dev.postern.token.upstream.OffLoop;
import java.util.List;
import java.util.Map;

/**
 * Collaborators shared by all calls of one event loop.
 *
 * @param operations the provider's operations
 * @param authorize  decides by them
 * @param verifier   which tokens live
 * @param limits     counted limits of grants
 * @param journal    records and publishes calls
 * @param outcomes   counted
 * @param providers  by account
 * @param proxies    believed when they say where a caller is
 * @param publicUrl  where clients reach the gateway, without a slash at the end
 * @param pagesMax   pages of the provider that one list is read through
 * @param memory     for bodies and answers that are read whole, of all event loops together
 * @param checks     of bodies, on worker threads, of all event loops together
 * @param offLoop    for answers that are too large for the event loop
 */
record GatewayContext(Operations operations, AuthorizeCall authorize, TokenVerifier verifier, CallLimits limits, CallJournal journal, CallOutcomes outcomes,
                      Map<AccountName, Provider> providers, List<SourceAddress> proxies, String publicUrl, int pagesMax,
                      BodyMemory memory, BodyChecks checks, OffLoop offLoop) {}
