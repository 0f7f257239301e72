// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall;

import dev.postern.events.AccountName;
import dev.postern.events.Actor;
import dev.postern.events.Outcome;
import dev.postern.events.ServiceName;
import dev.postern.events.ServiceProtected;
import dev.postern.firewall.plan.ServiceContent;
import java.time.Instant;
import java.util.Optional;

/** The life of the name of a service: protected, or not (not yet, or no longer). Its version counts on over removals, so no version comes twice. */
public sealed interface ProtectedService {
    /** The service. */
    ServiceName name();

    /** The version that was published last; 0 if none was. */
    long version();

    /** Returns the operator's content; empty while the service is not protected. */
    Optional<ServiceContent> content();

    /** The account that it belongs to, or did when it was protected; empty if it never was. */
    Optional<AccountName> account();

    /** An operator puts it: the same content changes nothing. */
    Outcome<ProtectedService> onPut(ServiceContent content, Actor by, Instant now);

    /** An operator takes it away. */
    Outcome<ProtectedService> onRemoved(Actor by, Instant now);

    /**
     * Not protected: never was, or no longer is.
     *
     * @param name    the service
     * @param version of its removal; 0 if it never was protected
     * @param account the account that it belonged to
     */
    record Unprotected(ServiceName name, long version, Optional<AccountName> account) implements ProtectedService {
        @Override
        public Optional<ServiceContent> content() {
            return Optional.empty();
        }

        @Override
        public Outcome<ProtectedService> onPut(ServiceContent content, Actor by, Instant now) {
            Protected next = new Protected(name, version + 1, content, by.subject(), now);
            return Outcome.of(next, next.told(false, by));
        }

        @Override
        public Outcome<ProtectedService> onRemoved(Actor by, Instant now) {
            return Outcome.unchanged(this);
        }
    }

    /**
     * Protected.
     *
     * @param name        the service
     * @param version     1, 2, 3 …
     * @param said        what the operator said
     * @param changedBy   the {@code sub} of the operator
     * @param protectedAt when
     */
    record Protected(ServiceName name, long version, ServiceContent said, String changedBy, Instant protectedAt) implements ProtectedService {
        @Override
        public Optional<ServiceContent> content() {
            return Optional.of(said);
        }

        @Override
        public Outcome<ProtectedService> onPut(ServiceContent content, Actor by, Instant now) {
            if (content.equals(said)) {
                return Outcome.unchanged(this);
            }
            Protected next = new Protected(name, version + 1, content, by.subject(), now);
            return Outcome.of(next, next.told(false, by));
        }

        @Override
        public Outcome<ProtectedService> onRemoved(Actor by, Instant now) {
            ServiceProtected told = new Protected(name, version + 1, said, by.subject(), now).told(true, by);
            return Outcome.of(new Unprotected(name, version + 1, account()), told);
        }

        @Override
        public Optional<AccountName> account() {
            return Optional.of(said.account());
        }

        ServiceProtected told(boolean removed, Actor by) {
            return new ServiceProtected(name, version, said.account(), said.project(), said.attachment(), said.ports(), said.sourceRules(), removed,
                changedBy, protectedAt, Optional.of(by.client()));
        }
    }
}
