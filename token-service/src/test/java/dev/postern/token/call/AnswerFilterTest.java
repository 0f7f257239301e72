// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import static dev.postern.token.call.Calls.decide;
import static dev.postern.token.call.Calls.filter;
import static dev.postern.token.call.Calls.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.token.call.AnswerFilter.Hidden;
import dev.postern.token.call.AnswerFilter.Shown;
import dev.postern.token.call.AnswerFilter.Unreadable;
import dev.postern.token.call.CallVerdict.Allowed;
import dev.postern.token.call.CallVerdict.Refused;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AnswerFilterTest {
    @Test
    void aListKeepsWhatTheTokenMaySee() {
        AnswerFilter filter = filter(
            decide("GET", "/v2/droplets", null, "do:droplet:1 droplet:read", "do:droplet:3 droplet:read", "do:droplet:2 droplet:delete"));
        Shown shown = (Shown) filter.filter(json("{\"droplets\": [{\"id\": 1}, {\"id\": 2}, {\"id\": 3}, {\"name\": \"no id\"}], \"meta\": {\"total\": 4}}"));
        assertThat(shown.kept()).hasToString("[{\"id\":1}, {\"id\":3}]");
        assertThat(shown.dropped()).isEqualTo(2);
        assertThat(shown.body().at("/droplets")).hasSize(2);
        assertThat(decide("GET", "/v2/droplets", null, "do:droplet:* droplet:read", "do:image:* image:read")).isInstanceOf(Allowed.class);
    }

    @Test
    void theClientsPageIsFullAndItsLinksAreItsOwn() {
        AnswerFilter filter = filter(decide("GET", "/v2/droplets", null, "do:droplet:1 droplet:read"));
        var kept = IntStream.rangeClosed(1, 45).mapToObj(id -> json("{\"id\": " + id + "}")).toList();
        var page = filter.page(json("{\"droplets\": [], \"links\": {\"pages\": {\"last\": \"https://api/v2/droplets?page=9\"}}, \"meta\": {\"total\": 900}}"),
            kept, 2, 20, "https://gateway/v2/droplets?per_page=20");
        assertThat(page.at("/droplets")).hasSize(20);
        assertThat(page.at("/droplets/0/id").intValue()).isEqualTo(21);
        assertThat(page.at("/meta/total").intValue()).isEqualTo(45);
        assertThat(page.at("/links")).hasToString("{\"pages\":{\"first\":\"https://gateway/v2/droplets?per_page=20&page=1\","
            + "\"prev\":\"https://gateway/v2/droplets?per_page=20&page=1\",\"last\":\"https://gateway/v2/droplets?per_page=20&page=3\","
            + "\"next\":\"https://gateway/v2/droplets?per_page=20&page=3\"}}");
        assertThat(filter.page(json("{\"droplets\": [], \"links\": {}, \"meta\": {\"total\": 900}}"), kept, 99, 20, "/v2/droplets").at("/droplets")).isEmpty();
    }

    @Test
    void aSingleAnswerThatNamesAnotherResourceIsHidden() {
        AnswerFilter filter = filter(decide("GET", "/v2/actions/7", null, "do:droplet:1 actions:read"));
        assertThat(filter.filter(json("{\"action\": {\"id\": 7, \"resource_type\": \"droplet\", \"resource_id\": 1}}"))).isInstanceOf(Shown.class);
        assertThat(filter.filter(json("{\"action\": {\"id\": 7, \"resource_type\": \"droplet\", \"resource_id\": 2}}"))).isInstanceOf(Hidden.class);
        assertThat(filter.filter(json("{\"action\": {\"id\": 7, \"resource_type\": \"image\", \"resource_id\": 1}}"))).isInstanceOf(Hidden.class);
        assertThat(filter.filter(json("{\"action\": [7]}"))).isInstanceOf(Unreadable.class);
    }

    @Test
    void aPasswordIsTakenOutUnlessItsScopeIsHeldByName() {
        String answer = "{\"database\": {\"id\": \"5\", \"connection\": {\"password\": \"secret\", \"uri\": \"postgres://u:secret@h\", \"host\": \"h\"}}}";
        for (String entries : List.of("do:database:5 database:read", "do:database:* database:read,database:view_credentials")) {
            Shown shown = (Shown) filter(decide("GET", "/v2/databases/5", null, entries)).filter(json(answer));
            assertThat(shown.body().toString()).doesNotContain("secret").contains("\"host\":\"h\"");
        }
        assertThat(decide("GET", "/v2/databases/5", null, "do:database:5 database:read,database:view_credentials {\"outlives\": true}"))
            .isInstanceOf(Allowed.class);
        assertThat(decide("GET", "/v2/databases/5", null, "do:database:5 database:read,database:view_credentials")).as("the password outlives the grant")
            .isInstanceOf(CallVerdict.AllowedFiltered.class);
        assertThat(decide("GET", "/v2/databases/5/users", null, "do:database:* database:read")).isInstanceOf(Refused.class);
    }

    @Test
    void imageInsideADropletInsideAnAddressIsCutByItsOwnScope() {
        String answer = "{\"reserved_ip\": {\"ip\": \"203.0.113.9\", \"droplet\": {\"id\": 2, \"image\": {\"id\": 3, \"name\": \"secret\", \"public\": false}}}}";
        Shown shown = (Shown) filter(
            decide("GET", "/v2/reserved_ips/203.0.113.9", null, "do:reserved_ip:203.0.113.9 reserved_ip:read", "do:droplet:2 droplet:read"))
            .filter(json(answer));
        assertThat(shown.body().at("/reserved_ip/droplet")).hasToString("{\"id\":2,\"image\":{\"id\":3}}");
        Shown sink = (Shown) filter(decide("GET", "/v2/monitoring/sinks/5", null, "do:monitoring_sink:5 monitoring:read"))
            .filter(json("{\"sink\": {\"uuid\": \"5\", \"destination\": {\"id\": \"9\", \"config\": {\"endpoint\": \"secret\"}}}}"));
        assertThat(sink.body().toString()).doesNotContain("secret").contains("\"id\":\"9\"");
    }

    @Test
    void nestedForeignResourceKeepsOnlyItsId() {
        String answer = "{\"reserved_ip\": {\"ip\": \"203.0.113.9\", \"droplet\": {\"id\": 2, \"name\": \"secret\"}}}";
        Shown shown = (Shown) filter(decide("GET", "/v2/reserved_ips/203.0.113.9", null, "do:reserved_ip:203.0.113.9 reserved_ip:read")).filter(json(answer));
        assertThat(shown.body().at("/reserved_ip/droplet")).hasToString("{\"id\":2}");
        Shown both = (Shown) filter(decide("GET", "/v2/reserved_ips/203.0.113.9", null, "do:reserved_ip:203.0.113.9 reserved_ip:read",
            "do:droplet:2 droplet:read")).filter(json(answer));
        assertThat(both.body()).isEqualTo(json(answer));
    }
}
