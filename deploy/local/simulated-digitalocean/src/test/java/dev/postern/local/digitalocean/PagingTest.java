// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** page and per_page, links.pages and meta.total. */
class PagingTest {
    private static final int TAGS = 45;
    private static SimulatedDigitalOcean simulation;
    private static Client client;

    @BeforeAll
    static void start() {
        simulation = SimulatedDigitalOcean.start(0, Settings.forTests().withSampleData(false));
        client = new Client(simulation);
        for (int at = 0; at < TAGS; at++) {
            simulation.byHand().addTag("tag-" + at);
        }
    }

    @AfterAll
    static void close() {
        simulation.close();
    }

    @Test
    void withoutAWishAPageHas20() {
        JsonNode page = client.get("/v2/tags").json();
        assertThat(page.get("tags")).hasSize(20);
        assertThat(page.at("/meta/total").asInt()).isEqualTo(TAGS);
    }

    @Test
    void followingTheLinksFindsEveryItemOnce() {
        List<String> names = new ArrayList<>();
        String next = "/v2/tags?per_page=7";
        while (!next.isEmpty()) {
            JsonNode page = client.get(next).json();
            page.get("tags").forEach(tag -> names.add(tag.get("name").asText()));
            next = page.at("/links/pages/next").asText().replace(Settings.LINK_BASE, "");
        }
        assertThat(names).hasSize(TAGS).doesNotHaveDuplicates();
    }

    @Test
    void thePagesLinkToTheirNeighbours() {
        assertThat(client.get("/v2/tags?per_page=20&page=1").json().at("/links/pages").fieldNames()).toIterable().containsExactly("last", "next");
        assertThat(client.get("/v2/tags?per_page=20&page=2").json().at("/links/pages").fieldNames()).toIterable()
            .containsExactly("first", "prev", "last", "next");
        assertThat(client.get("/v2/tags?per_page=20&page=3").json().at("/links/pages").fieldNames()).toIterable().containsExactly("first", "prev");
        assertThat(client.get("/v2/tags?per_page=200").json().get("links")).isEmpty();
    }

    @Test
    void aPageBeyondTheLastIsEmpty() {
        JsonNode page = client.get("/v2/tags?page=2147483647&per_page=200").json();
        assertThat(page.get("tags")).isEmpty();
        assertThat(page.at("/meta/total").asInt()).isEqualTo(TAGS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"per_page=0", "per_page=201", "per_page=-1", "per_page=x", "per_page=", "page=0", "page=1.5", "page=99999999999"})
    void whatIsNoPageIsRefused(String query) {
        assertThat(client.get("/v2/tags?" + query).status()).isEqualTo(422);
    }
}
