// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.postern.events.ServiceProtected.ServicePort;
import dev.postern.events.ServiceProtected.SourceRules;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServiceProtectedTest {
    @Test
    void aServiceOffersWhatLiesWithinOneOfItsPorts() {
        ServiceProtected service = service(false, new ServicePort(Protocol.TCP, PortRange.of("8000-9000")),
            new ServicePort(Protocol.TCP, PortRange.of("9001")));
        assertThat(service.offers(Protocol.TCP, PortRange.of("8000-9000"))).isTrue();
        assertThat(service.offers(Protocol.TCP, PortRange.of("9001"))).isTrue();
        assertThat(service.offers(Protocol.TCP, PortRange.of("9000-9001"))).isFalse();
        assertThat(service.offers(Protocol.UDP, PortRange.of("9001"))).isFalse();
        assertThat(service.offers(Protocol.TCP, PortRange.of("7999-8001"))).isFalse();
    }

    @Test
    void aServiceThatWasTakenAwayOffersNothing() {
        assertThat(service(true, new ServicePort(Protocol.TCP, PortRange.of("1-65535"))).offers(Protocol.TCP, PortRange.of("443"))).isFalse();
    }

    @Test
    void sourcesThatAreNotPublicOrTooWideAreRefusedWithTheRule() {
        assertThat(SourceRules.DEFAULT.refusal(new SourceAddress("203.0.113.0/24"))).isEmpty();
        assertThat(SourceRules.DEFAULT.refusal(new SourceAddress("203.0.112.0/23"))).contains("source-too-wide");
        assertThat(SourceRules.DEFAULT.refusal(new SourceAddress("2001:db8::/64"))).isEmpty();
        assertThat(SourceRules.DEFAULT.refusal(new SourceAddress("2001:db8::/63"))).contains("source-too-wide");
        assertThat(SourceRules.DEFAULT.refusal(new SourceAddress("10.0.0.1"))).contains("source-not-public");
        assertThat(SourceRules.DEFAULT.refusal(new SourceAddress("0.0.0.0/0"))).contains("source-not-public");
        assertThat(new SourceRules(true, 0, 0).refusal(new SourceAddress("0.0.0.0/0"))).isEmpty();
        assertThat(new SourceRules(true, 24, 64).refusal(new SourceAddress("10.0.0.0/8"))).contains("source-too-wide");
    }

    @Test
    void aPrefixThatIsNoneIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new SourceRules(false, 33, 64));
        assertThatIllegalArgumentException().isThrownBy(() -> new SourceRules(false, -1, 64));
        assertThatIllegalArgumentException().isThrownBy(() -> new SourceRules(false, 24, 129));
    }

    private static ServiceProtected service(boolean removed, ServicePort... ports) {
        return new ServiceProtected(new ServiceName("shop-db"), 1, new AccountName("acme"), Optional.empty(),
            new ServiceProtected.Attachment(List.of("shop-db"), null),
            List.of(ports), SourceRules.DEFAULT, removed, "operator", Instant.EPOCH, Optional.empty());
    }
}
