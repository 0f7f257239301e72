// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.events.EventJson;
import dev.postern.local.stack.LocalStack;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** npm's clients with a token for one domain and one Droplet: a record's life, a restart, and what each shows where its token does not reach. */
abstract class NpmClients {
    private static final String DOMAIN = "npm.example";
    private static final String OTHER = "npm-of-others.example";
    private static final String DROPLET = "300102";
    private static Account account;
    private static String token;

    @BeforeAll
    static void start(LocalStack stack) {
        account = new Account(stack);
        account.zone(DOMAIN, 60);
        account.zone(OTHER, 1);
        account.permits("npm-clients", List.of("domain:read", "domain:update", "droplet:read", "droplet:update"));
        token = account.token(Account.Entry.of("do:domain:" + DOMAIN, "domain:read", "domain:update"),
            Account.Entry.of("do:droplet:" + DROPLET, "droplet:read", "droplet:update"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"dots-wrapper", "do-wrapper", "digitalocean", "digitalocean-js"})
    void aClientWorksWithinItsGrantAndShowsTheGatewaysRefusalOutsideOfIt(String client) {
        Needed.nodeModule(client);
        Map<String, JsonNode> said = use(client);

        assertThat(said.get("domains")).extracting(JsonNode::asText).containsExactly(DOMAIN);
        assertThat(said.get("updated").asText()).isEqualTo("two");
        assertThat(said.get("records").asInt()).as("records that it saw").isIn(61, 20); // digitalocean-js reads the first page alone
        assertThat(said.get("droplet").asText()).isEqualTo("shop-web-1");
        assertThat(said.get("action").asText()).isEqualTo("reboot");
        assertThat(account.records(DOMAIN)).isEqualTo(60);
        for (String beyond : List.of("other domain", "other record", "delete domain")) {
            JsonNode refused = said.get(beyond).path("refused");
            assertThat(refused.toString()).as(beyond).contains("This token lacks");
        }
        assertThat(account.texts(OTHER, "dots")).isEmpty();
        assertThat(account.records(OTHER)).isEqualTo(1);
    }

    private static Map<String, JsonNode> use(String client) {
        Run.Ended run = Run.command("node", Needed.root().resolve("system-tests/src/test/clients/node/use.js").toString(), client)
            .with("NODE_PATH", Needed.NODE_MODULES.toString()).with("NODE_NO_WARNINGS", "1").with("POSTERN_GATEWAY", account.gateway())
            .with("POSTERN_TOKEN", token)
            .with("DOMAIN", DOMAIN).with("OTHER_DOMAIN", OTHER).with("DROPLET", DROPLET).start().succeeded();
        Map<String, JsonNode> said = new LinkedHashMap<>();
        for (String line : run.output().lines().filter(each -> each.startsWith("{")).toList()) {
            JsonNode each = json(line);
            said.put(each.path("what").asText(), each.path("value"));
        }
        return said;
    }

    static JsonNode json(String text) {
        try {
            return EventJson.mapper().readTree(text);
        } catch (JsonProcessingException noJson) {
            throw new AssertionError(text, noJson);
        }
    }
}
