// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall;

import static dev.postern.firewall.Examples.ACME;
import static dev.postern.firewall.Examples.NOW;
import static dev.postern.firewall.Examples.SHOP;
import static dev.postern.firewall.Examples.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.events.Actor;
import dev.postern.events.Outcome;
import dev.postern.events.ServiceProtected;
import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.events.ServiceProtected.SourceRules;
import dev.postern.firewall.plan.ProviderLimits;
import dev.postern.firewall.plan.ServiceContent;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The life of the name of a service. */
class ProtectedServiceTest {
    private static final Actor OLGA = new Actor("olga", "operator-console");
    private static final ProtectedService NOBODYS = new ProtectedService.Unprotected(SHOP, 0, Optional.empty());

    @Test
    void everyChangeIsTold() {
        Outcome<ProtectedService> put = NOBODYS.onPut(content("5432"), OLGA, NOW);
        assertThat(put.events()).singleElement().isInstanceOfSatisfying(ServiceProtected.class, event -> {
            assertThat(event.version()).isEqualTo(1);
            assertThat(event.removed()).isFalse();
            assertThat(event.changedBy()).isEqualTo("olga");
            assertThat(event.changedByClient()).contains("operator-console");
        });
        assertThat(put.next().onPut(content("5432", "443"), OLGA, NOW).events()).hasSize(1);
    }

    @Test
    void theSameContentChangesNothing() {
        ProtectedService service = NOBODYS.onPut(content("5432", "443"), OLGA, NOW).next();
        Outcome<ProtectedService> again = service.onPut(content("443", "5432", "443"), new Actor("somebody else", "operator-console"), NOW.plusSeconds(1));
        assertThat(again.next()).isSameAs(service);
        assertThat(again.events()).isEmpty();
    }

    @Test
    void noVersionComesTwiceEvenOverARemoval() {
        ProtectedService one = NOBODYS.onPut(content("5432"), OLGA, NOW).next();
        Outcome<ProtectedService> removed = one.onRemoved(OLGA, NOW);
        ProtectedService again = removed.next().onPut(content("5432"), OLGA, NOW).next();
        assertThat(List.of(one.version(), removed.next().version(), again.version())).isEqualTo(LongStream.rangeClosed(1, 3).boxed().toList());
        assertThat(removed.events()).singleElement().isInstanceOfSatisfying(ServiceProtected.class, event -> {
            assertThat(event.removed()).isTrue();
            assertThat(event.changedByClient()).contains("operator-console");
        });
        assertThat(removed.next().account()).contains(ACME);
    }

    @Test
    void unprotectedServiceCannotBeRemoved() {
        assertThat(NOBODYS.onRemoved(OLGA, NOW).events()).isEmpty();
    }

    @Test
    void contentBeyondWhatAProviderTakesIsRefused() {
        assertThatThrownBy(() -> attached(LongStream.rangeClosed(1, 101).boxed().toList())).isInstanceOf(IllegalArgumentException.class);
        assertThat(ProviderLimits.DIGITALOCEAN.refusal(attached(List.of()))).isPresent();
        assertThat(ProviderLimits.DIGITALOCEAN.refusal(attached(List.of(7L)))).isEmpty();
        assertThat(ProviderLimits.CLOUDFLARE.refusal(attached(List.of()))).isEmpty();
        assertThat(ProviderLimits.CLOUDFLARE.refusal(attached(List.of(7L)))).isPresent();
        assertThatThrownBy(() -> content()).isInstanceOf(IllegalArgumentException.class);
    }

    private static ServiceContent attached(List<Long> droplets) {
        return new ServiceContent(ACME, Optional.empty(), new Attachment(List.of(), droplets), content("5432").ports(), SourceRules.DEFAULT);
    }
}
