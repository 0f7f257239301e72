package dev.postern.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.ServiceName;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.api.Test;

/** Names of objects of ours. */
class FirewallNameTest {
    @ParameterizedTest
    @CsvSource({"shop, postern-shop-1, 1", "shop, postern-shop-12, 12", "shop-1, postern-shop-1-1, 1", "1, postern-1-1, 1"})
    void aNameOfOursHasItsNumber(String service, String name, int number) {
        assertThat(FirewallName.number(new ServiceName(service), name)).hasValue(number);
        assertThat(new FirewallName(new ServiceName(service), number)).hasToString(name);
    }

    @ParameterizedTest
    @CsvSource({"shop, postern-shop-1-1", "shop, postern-shop-db-1", "shop, postern-shop", "shop, postern-shop-", "shop, postern-shop-01", "shop, postern-shop-0",
        "shop, postern-shop-x", "shop, Postern-shop-1", "shop, my-postern-shop-1", "shop, 'postern-shop-1 '", "shop, postern-shop-99999"})
    void aSimilarNameIsNotOurs(String service, String name) {
        assertThat(FirewallName.number(new ServiceName(service), name)).isEmpty();
    }

    @Test
    void theFirstFreeNumberIsTaken() {
        assertThat(FirewallName.free(new ServiceName("shop"), Set.of("postern-shop-1", "postern-shop-3"))).hasToString("postern-shop-2");
    }
}
