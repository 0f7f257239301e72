// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.digitalocean.document.OfficialDocument;
import dev.postern.local.simulated.Fault;
import dev.postern.local.simulated.FaultScope;
import dev.postern.local.simulated.Json;
import dev.postern.local.simulated.RecordedCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The simulation against DigitalOcean's official OpenAPI document. */
class OfficialDocumentTest {
    private static final String RULE = "{\"protocol\":\"tcp\",\"ports\":\"5432\",\"sources\":{\"addresses\":[\"203.0.113.7\",\"2001:db8::/64\"]}}";
    private static final String FIREWALL = "{\"name\":\"%s\",\"inbound_rules\":[" + RULE + "],\"tags\":[\"shop-db\"],\"droplet_ids\":[300101]}";
    private static final String PROJECT = "{\"name\":\"%s\",\"description\":\"d\",\"purpose\":\"Service or API\",\"environment\":\"Staging\",\"is_default\":%s}";
    private static OfficialDocument document;

    private SimulatedDigitalOcean simulation;
    private Client client;

    @BeforeAll
    static void readDocument() {
        if (!OfficialDocument.isThere()) {
            System.out.println("OfficialDocumentTest " + OfficialDocument.absent());
        }
        assumeTrue(OfficialDocument.isThere(), OfficialDocument::absent);
        document = OfficialDocument.validating();
    }

    @BeforeEach
    void start() {
        simulation = SimulatedDigitalOcean.start(0, Settings.forTests());
        client = new Client(simulation);
    }

    @AfterEach
    void close() {
        simulation.close();
    }

    @Test
    void everyOperationAnswersAsTheDocumentSays() {
        walkFirewalls();
        walkDroplets();
        walkActions();
        new DropletPartsWalk(client).walk();
        walkTags();
        walkDomains();
        walkProjects();
        walkRegistries();
        expect(200, "GET", "/v2/account", null);

        // The document asks that a body fit one of two schemas for actions by tag, and every body fits both.
        assertThat(simulation.calls()).flatExtracting(document::violations).filteredOn(said -> !said.startsWith("POST /v2/droplets/actions 201, request"))
            .isEmpty();
        assertThat(operationsCalled()).containsExactlyInAnyOrderElementsOf(simulation.operations());
    }

    /** The validator reads such a name in a path as JSON, so only the answers are judged. */
    @Test
    void imagesAndKeysHaveASecondName() {
        assertThat(expect(200, "GET", "/v2/images/debian-12-x64", null).json().at("/image/id").asInt()).isEqualTo(1_000);
        String fingerprint = client.get("/v2/account/keys/512189").json().at("/ssh_key/fingerprint").asText();
        assertThat(expect(200, "GET", "/v2/account/keys/" + fingerprint, null).json().at("/ssh_key/id").asInt()).isEqualTo(512_189);
        assertThat(simulation.calls()).flatExtracting(document::answerViolations).isEmpty();
    }

    @Test
    void aDropletIsNewUntilItsCreationCompletes() {
        simulation.change(settings -> settings.withPendingChangesDelay(Duration.ofHours(1)));
        Client.Reply made = client.post("/v2/droplets", "{\"name\":\"new\",\"size\":\"s-1vcpu-1gb\",\"image\":\"debian-12-x64\"}");
        assertThat(made.json().at("/droplet/status").asText()).isEqualTo("new");
        String action = made.json().at("/links/actions/0/href").asText();
        assertThat(action).startsWith(Settings.LINK_BASE + "/v2/actions/");
        assertThat(client.get(action.substring(Settings.LINK_BASE.length())).json().at("/action/status").asText()).isEqualTo("in-progress");
        assertThat(simulation.calls()).flatExtracting(document::violations).isEmpty();
    }

    @Test
    void firewallsWhoseChangesArePendingAreShownAsTheDocumentSays() {
        simulation.change(settings -> settings.withPendingChangesDelay(Duration.ofHours(1)));
        simulation.faults().add(new Fault.Failed(), FaultScope.onPath("/v2/firewalls/**"));
        String id = client.post("/v2/firewalls", FIREWALL.formatted("fw")).json().at("/firewall/id").asText();
        client.get("/v2/firewalls/" + id);

        assertThat(simulation.calls()).hasSize(2).flatExtracting(document::violations).isEmpty();
        assertThat(simulation.calls().get(1).answerBody()).contains("\"pending_changes\":[{\"droplet_id\":300101,\"removing\":false,\"status\":\"waiting\"}]");
    }

    @Test
    void everyOperationRefusesAnUnknownTokenAsTheDocumentSays() {
        Client stranger = new Client(simulation.url(), "dop_v1_unknown");
        for (String operation : simulation.operations()) {
            assertThat(stranger.call(method(operation), path(operation), null).status()).isEqualTo(401);
        }
        assertThat(simulation.calls()).hasSameSizeAs(simulation.operations()).flatExtracting(document::answerViolations).isEmpty();
    }

    @Test
    void everyOperationRefusesWhatIsUnknownOrMalformedAsTheDocumentSays() {
        for (String operation : simulation.operations()) {
            boolean writes = List.of("POST", "PUT", "PATCH").contains(method(operation));
            for (String body : writes ? List.of("{", "[]", "{}", "{\"name\":7}", "{\"name\":\"\"}", "{\"name\":\"a\",\"name\":\"b\"}") : List.of("")) {
                int status = client.call(method(operation), path(operation), body.isEmpty() ? null : body).status();
                assertThat(status).describedAs(operation + " " + body).isLessThan(500);
            }
        }
        assertThat(simulation.calls()).flatExtracting(document::answerViolations).isEmpty();
    }

    @Test
    void everyOperationRefusesWhoAsksTooOftenAsTheDocumentSays() {
        simulation.change(settings -> settings.withLimits(1, 1));
        client.get("/v2/account");
        simulation.forgetCalls();
        for (String operation : simulation.operations()) {
            assertThat(client.call(method(operation), path(operation), null).status()).isEqualTo(429);
        }
        assertThat(simulation.calls()).flatExtracting(document::answerViolations).isEmpty();
    }

    @Test
    void wrongAnswersAreCaught() throws Exception {
        client.post("/v2/firewalls", FIREWALL.formatted("fw"));
        RecordedCall call = simulation.calls().get(0);
        ObjectNode body = (ObjectNode) Json.MAPPER.readTree(call.answerBody());

        assertThat(document.violations(call)).isEmpty();
        assertThat(document.answerViolations(answered(call, 202, changed(body, "status", "\"odd\"")))).isNotEmpty();
        assertThat(document.answerViolations(answered(call, 202, changed(body, "created_at", "\"yesterday\"")))).isNotEmpty();
        assertThat(document.answerViolations(answered(call, 202, changed(body, "droplet_ids", "[\"1\"]")))).isNotEmpty();
        assertThat(document.answerViolations(answered(call, 202, changed(body, "inbound_rules", "[{\"protocol\":\"tcp\",\"ports\":22}]")))).isNotEmpty();
        assertThat(document.answerViolations(answered(call, 202, changed(body, "pending_changes", "{}")))).isNotEmpty();
        assertThat(document.answerViolations(answered(call, 404, "{\"message\":\"no id\"}"))).isNotEmpty();
        assertThat(document.answerViolations(answered(call, 202, "not JSON"))).isNotEmpty();
    }

    @Test
    void wrongRequestsAreCaught() {
        RecordedCall good = asked("POST", "/v2/firewalls", null, FIREWALL.formatted("fw"));
        assertThat(document.requestViolations(good)).isEmpty();
        assertThat(document.requestViolations(asked("POST", "/v2/firewalls", null, "{\"name\":\"fw\"}"))).isNotEmpty();
        assertThat(document.requestViolations(asked("POST", "/v2/firewalls", null, FIREWALL.formatted("-fw")))).isNotEmpty();
        assertThat(document.requestViolations(asked("POST", "/v2/firewalls", null, FIREWALL.formatted("fw").replace("\"5432\"", "5432")))).isNotEmpty();
        assertThat(document.requestViolations(asked("POST", "/v2/firewalls", null, FIREWALL.formatted("fw").replace("sources", "source")))).isNotEmpty();
        assertThat(document.requestViolations(asked("POST", "/v2/firewalls", null, FIREWALL.formatted("fw").replace("tcp", "sctp")))).isNotEmpty();
        assertThat(document.requestViolations(asked("GET", "/v2/firewalls", "per_page=201", null))).isNotEmpty();
        assertThat(document.requestViolations(asked("GET", "/v2/firewalls/7", null, null))).isNotEmpty();
        assertThat(document.requestViolations(asked("PATCH", "/v2/firewalls", null, "{}"))).isNotEmpty();
        assertThat(document.requestViolations(asked("GET", "/v2/no-such-thing", null, null))).isNotEmpty();
        assertThat(document.requestViolations(new RecordedCall(null, "GET", "/v2/firewalls", null, Map.of(), null, 401, Map.of(), null, 0, 0, List.of())))
            .describedAs("without a token").isNotEmpty();
    }

    private void walkFirewalls() {
        String id = expect(202, "POST", "/v2/firewalls", FIREWALL.formatted("fw-1")).json().at("/firewall/id").asText();
        String one = "/v2/firewalls/" + id;
        expect(200, "GET", "/v2/firewalls?per_page=1&page=2", null);
        expect(200, "GET", one, null);
        expect(200, "PUT", one, "{\"name\":\"fw-1\",\"droplet_ids\":null,\"tags\":null,\"inbound_rules\":[" + RULE + "],\"outbound_rules\":null}");
        String rules = "{\"inbound_rules\":[" + RULE.replace("203", "198") + "]}";
        expect(204, "POST", one + "/rules", rules);
        expect(204, "DELETE", one + "/rules", rules);
        expect(204, "POST", one + "/droplets", "{\"droplet_ids\":[300102]}");
        expect(204, "DELETE", one + "/droplets", "{\"droplet_ids\":[300102]}");
        expect(204, "POST", one + "/tags", "{\"tags\":[\"shop\"]}");
        expect(200, "GET", one, null);
        expect(204, "DELETE", one + "/tags", "{\"tags\":[\"shop\"]}");
        expect(204, "DELETE", one, null);
    }

    private void walkDroplets() {
        String droplet = "{\"name\":\"new-1\",\"size\":\"s-1vcpu-1gb\",\"image\":\"debian-12-x64\",\"region\":\"fra1\",\"tags\":[\"fresh\"]}";
        String id = expect(202, "POST", "/v2/droplets", droplet).json().at("/droplet/id").asText();
        expect(202, "POST", "/v2/droplets", droplet.replace("\"name\":\"new-1\"", "\"names\":[\"new-2\",\"new-3\"]"));
        expect(200, "GET", "/v2/droplets?per_page=2", null);
        expect(200, "GET", "/v2/droplets?tag_name=fresh", null);
        expect(200, "GET", "/v2/droplets/" + id, null);
        expect(200, "GET", "/v2/droplets/300101/firewalls", null);
        expect(200, "GET", "/v2/droplets/300101/snapshots", null);
        expect(200, "GET", "/v2/droplets/300101/backups", null);
        expect(200, "GET", "/v2/droplets/300101/neighbors", null);
        expect(204, "DELETE", "/v2/droplets/" + id, null);
        expect(204, "DELETE", "/v2/droplets?tag_name=fresh", null);
        String whole = "{\"name\":\"whole\",\"size\":\"s-2vcpu-2gb\",\"image\":1003,\"region\":\"ams3\",\"ssh_keys\":[512189],\"ipv6\":true,\"monitoring\":true,"
            + "\"backups\":true,\"user_data\":\"#cloud-config\",\"vpc_uuid\":\"" + client.get("/v2/vpcs").json().at("/vpcs/0/id").asText() + "\"}";
        Client.Reply made = expect(202, "POST", "/v2/droplets", whole);
        expect(200, "GET", made.json().at("/links/actions/0/href").asText().substring(Settings.LINK_BASE.length()), null);
        expect(204, "DELETE", "/v2/droplets/" + made.json().at("/droplet/id").asText(), null);
    }

    private void walkActions() {
        String actions = "/v2/droplets/300102/actions";
        for (String action : List.of("{\"type\":\"reboot\"}", "{\"type\":\"power_off\"}", "{\"type\":\"resize\",\"size\":\"s-2vcpu-4gb\"}",
            "{\"type\":\"power_on\"}", "{\"type\":\"rename\",\"name\":\"web\"}", "{\"type\":\"rebuild\",\"image\":\"ubuntu-24-04-x64\"}",
            "{\"type\":\"enable_ipv6\"}", "{\"type\":\"snapshot\",\"name\":\"web-1\"}")) {
            expect(201, "POST", actions, action);
        }
        String id = expect(200, "GET", actions, null).json().at("/actions/0/id").asText();
        expect(200, "GET", actions + "/" + id, null);
        expect(201, "POST", "/v2/droplets/actions?tag_name=shop", "{\"type\":\"snapshot\",\"name\":\"all\"}");
        expect(200, "GET", "/v2/droplets/300102", null);
        expect(200, "GET", "/v2/droplets/300102/snapshots", null);
        expect(200, "GET", "/v2/actions?per_page=2", null);
        expect(200, "GET", "/v2/actions/" + id, null);
    }

    private void walkTags() {
        String resources = "{\"resources\":[{\"resource_id\":\"300101\",\"resource_type\":\"droplet\"}]}";
        expect(201, "POST", "/v2/tags", "{\"name\":\"extra\"}");
        expect(204, "POST", "/v2/tags/extra/resources", resources);
        expect(200, "GET", "/v2/tags", null);
        expect(200, "GET", "/v2/tags/extra", null);
        expect(204, "DELETE", "/v2/tags/extra/resources", resources);
        expect(204, "DELETE", "/v2/tags/extra", null);
    }

    private void walkDomains() {
        expect(201, "POST", "/v2/domains", "{\"name\":\"new.example\",\"ip_address\":\"203.0.113.9\"}");
        expect(200, "GET", "/v2/domains", null);
        expect(200, "GET", "/v2/domains/new.example", null);
        String record = "{\"type\":\"MX\",\"name\":\"@\",\"data\":\"mail.new.example.\",\"priority\":10,\"ttl\":300}";
        String id = expect(201, "POST", "/v2/domains/new.example/records", record).json().at("/domain_record/id").asText();
        expect(200, "GET", "/v2/domains/new.example/records?type=MX", null);
        String one = "/v2/domains/new.example/records/" + id;
        expect(200, "GET", one, null);
        expect(200, "PUT", one, "{\"type\":\"MX\",\"priority\":20}");
        expect(200, "PATCH", one, "{\"type\":\"MX\",\"ttl\":600}");
        expect(204, "DELETE", one, null);
        expect(204, "DELETE", "/v2/domains/new.example", null);
    }

    private void walkProjects() {
        String id = expect(201, "POST", "/v2/projects", "{\"name\":\"New\",\"purpose\":\"Service or API\"}").json().at("/project/id").asText();
        expect(200, "GET", "/v2/projects?per_page=2", null);
        for (String one : List.of("/v2/projects/" + id, "/v2/projects/default")) {
            boolean isDefault = one.endsWith("default");
            expect(200, "GET", one, null);
            expect(200, "PUT", one, PROJECT.formatted(isDefault ? "Shop" : "Newer", isDefault));
            expect(200, "PATCH", one, "{\"description\":\"patched\"}");
            expect(200, "POST", one + "/resources", "{\"resources\":[\"do:droplet:300101\",\"do:domain:shop.example\",\"do:volume:none\"]}");
            expect(200, "GET", one + "/resources", null);
        }
        expect(204, "DELETE", "/v2/projects/" + id, null);
    }

    private void walkRegistries() {
        expect(204, "POST", "/v2/registries/validate-name", "{\"name\":\"second\"}");
        expect(204, "POST", "/v2/registry/validate-name", "{\"name\":\"second\"}");
        expect(409, "POST", "/v2/registries/validate-name", "{\"name\":\"acme\"}");
        expect(201, "POST", "/v2/registries", "{\"name\":\"second\",\"region\":\"ams3\",\"subscription_tier_slug\":\"basic\"}");
        expect(201, "POST", "/v2/registry", "{\"name\":\"third\",\"subscription_tier_slug\":\"basic\"}");
        expect(200, "GET", "/v2/registries", null);
        expect(200, "GET", "/v2/registries/acme", null);
        expect(200, "GET", "/v2/registries/acme/docker-credentials", null);
        expect(200, "GET", "/v2/registry", null);
        expect(200, "GET", "/v2/registry/docker-credentials?read_write=true&expiry_seconds=60", null);
        expect(200, "GET", "/v2/registry/acme/repositories", null);
        for (String registry : List.of("/v2/registries/acme", "/v2/registry/acme")) {
            expect(200, "GET", registry + "/repositoriesV2?per_page=1", null);
            String repository = registry + "/repositories/shop-api";
            expect(200, "GET", repository + "/tags", null);
            String digest = expect(200, "GET", repository + "/digests", null).json().at("/manifests/0/digest").asText();
            String tag = registry.contains("registries") ? "1.1.0" : "2.0.0";
            simulation.byHand().push("acme", "shop-api", tag);
            expect(204, "DELETE", repository + "/tags/" + tag, null);
            expect(204, "DELETE", repository + "/digests/" + digest, null);
        }
        expect(204, "DELETE", "/v2/registries/acme/repositories/billing", null);
        expect(204, "DELETE", "/v2/registries/second", null);
        expect(204, "DELETE", "/v2/registry", null);
    }

    private Client.Reply expect(int status, String method, String path, String body) {
        return client.expect(status, method, path, body);
    }

    private List<String> operationsCalled() {
        List<String> called = new ArrayList<>();
        for (RecordedCall call : simulation.calls()) {
            simulation.operations().stream()
                .filter(operation -> (call.method() + " " + call.path()).matches(operation.replaceAll("\\{[^/]*}", "[^/]+")))
                .findFirst().ifPresent(called::add);
        }
        return called.stream().distinct().collect(Collectors.toList());
    }

    private static String method(String operation) {
        return operation.substring(0, operation.indexOf(' '));
    }

    /** The operation's path with ids that have the right form and name nothing. */
    private static String path(String operation) {
        return operation.substring(operation.indexOf(' ') + 1)
            .replaceAll("\\{(firewall_id|project_id|vpc_id|volume_id|lb_id|certificate_id)}", "00000000-0000-4000-8000-000000000000")
            .replaceAll("\\{(droplet_id|domain_record_id|action_id|image_id|ssh_key_identifier)}", "7")
            .replaceAll("\\{reserved_ip}", "203.0.113.99")
            .replaceAll("\\{[^/]*}", "nothing");
    }

    private static RecordedCall asked(String method, String path, String query, String body) {
        return new RecordedCall("acme", method, path, query, body == null ? Map.of() : Map.of("content-type", "application/json"), body, 0, Map.of(), null, 0,
            0, List.of());
    }

    private static RecordedCall answered(RecordedCall call, int status, String body) {
        return new RecordedCall(call.account(), call.method(), call.path(), call.query(), call.requestHeaders(), call.requestBody(), status,
            call.answerHeaders(), body, call.startedMicros(), call.tookMicros(), call.faults());
    }

    private static String changed(ObjectNode body, String member, String value) throws Exception {
        ObjectNode copy = body.deepCopy();
        ((ObjectNode) copy.get("firewall")).set(member, Json.MAPPER.readTree(value));
        return copy.toString();
    }
}
