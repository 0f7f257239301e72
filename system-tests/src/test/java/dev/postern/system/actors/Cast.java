// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.actors;

import dev.postern.local.stack.LocalStack;

/**
 * Everybody on a stack.
 *
 * @param portal   client-portal
 * @param operator olga
 * @param auditor  audrey
 * @param provider the account's owner at the provider
 * @param author   paul
 * @param edge     the owner of account edge at Cloudflare
 */
public record Cast(ClientPortal portal, Operator operator, Auditor auditor, Provider provider, PolicyAuthor author, Edge edge) {
    /** Everybody on {@code stack}. */
    public static Cast of(LocalStack stack) {
        Caller olga = new Caller(() -> stack.tokens().password("olga"));
        return new Cast(
            new ClientPortal(new Caller(() -> stack.tokens().client("client-portal")), stack.service("token-service").url()),
            new Operator(olga, stack.service("firewall-sync-service").url()),
            new Auditor(new Caller(() -> stack.tokens().password("audrey")), stack.service("audit-service").url()),
            new Provider(new Caller(() -> stack.settings().cloud().token()), stack.cloudUrl()),
            new PolicyAuthor(new Caller(() -> stack.tokens().password("paul")), stack.service("policy-service").url()),
            new Edge(new Caller(() -> LocalStack.EDGE_TOKEN), stack.edgeUrl(), LocalStack.EDGE_ID));
    }
}
