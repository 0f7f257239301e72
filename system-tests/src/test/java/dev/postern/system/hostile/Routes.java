// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.hostile;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.events.EventJson;
import dev.postern.local.stack.LocalStack;
import dev.postern.local.stack.ServiceProcess;
import dev.postern.system.hostile.Route.RightCall;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The routes of all services, from their own OpenAPI documents, so that none is forgotten; and what a right call of each looks like. */
final class Routes {
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");
    private static final Pattern PARAMETER = Pattern.compile("\\{([^}]+)}");
    /** Nothing has this id, and nothing will. */
    private static final String NOBODY = "7f1a0000-0000-4000-8000-00000000dead";
    private static final String NO_NAME = "hostile-nobody";
    private static final Map<String, String> CALLER = Map.of(
        "token-service", "client-portal", "policy-service", "paul", "firewall-sync-service", "olga", "audit-service", "audrey");
    private static final Map<String, RightCall> RIGHT_CALLS = rightCalls();

    private Routes() {}

    /**
     * Every route of every service.
     *
     * @throws AssertionError if one that writes is not known here: then its right call is to be added
     */
    static List<Route> of(LocalStack stack) {
        List<Route> routes = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (ServiceProcess service : stack.services()) {
            JsonNode paths = openApi(service).path("paths");
            paths.fields().forEachRemaining(path -> path.getValue().fields().forEachRemaining(operation -> {
                if (METHODS.contains(operation.getKey())) {
                    String method = operation.getKey().toUpperCase(Locale.ROOT);
                    Optional<RightCall> call = rightCall(service.name(), method, path.getKey());
                    call.ifPresentOrElse(right -> routes.add(new Route(service.name(), method, path.getKey(),
                        parameters(path.getValue(), operation.getValue(), "query"), parameters(path.getValue(), operation.getValue(), "header"), right)),
                        () -> unknown.add(service.name() + " " + method + " " + path.getKey()));
                }
            }));
        }
        if (!unknown.isEmpty()) {
            throw new AssertionError("routes without a corpus; add what a right call of each looks like: " + unknown);
        }
        return routes;
    }

    private static Optional<RightCall> rightCall(String service, String method, String template) {
        RightCall known = RIGHT_CALLS.get(service + " " + method + " " + template);
        if (known != null) {
            return Optional.of(known);
        }
        // A read needs nothing but a caller and ids that name nothing.
        return method.equals("GET") ? Optional.of(RightCall.bare(CALLER.get(service), nobody(template))) : Optional.empty();
    }

    private static Map<String, RightCall> rightCalls() {
        Map<String, RightCall> calls = new HashMap<>();
        calls.put("token-service POST /access-requests", RightCall.json("client-portal", Map.of(), """
            {"id":"%s","account":"acme","on_behalf_of":"customer-1","duration":"PT30M","reason":"a corpus","authorization_details":[\
            {"type":"firewall_opening","identifier":"service:hostile-nobody","protocol":"tcp","ports":"5432","sources":["203.0.113.7"]}]}"""
            .formatted(NOBODY)));
        calls.put("token-service DELETE /access-requests/{id}", RightCall.bare("client-portal", Map.of("id", NOBODY)));
        calls.put("token-service POST /access-requests/{id}/token", RightCall.bare("client-portal", Map.of("id", NOBODY)));
        calls.put("token-service POST /oauth2/introspect", form("token=pst_nobody"));
        calls.put("token-service POST /oauth2/revoke", form("token=pst_nobody"));
        calls.put("token-service POST /oauth2/token", form("grant_type=nothing"));
        calls.put("policy-service PUT /policies/{id}", new RightCall("paul", Map.of("id", NO_NAME), "text/plain",
            "forbid(principal, action, resource) when { resource == Postern::Service::\"hostile-nobody\" };", ")) this is no Cedar (("));
        calls.put("policy-service DELETE /policies/{id}", RightCall.bare("paul", Map.of("id", NO_NAME)));
        calls.put("policy-service POST /decisions/explain", RightCall.json("paul", Map.of(), "{\"account\":\"acme\",\"duration\":\"PT30M\"}"));
        calls.put("policy-service POST /approvals/{id}", RightCall.json("anna", Map.of("id", NOBODY), "{\"outcome\":\"refused\",\"reason\":\"a corpus\"}"));
        calls.put("firewall-sync-service PUT /services/{name}", RightCall.json("olga", Map.of("name", NO_NAME), """
            {"account":"acme","project":"shop","attachment":{"tags":["shop-db"]},"ports":[{"protocol":"tcp","ports":"5432"}]}"""));
        calls.put("firewall-sync-service DELETE /services/{name}", RightCall.bare("olga", Map.of("name", NO_NAME)));
        return calls;
    }

    /** A broken escape makes a form certainly wrong. */
    private static RightCall form(String body) {
        return new RightCall("client-portal", Map.of(), "application/x-www-form-urlencoded", body, body + "&hostile=%ff");
    }

    private static Map<String, String> nobody(String template) {
        Map<String, String> values = new TreeMap<>();
        Matcher parameters = PARAMETER.matcher(template);
        while (parameters.find()) {
            values.put(parameters.group(1), NO_NAME);
        }
        return values;
    }

    private static List<String> parameters(JsonNode path, JsonNode operation, String in) {
        List<String> names = new ArrayList<>();
        for (JsonNode list : List.of(path.path("parameters"), operation.path("parameters"))) {
            list.forEach(parameter -> {
                if (parameter.path("in").asText().equals(in)) {
                    names.add(parameter.path("name").asText());
                }
            });
        }
        return names;
    }

    private static JsonNode openApi(ServiceProcess service) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(service.url() + "/q/openapi?format=json")).build();
        try {
            HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new AssertionError(service.name() + " does not show its OpenAPI document: " + answer.statusCode());
            }
            return EventJson.mapper().readTree(answer.body());
        } catch (IOException failed) {
            throw new AssertionError(service.name() + " does not show its OpenAPI document", failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }
}
