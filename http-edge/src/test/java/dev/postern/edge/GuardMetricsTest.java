package dev.postern.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.net.SocketAddress;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuardMetricsTest {
    @ParameterizedTest
    @CsvSource({"127.0.0.1, true", "127.8.8.8, true", "0:0:0:0:0:0:0:1, true", "::1, true", "10.0.0.7, false", "203.0.113.7, false", "2001:db8::1, false",
        "fe80::1%eth0, false"})
    void metricsAreThisMachinesUnlessTheyAreOpened(String address, boolean answered) {
        assertThat(new GuardMetrics(List.of("127.0.0.0/8", "::1")).isPeer(SocketAddress.inetSocketAddress(9_999, address))).isEqualTo(answered);
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.7, true", "10.1.0.7, false", "127.0.0.1, false", "2001:db8::1, true"})
    void addressesThatAreSetAreTheOnlyOnes(String address, boolean answered) {
        assertThat(new GuardMetrics(List.of("10.0.0.0/16", "2001:db8::/64")).isPeer(SocketAddress.inetSocketAddress(9_999, address))).isEqualTo(answered);
    }
}
