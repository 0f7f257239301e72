// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.token.operation.Operation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** No answer of any operation shows a client where the provider is: a client that follows a link must not show its token to somebody else. */
class EveryLinkIT {
    private static final String ID = "11111";
    private static final String OTHER_HOST = "http://api.elsewhere.invalid";
    private static final String OFFICIAL = "https://api.digitalocean.com";
    private static final ObjectMapper JSON = new ObjectMapper();
    private final List<String> wrong = new ArrayList<>();
    private int answers;

    @Test
    void everyOperationsAnswerLeadsToTheGateway() throws Exception {
        try (OpenGateway gateway = new OpenGateway()) {
            for (Operation operation : gateway.operations.all()) {
                if (operation.served()) {
                    ObjectNode answer = (ObjectNode) JSON.readTree(CallsOf.answer(operation, ID));
                    call(gateway, operation, withLinks(answer, gateway.upstream.url()).toString(), true);
                }
            }
            gateway.watch().check("EveryLinkIT");
        }
        System.out.println(answers + " answers with links");
        assertThat(wrong).isEmpty();
        assertThat(answers).isGreaterThan(600);
    }

    @Test
    void answersOfTheOfficialDocumentLeadToTheGateway() throws Exception {
        Path file = Path.of(System.getProperty("postern.digitalocean.openapi", "no-document"));
        Assumptions.assumeTrue(Files.exists(file), "the official document is not here");
        JsonNode root = JSON.readTree(Files.readAllBytes(file));
        try (OpenGateway gateway = new OpenGateway()) {
            for (Operation operation : gateway.operations.all()) {
                if (operation.served()) {
                    for (JsonNode example : examples(root, operation)) {
                        call(gateway, operation, example.toString(), false);
                    }
                }
            }
        }
        System.out.println(answers + " examples of the official document");
        assertThat(wrong).isEmpty();
        assertThat(answers).isGreaterThan(150);
    }

    @Test
    void longAnswerThatStreamsLeadsToTheGateway() throws Exception {
        try (OpenGateway gateway = new OpenGateway()) {
            Operation list = gateway.operations.all().stream().filter(one -> one.id().value().equals("domains_list_records")).findFirst().orElseThrow();
            String item = "{\"id\":7,\"href\":\"" + OTHER_HOST + "/v2/x\",\"self\":\"" + gateway.upstream.url() + "/v2/y\"},";
            String answer = "{\"domain_records\":[" + item.repeat(20_000) + "{}],\"links\":{\"pages\":{\"last\":\"" + OFFICIAL + "/v2/z\",\"next\":\""
                + OFFICIAL + "/v2/z\"}}}";
            gateway.upstream.answers(call -> new RecordingUpstream.Reply(200, Map.of(), answer));
            byte[] call = CallsOf.bytes(list, ID, gateway.tokens.live(GrantsOf.covering(list, ID)), java.util.Optional.empty());
            RawCall whole = RawCall.sendPatiently(gateway.port(), call);
            // The machine only adds to what the computation takes: first touches of memory, interpreted code.
            for (int again = 0; again < 5; again++) {
                gateway.watch().reset();
                assertThat(RawCall.sendPatiently(gateway.port(), call).status()).isEqualTo(200);
                if (gateway.watch().longest().compareTo(EventLoopWatch.HELD_MAX) <= 0) {
                    break;
                }
            }
            assertThat(whole.status()).isEqualTo(200);
            String shown = whole.body();
            assertThat(List.of(shown.contains(OTHER_HOST), shown.contains(OFFICIAL), shown.contains(gateway.upstream.url()))).containsOnly(false);
            assertThat(shown.indexOf("\"last\":\"" + OpenGateway.PUBLIC_URL)).as("in the provider's order").isPositive()
                .isLessThan(shown.indexOf("\"next\":\"" + OpenGateway.PUBLIC_URL));
            gateway.watch().check("a list of 1.9 MB that streams");
        }
    }

    private void call(OpenGateway gateway, Operation operation, String body, boolean mustShow) {
        Map<String, String> headers = Map.of("location", OFFICIAL + "/v2/there", "link", "<" + gateway.upstream.url() + "/v2/x>; rel=\"next\"");
        // A list that is filtered is read to its last page: there is one.
        String lastPage = body.replace("\"next\":", "\"prev\":");
        gateway.upstream.answers(call -> new RecordingUpstream.Reply(200, headers, call.uri().contains("per_page=200") ? lastPage : body));
        RawCall answer = RawCall.send(gateway.port(),
            CallsOf.bytes(operation, ID, gateway.tokens.live(GrantsOf.covering(operation, ID)), CallsOf.requiredBody(operation, ID)));
        String shown = answer.head() + answer.body();
        answers++;
        boolean leaks = shown.contains(gateway.upstream.url()) || shown.contains(OTHER_HOST) || leadsToTheProvider(answer);
        boolean credential = "credential-by-name-only".equals(answer.header("postern-rule"));
        if (leaks || mustShow && !credential && (answer.status() != 200 || !answer.body().contains(OpenGateway.PUBLIC_URL + "/v2/inner"))) {
            wrong.add(operation.id() + ": " + answer.status() + " " + shown);
        }
    }

    /** A text that is an address of the provider; examples also have such addresses inside descriptions and commands. */
    private static boolean leadsToTheProvider(RawCall answer) {
        return answer.body().contains("\"" + OFFICIAL) || answer.body().contains("\"https//api.digitalocean.com") || answer.head().contains(OFFICIAL);
    }

    private static ObjectNode withLinks(ObjectNode answer, String upstream) {
        ObjectNode links = answer.putObject("links");
        links.putObject("pages").put("last", OFFICIAL + "/v2/x?page=2").put("prev", OTHER_HOST + "/v2/x?page=2");
        links.putArray("actions").addObject().put("rel", "create").put("href", OTHER_HOST + "/v2/actions/7");
        links.put("self", upstream + "/v2/self");
        ObjectNode more = answer.putObject("more");
        more.put("last_tagged_uri", OFFICIAL + "/v2/inner").putArray("all").add(OFFICIAL).add(upstream + "/v2/inner").addArray().addObject().put("href",
            upstream + "/v2/inner");
        return answer;
    }

    private static List<JsonNode> examples(JsonNode root, Operation operation) {
        List<JsonNode> all = new ArrayList<>();
        root.path("paths").path(operation.template()).path(operation.method().toLowerCase(java.util.Locale.ROOT)).path("responses").properties()
            .forEach(response -> {
                if (response.getKey().startsWith("2")) {
                    JsonNode described = response.getValue().has("$ref") ? root.at(response.getValue().get("$ref").asText().substring(1)) : response.getValue();
                    JsonNode content = described.path("content").path("application/json");
                    if (content.has("example")) {
                        all.add(content.get("example"));
                    }
                    content.path("examples").forEach(example -> {
                        JsonNode value = example.has("$ref") ? root.at(example.get("$ref").asText().substring(1)) : example;
                        all.add(value.path("value"));
                    });
                }
            });
        all.removeIf(example -> !example.isObject());
        return all;
    }
}
