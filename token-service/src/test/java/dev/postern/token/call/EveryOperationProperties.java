// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import static dev.postern.token.call.Calls.AUTHORIZE;
import static dev.postern.token.call.Calls.LATER;
import static dev.postern.token.call.Calls.NOON;
import static dev.postern.token.call.Calls.OPERATIONS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import dev.postern.token.call.CallVerdict.Refused;
import dev.postern.token.operation.Operation;
import dev.postern.token.operation.OperationId;
import dev.postern.token.operation.Operations;
import dev.postern.token.operation.Place;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class EveryOperationProperties {
    private static final List<Operation> SERVED = OPERATIONS.all().stream().filter(Operation::served).toList();

    @Example
    void everyOperationOfTheDocumentIsThere() {
        assertThat(OPERATIONS.all()).hasSize(659);
        assertThat(SERVED).hasSize(644);
    }

    @Example
    void aGrantOfWhatEveryPlaceNamesIsEnough() {
        for (Operation operation : SERVED) {
            // A credential is never covered by *, and what only stands for a resource (projects/default, /v2/registry) has no name of its own.
            boolean unnamed = !operation.wholeTypes().isEmpty() || operation.places().stream().anyMatch(place -> place.in() == Place.In.FIXED);
            boolean byName = operation.handsOutCredential() || operation.places().stream().anyMatch(Place::byName);
            if (byName && unnamed) {
                continue;
            }
            WholeCall whole = new WholeCall(operation);
            CallVerdict verdict = whole.verdict(whole.grant());
            assertThat(verdict).as(operation.id() + " " + whole.call().body()).isNotInstanceOf(Refused.class);
        }
    }

    @Example
    void foreignIdInAnyPlaceIsRefused() {
        int places = 0;
        for (Operation operation : SERVED) {
            for (Place place : operation.places()) {
                boolean whole = operation.wholeTypes().stream().anyMatch(type -> type.type().equals(place.type()));
                if (whole || place.in() == Place.In.FIXED || place.byOtherName() || couldBeAny(operation, place)) {
                    continue;
                }
                WholeCall call = new WholeCall(operation);
                List<DigitalOceanApi> grant = call.grant();
                call.name(place, WholeCall.foreign(place));
                assertThat(call.verdict(grant)).as(operation.id() + " " + place.name() + " " + call.call().body())
                    .isInstanceOf(Refused.class);
                places++;
            }
        }
        assertThat(places).isGreaterThan(700);
    }

    /** Returns true if the PUT could remove any resource of the type; only a grant of the whole type covers it then. */
    private static boolean couldBeAny(Operation operation, Place named) {
        return operation.places().stream().anyMatch(place -> place.replaced() == Place.Replaced.UNSEEN && place.type().equals(named.type()));
    }

    @Example
    void aNameThatIsNoIdNeedsTheWholeType() {
        for (Operation operation : SERVED) {
            for (Place place : operation.places()) {
                boolean whole = operation.wholeTypes().stream().anyMatch(type -> type.type().equals(place.type()));
                if (place.byOtherName() && !place.required() && !whole) {
                    WholeCall call = new WholeCall(operation);
                    call.name(place, "5");
                    List<DigitalOceanApi> grant = new java.util.ArrayList<>(call.grant());
                    List<String> scopes = place.scopes().allOf().stream().map(alternatives -> alternatives.get(0)).toList();
                    grant.add(new DigitalOceanApi(new ResourceName("do:" + place.type() + ":5"), scopes, Optional.empty()));
                    assertThat(call.verdict(grant)).as(operation.id() + " " + place.name()).isInstanceOf(Refused.class);
                }
            }
        }
    }

    /** Names that stand in one operation alone and do not end like an id: for these the generator's test is the only guard. */
    private static final List<String> UNLIKE_ANY = List.of("/agent_deployment_names/*", "/agent_workspace_name",
        "/backup_restore/database_name", "/dns_names/*", "/floating_ips/*", "/load_balancers/*", "/metrics/*", "/origin", "/registry_enabled",
        "/reserved_ips/*", "/snapshots/*");

    @Example
    void aForgottenPlaceIsRefusedNotPassed() throws java.io.IOException {
        JsonNode table = Calls.JSON.readTree(Operations.class.getResourceAsStream("/digitalocean-operations.json"));
        java.util.Set<String> passed = new java.util.TreeSet<>();
        java.util.Map<String, JsonNode> members = new java.util.HashMap<>();
        for (JsonNode line : table) {
            JsonNode known = ((ObjectNode) line).remove("members");
            members.put(line.get("id").asText(), known == null ? JsonNodeFactory.instance.objectNode() : known);
        }
        for (JsonNode line : table) {
            for (int at = 0; at < line.path("places").size(); at++) {
                if ("body".equals(line.get("places").get(at).get("in").asText())) {
                    Operation whole = OPERATIONS.byId(new OperationId(line.get("id").asText())).orElseThrow();
                    Place place = whole.places().get(at);
                    com.fasterxml.jackson.databind.node.ArrayNode places = (com.fasterxml.jackson.databind.node.ArrayNode) line.get("places");
                    JsonNode forgotten = places.remove(at);
                    boolean said = ((ObjectNode) line).has("public");
                    ((ObjectNode) line).put("public", true).set("members", members.get(line.get("id").asText()));
                    Operations without = Operations.read(table);
                    WholeCall call = new WholeCall(whole);
                    if (place.byOtherName() && !place.required()) {
                        call.name(place, "5");
                    }
                    ApiCall named = call.call();
                    ApiCall again = new ApiCall(without.byId(whole.id()).orElseThrow(), named.method(), named.parameters(), named.query(), named.body(),
                        named.clientAddress());
                    if (!(new AuthorizeCall(without).decide(again, grant(call.grant()), NOON) instanceof Refused)) {
                        passed.add(place.name());
                    }
                    if (!said) {
                        ((ObjectNode) line).remove("public");
                    }
                    ((ObjectNode) line).remove("members");
                    places.insert(at, forgotten);
                }
            }
        }
        assertThat(passed).containsExactlyElementsOf(UNLIKE_ANY);
    }

    @Example
    void aMissingScopeInAnyPlaceIsRefused() {
        for (Operation operation : SERVED) {
            WholeCall whole = new WholeCall(operation);
            for (Place place : operation.places()) {
                if (place.byOtherName() && !place.required()) {
                    continue;
                }
                for (List<String> clause : place.scopes().allOf()) {
                    List<DigitalOceanApi> without = whole.grant().stream().map(entry -> new DigitalOceanApi(entry.identifier(),
                        entry.actions().stream().map(scope -> clause.contains(scope) ? "other:scope" : scope).toList(), entry.constraints())).toList();
                    assertThat(AUTHORIZE.decide(whole.call(), grant(without), NOON)).as(operation.id() + " " + place.name()).isInstanceOf(Refused.class);
                }
            }
        }
    }

    @Example
    void credentialsAreNeverHandedOutByStar() {
        List<Operation> credentials = SERVED.stream().filter(Operation::handsOutCredential).toList();
        assertThat(credentials).hasSizeGreaterThan(20);
        for (Operation operation : credentials) {
            List<DigitalOceanApi> stars = new WholeCall(operation).grant().stream().map(entry -> new DigitalOceanApi(
                new ResourceName(entry.identifier().type() + ":*"), entry.actions(), entry.constraints())).toList();
            Refused refused = (Refused) AUTHORIZE.decide(new WholeCall(operation).call(), grant(stars), NOON);
            assertThat(refused.rule()).as(operation.id().value()).isEqualTo(CallVerdict.Rule.CREDENTIAL);
        }
    }

    @Example
    void placeAcceptsNothingButItsForm() {
        List<JsonNode> wrong = List.of(Calls.json("{}"), Calls.json("[]"), Calls.json("true"), Calls.json("1.5"), Calls.json("[[\"5\"]]"),
            Calls.json("{\"0\": \"666\"}"));
        for (Operation operation : SERVED) {
            for (Place place : operation.places()) {
                if (place.in() != Place.In.BODY || place.byOtherName() && !place.required()) {
                    continue;
                }
                for (JsonNode value : wrong) {
                    WholeCall whole = new WholeCall(operation);
                    ObjectNode body = (ObjectNode) whole.call().body().orElseThrow();
                    replaceFirst(body, List.of(place.name().substring(1).split("/")), value);
                    assertThat(AUTHORIZE.decide(whole.call(), grant(whole.grant()), NOON)).as(operation.id() + " " + body).isInstanceOf(Refused.class);
                }
            }
        }
    }

    @Example
    void tenThousandLevelsAreRefused() {
        JsonNode deep = JsonNodeFactory.instance.objectNode();
        for (int level = 0; level < 10_000; level++) {
            deep = JsonNodeFactory.instance.objectNode().set("settings", deep);
        }
        Operation operation = OPERATIONS.byId(new OperationId("firewalls_add_rules")).orElseThrow();
        ApiCall call = new ApiCall(operation, "POST", Map.of("firewall_id", "5"), Map.of(), Optional.of(deep), Calls.CALLER);
        assertThat(AUTHORIZE.decide(call, Calls.grant("do:firewall:5 firewall:update"), NOON)).isInstanceOf(Refused.class);
    }

    @Property(tries = 3000)
    void grantOfOneResourceNeverReachesAnother(@ForAll("operations") Operation operation, @ForAll("resources") ResourceName granted) {
        List<String> every = SERVED.stream().flatMap(one -> one.places().stream()).flatMap(place -> place.scopes().allOf().stream())
            .flatMap(List::stream).distinct().collect(Collectors.toList());
        DigitalOceanApi entry = new DigitalOceanApi(granted, every, Optional.empty());
        WholeCall whole = new WholeCall(operation);
        CallVerdict verdict = AUTHORIZE.decide(whole.call(), grant(List.of(entry)), NOON);
        if (!(verdict instanceof Refused)) {
            assertThat(verdict.resources()).allSatisfy(named -> assertThat(covers(granted, named)).as(operation.id() + " " + named).isTrue());
        }
    }

    @Provide
    Arbitrary<Operation> operations() {
        return Arbitraries.of(SERVED);
    }

    @Provide
    Arbitrary<ResourceName> resources() {
        List<String> types = SERVED.stream().flatMap(one -> one.places().stream()).map(Place::type).distinct().toList();
        return Combinators.combine(Arbitraries.of(types), Arbitraries.of("5", "6", "55", "5/5", "5/6"))
            .as((type, id) -> new ResourceName("do:" + type + ":" + id));
    }

    private static boolean covers(ResourceName granted, ResourceName named) {
        return granted.equals(named) || "do:registry".equals(granted.type()) && named.value().startsWith("do:repository:" + granted.id() + "/");
    }

    private static void replaceFirst(JsonNode node, List<String> segments, JsonNode value) {
        JsonNode parent = node;
        for (String segment : segments.subList(0, segments.size() - 1)) {
            parent = "*".equals(segment) ? firstContainer(parent) : parent.get(segment);
        }
        String last = segments.get(segments.size() - 1);
        if (parent instanceof ObjectNode object) {
            object.set(last, value);
        } else {
            ((com.fasterxml.jackson.databind.node.ArrayNode) parent).set(0, value);
        }
    }

    /** A list may hold ids and objects with ids. */
    private static JsonNode firstContainer(JsonNode list) {
        return java.util.stream.StreamSupport.stream(list.spliterator(), false).filter(JsonNode::isContainerNode).findFirst().orElseThrow();
    }

    private static CallGrant grant(List<DigitalOceanApi> entries) {
        return CallGrant.of(entries, LATER, Map.of());
    }
}
