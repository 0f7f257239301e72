// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.token.operation.Operation;
import dev.postern.token.operation.Place;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every operation whose body names resources: a token for one of them, and another in each place, in many spellings. */
class BodyTricksIT {
    private static final String OWN = "11111";
    private static final String FOREIGN = "77777";
    private final List<String> wrong = new ArrayList<>();
    private int calls;

    @Test
    void noBodyReachesAnotherResource() throws Exception {
        try (OpenGateway gateway = new OpenGateway()) {
            int operations = 0;
            for (Operation operation : gateway.operations.all()) {
                List<Place> places = operation.places().stream().filter(place -> place.in() == Place.In.BODY).toList();
                if (!operation.served() || places.isEmpty()) {
                    continue;
                }
                operations++;
                String token = gateway.tokens.live(GrantsOf.covering(operation, OWN));
                for (Place place : places) {
                    attack(gateway, operation, place, gateway.tokens.live(GrantsOf.narrowed(GrantsOf.covering(operation, OWN), place, OWN)));
                }
                tooDeep(gateway, operation, token);
            }
            gateway.watch().check("BodyTricksIT");
            System.out.println(calls + " calls with body tricks, " + operations + " operations");
        }
        assertThat(wrong).isEmpty();
        assertThat(calls).isGreaterThan(1_000);
    }

    private void attack(OpenGateway gateway, Operation operation, Place place, String token) {
        ObjectNode own = (ObjectNode) CallsOf.requiredBody(operation, OWN).orElseThrow();
        CallsOf.put(own, place, OWN);
        ObjectNode foreign = (ObjectNode) CallsOf.requiredBody(operation, OWN).orElseThrow();
        CallsOf.put(foreign, place, FOREIGN);
        String text = own.toString();
        refused(gateway, operation, token, place + " foreign", foreign.toString());
        refused(gateway, operation, token, place + " twice", text.substring(0, text.length() - 1) + "," + foreign.toString().substring(1));
        refused(gateway, operation, token, place + " twice, foreign first",
            foreign.toString().substring(0, foreign.toString().length() - 1) + "," + text.substring(1));
        for (JsonNode odd : List.of(number(77_777), JsonNodeFactory.instance.objectNode().put("id", FOREIGN),
            JsonNodeFactory.instance.arrayNode().add(FOREIGN))) {
            ObjectNode body = (ObjectNode) CallsOf.requiredBody(operation, OWN).orElseThrow();
            CallsOf.put(body, place.name().substring(1).split("/"), 0, odd);
            refused(gateway, operation, token, place + " as " + odd.getNodeType(), body.toString());
        }
        refused(gateway, operation, token, place + " escaped", foreign.toString().replace(FOREIGN, "\\u0037\\u0037777"));
        refused(gateway, operation, token, place + " in other case", foreign.toString().toUpperCase(java.util.Locale.ROOT).replace("TRUE", "true"));
        refused(gateway, operation, token, place + " with a byte order mark", "\ufeff" + foreign);
        refused(gateway, operation, token, place + " with a comment", "/**/" + foreign);
        refused(gateway, operation, token, place + " behind another value", text + foreign);
        refused(gateway, operation, token, place + " cut off", foreign.toString().substring(0, foreign.toString().length() - 1));
    }

    private static JsonNode number(int number) {
        return JsonNodeFactory.instance.numberNode(number);
    }

    private void tooDeep(OpenGateway gateway, Operation operation, String token) {
        refused(gateway, operation, token, "10,000 levels of arrays", "{\"x\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}");
        refused(gateway, operation, token, "10,000 levels of objects", "{\"x\":".repeat(10_000) + "1" + "}".repeat(10_000));
        refused(gateway, operation, token, "an array", "[{\"x\":1}]");
        refused(gateway, operation, token, "a text", "\"" + FOREIGN + "\"");
        refused(gateway, operation, token, "bytes that are no UTF-8", "{\"x\":\"\u00ff\"}", StandardCharsets.ISO_8859_1.name());
        for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "application/xml",
            "application/jsonx")) {
            RawCall answer = RawCall.send(gateway.port(), head(operation, token, 2, "Content-Type: " + type + "\r\n") + "{}");
            check(gateway, operation, type, answer, 415);
        }
        check(gateway, operation, "gzip",
            RawCall.send(gateway.port(), head(operation, token, 2, "Content-Type: application/json\r\nContent-Encoding: gzip\r\n") + "{}"), 415);
        check(gateway, operation, "2 MiB", RawCall.send(gateway.port(), head(operation, token, 2_097_152, "Content-Type: application/json\r\n")), 413);
    }

    private void refused(OpenGateway gateway, Operation operation, String token, String what, String body) {
        refused(gateway, operation, token, what, body, StandardCharsets.UTF_8.name());
    }

    private void refused(OpenGateway gateway, Operation operation, String token, String what, String body, String charset) {
        byte[] bytes = body.getBytes(java.nio.charset.Charset.forName(charset));
        byte[] head = head(operation, token, bytes.length, "Content-Type: application/json\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] all = java.util.Arrays.copyOf(head, head.length + bytes.length);
        System.arraycopy(bytes, 0, all, head.length, bytes.length);
        check(gateway, operation, what, RawCall.send(gateway.port(), all), 0);
    }

    private void check(OpenGateway gateway, Operation operation, String what, RawCall answer, int status) {
        calls++;
        if (status > 0 && answer.status() != status || answer.status() < 400 || answer.status() >= 500) {
            wrong.add(operation.id() + ", " + what + ": " + answer.status() + " " + answer.body());
        }
        // Of a PUT or PATCH the gateway may read what would be replaced; that says nothing of the body.
        gateway.upstream.arrived().stream().filter(call -> !call.method().equals("GET") || !call.body().isEmpty())
            .forEach(call -> wrong.add(operation.id() + ", " + what + " arrived: " + call.uri() + " " + call.body()));
        gateway.upstream.forget();
    }

    private static String head(Operation operation, String token, int length, String headers) {
        return operation.method() + " " + CallsOf.path(operation, OWN) + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + token
            + "\r\nContent-Length: " + length + "\r\n" + headers + "\r\n";
    }
}
