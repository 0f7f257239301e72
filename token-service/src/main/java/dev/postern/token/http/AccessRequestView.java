// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http;

import dev.postern.events.AccessDecided;
import dev.postern.events.AccessEnded;
import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.events.PolicyId;
import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.Requester;
import dev.postern.events.ServiceName;
import dev.postern.events.SourceAddress;
import dev.postern.events.TokenId;
import dev.postern.token.AccessRequest;
import dev.postern.token.RequestContent;
import dev.postern.token.Decision;
import dev.postern.token.LiveToken;
import dev.postern.token.Opening;
import dev.postern.token.Openings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A request as its owner sees it; the OpenAPI document describes each member.
 *
 * @param token the live token without its secret, where one was collected
 */
record AccessRequestView(AccessRequestId id, String status, AccountName account, Optional<String> onBehalfOf, Owner requester,
                         List<AuthorizationDetail> authorizationDetails, Duration duration, Optional<AccessRequestId> replaces, Optional<String> reason,
                         Instant requestedAt, Optional<DecisionView> decision, List<OpeningView> openings, Optional<TokenView> token,
                         Optional<EndView> end) {
    /** The requester. */
    record Owner(Requester.Kind kind, String subject, String client) {}

    /** The policy decision. */
    record DecisionView(AccessDecided.Decision outcome, List<AuthorizationDetail> authorizationDetails, List<AccessDecided.LeftOut> leftOut,
                        Optional<Instant> validUntil, List<PolicyId> policies, long policySetVersion, List<String> reasons, Instant decidedAt) {
        private static DecisionView of(Decision decision) {
            return new DecisionView(decision.outcome(), decision.authorizationDetails(), decision.leftOut(), decision.validUntil(), decision.policies(),
                decision.policySetVersion(), decision.reasons(), decision.decidedAt());
        }
    }

    /** One opening with its state. */
    record OpeningView(ServiceName service, Protocol protocol, PortRange ports, SourceAddress source, OpeningState state, Instant since,
                       Optional<String> detail) {
        private static OpeningView of(Opening opening) {
            return new OpeningView(opening.service(), opening.protocol(), opening.ports(), opening.source(), opening.state(), opening.since(),
                opening.detail());
        }
    }

    /** The live token, without its secret. */
    record TokenView(TokenId tokenId, Instant issuedAt) {
        private static TokenView of(LiveToken token) {
            return new TokenView(token.id(), token.issuedAt());
        }
    }

    /** The cause and time of the end. */
    record EndView(AccessEnded.Cause cause, Optional<String> endedBy, Optional<AccessRequestId> replacedBy, Instant endedAt) {}

    static AccessRequestView of(AccessRequest request) {
        RequestContent asked = request.asked();
        // The firewall may be faster than the decision; before the decision its news has no meaning for the owner.
        Openings shown = request instanceof AccessRequest.Pending ? Openings.NONE : request.openings();
        Optional<LiveToken> token = request instanceof AccessRequest.Granted granted ? granted.token() : Optional.empty();
        Optional<EndView> end = request instanceof AccessRequest.Ended ended
            ? Optional.of(new EndView(ended.end().cause(), ended.end().endedBy(), ended.end().replacedBy(), ended.end().at())) : Optional.empty();
        return new AccessRequestView(asked.id(), request.status().wireName(), asked.account(), asked.onBehalfOf(),
            new Owner(asked.requester().kind(), asked.requester().subject(), asked.requester().client()), asked.authorizationDetails(),
            asked.duration(), asked.replaces(), asked.reason(), asked.requestedAt(), request.decision().map(DecisionView::of),
            shown.all().stream().map(OpeningView::of).toList(), token.map(TokenView::of), end);
    }
}
