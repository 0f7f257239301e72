// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AuthorizationDetail.Constraints;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import dev.postern.events.SourceAddress;
import dev.postern.local.digitalocean.Settings;
import dev.postern.local.digitalocean.SimulatedDigitalOcean;
import dev.postern.token.postgres.AccessRequestStore;
import dev.postern.token.real.Grants;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code client_addresses}, with a proxy in front and without one. The tests are at 127.0.0.1, as peer or as the proxy. */
@QuarkusTest
class CallerAddressIT {
    private static final String OFFICE = "198.51.100.7";
    private static final String ELSEWHERE = "203.0.113.9";
    /** A proxy inside the trusted ranges. */
    private static final String INNER_PROXY = "10.1.2.3";
    private static final Map<String, String> BEHIND_PROXIES = Map.of("proxies", "127.0.0.1,10.0.0.0/8");

    @Inject
    AccessRequestStore store;
    @Inject
    Replica.Parts parts;
    private Grants grants;
    private SimulatedDigitalOcean cloud;

    @BeforeEach
    void aProvider() {
        grants = new Grants(store);
        cloud = SimulatedDigitalOcean.start(0, Settings.forTests());
    }

    @AfterEach
    void end() {
        cloud.close();
    }

    @Test
    void withoutAProxyThePeerCountsWhateverTheHeaderSays() throws Exception {
        String office = token("198.51.100.0/24");
        String here = token("127.0.0.1");
        try (Replica gateway = new Replica(parts, cloud.url(), cloud.token(), Map.of())) {
            assertThat(status(gateway, office, OFFICE)).isEqualTo(403);
            assertThat(status(gateway, office)).isEqualTo(403);
            assertThat(cloud.callsTotal()).isZero();
            assertThat(status(gateway, here, OFFICE)).isEqualTo(200);
            assertThat(status(gateway, here, "garbage")).isEqualTo(200);
            assertThat(status(gateway, here)).isEqualTo(200);
        }
    }

    @Test
    void aPeerThatIsNoneOfTheProxiesIsNotBelieved() throws Exception {
        String office = token("198.51.100.0/24");
        try (Replica gateway = new Replica(parts, cloud.url(), cloud.token(), Map.of("proxies", "10.0.0.0/8"))) {
            assertThat(status(gateway, office, OFFICE)).isEqualTo(403);
            assertThat(status(gateway, office, OFFICE + ", " + INNER_PROXY)).isEqualTo(403);
            assertThat(cloud.callsTotal()).isZero();
        }
    }

    @Test
    void behindAProxyTheLastAddressThatIsNoProxyCountsAndWhatAClientWroteBeforeItDoesNot() throws Exception {
        String office = token("198.51.100.0/24");
        try (Replica gateway = new Replica(parts, cloud.url(), cloud.token(), BEHIND_PROXIES)) {
            List<List<String>> there = List.of(List.of(OFFICE), List.of(ELSEWHERE + ", " + OFFICE), List.of(OFFICE + ", " + INNER_PROXY),
                List.of(ELSEWHERE, OFFICE),
                List.of(ELSEWHERE + "," + OFFICE + " , " + INNER_PROXY), List.of("garbage, " + OFFICE), List.of(", " + OFFICE), List.of(OFFICE, INNER_PROXY));
            for (List<String> lines : there) {
                assertThat(status(gateway, office, lines.toArray(String[]::new))).as(lines.toString()).isEqualTo(200);
            }
            assertThat(cloud.callsTotal()).isEqualTo(there.size());

            List<String> manyProxies = new ArrayList<>(List.of(OFFICE));
            manyProxies.addAll(Collections.nCopies(30, INNER_PROXY));
            List<List<String>> spoofed = List.of(List.of(), List.of(ELSEWHERE), List.of(OFFICE + ", " + ELSEWHERE), List.of(OFFICE, ELSEWHERE),
                List.of(OFFICE + ", " + ELSEWHERE + ", " + INNER_PROXY), List.of(OFFICE + ", " + OFFICE + ", " + ELSEWHERE), List.of(INNER_PROXY),
                List.of(OFFICE + ", ::1"), List.of(String.join(", ", manyProxies)));
            for (List<String> lines : spoofed) {
                assertThat(status(gateway, office, lines.toArray(String[]::new))).as(lines.toString()).isEqualTo(403);
            }
            for (String broken : List.of("garbage", OFFICE + ", garbage", OFFICE + ",", OFFICE + ":443", "\"" + OFFICE + "\"", "unknown", OFFICE + "/24x",
                "198.51.100.007",
                "198.51.100", "3325256711", OFFICE + " " + OFFICE, "_hidden")) {
                assertThat(status(gateway, office, broken)).as(broken).isEqualTo(400);
            }
            assertThat(cloud.callsTotal()).as("nothing of that reached the provider").isEqualTo(there.size());
        }
    }

    @Test
    void anAddressOfTheSixthVersionCounts() throws Exception {
        String token = token("2001:db8:7::/48");
        try (Replica gateway = new Replica(parts, cloud.url(), cloud.token(), BEHIND_PROXIES)) {
            assertThat(status(gateway, token, "2001:db8:7::1")).isEqualTo(200);
            assertThat(status(gateway, token, "2001:0DB8:0007:0::1")).isEqualTo(200);
            assertThat(status(gateway, token, "2001:db8:7::1, 2001:db8:8::1")).isEqualTo(403);
        }
    }

    /** A block is no address of a caller: in a narrower one than the proxy could mean it would be more than one caller. */
    @Test
    void aBlockIsNoCaller() throws Exception {
        String token = token("198.51.100.0/24");
        try (Replica gateway = new Replica(parts, cloud.url(), cloud.token(), BEHIND_PROXIES)) {
            assertThat(status(gateway, token, "198.51.100.0/25")).isEqualTo(400);
        }
    }

    private String token(String from) {
        Constraints constraints = new Constraints(null, null, null, null, null, Optional.of(List.of(new SourceAddress(from))), null);
        return grants.collect(grants.grant(Duration.ofMinutes(10),
            new DigitalOceanApi(new ResourceName("do:domain:shop.example"), List.of("domain:update"), Optional.of(constraints)))).reveal();
    }

    /** A write, since a read that is refused looks like one of a resource that is not there. */
    private static int status(Replica gateway, String token, String... forwardedFor) throws Exception {
        String[] headers = new String[2 * forwardedFor.length];
        for (int i = 0; i < forwardedFor.length; i++) {
            headers[2 * i] = "X-Forwarded-For";
            headers[2 * i + 1] = forwardedFor[i];
        }
        int status = gateway.call(token, "POST", "/v2/domains/shop.example/records", "{\"type\":\"TXT\",\"name\":\"x\",\"data\":\"y\"}", headers).statusCode();
        return status == 201 ? 200 : status;
    }
}
