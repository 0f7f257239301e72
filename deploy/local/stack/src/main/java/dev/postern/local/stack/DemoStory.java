// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.parts.KeycloakTokens;
import dev.postern.local.parts.PartFailed;
import dev.postern.local.parts.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/** The main job, step by step, as a portal, an operator and an auditor do it. */
final class DemoStory {
    private static final String SERVICE = "shop-db";
    private static final String PORT = "5432";
    private static final String FIRST_CUSTOMER = "203.0.113.7";
    private static final String SECOND_CUSTOMER = "203.0.113.88";
    private static final String STRANGER = "203.0.113.200";
    private static final String FORBID = "second-portal-stays-out";
    private static final int WAIT_S = 20;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final StackAddresses at;
    private final DemoReport report;
    private final DemoClient operator;
    private final DemoClient auditor;
    private final DemoClient portal;
    private final DemoClient secondPortal;
    private final DemoClient provider;

    DemoStory(StackAddresses at, String cloudToken, DemoReport report) {
        this.at = at;
        this.report = report;
        KeycloakTokens tokens = new KeycloakTokens(at.issuer());
        operator = new DemoClient(tokens.password("olga"));
        auditor = new DemoClient(tokens.password("audrey"));
        portal = new DemoClient(tokens.client("client-portal"));
        secondPortal = new DemoClient(tokens.client("second-portal"));
        provider = new DemoClient(cloudToken);
    }

    void tell() {
        try {
            report.step("1. The operator protects the service " + SERVICE + ", which is tagged so at the provider.", this::protect);
            String first = UUID.randomUUID().toString();
            report.step("2. The client portal asks for the address of customer 1, and policy answers.", () -> ask(first, "customer-1", FIRST_CUSTOMER));
            report.step("3. The firewall opens, and the provider shows it.", () -> seeItOpen(first, FIRST_CUSTOMER));
            report.step("4. The second portal asks for the same, and is denied.", this::deny);
            String second = UUID.randomUUID().toString();
            report.step("5. A second customer shares the port.", () -> {
                ask(second, "customer-2", SECOND_CUSTOMER);
                seeItOpen(second, SECOND_CUSTOMER);
                report.check(shownAtProvider(FIRST_CUSTOMER), "customer 1 is still let in");
            });
            report.step("6. The portal collects a token, rotates it and revokes it.", () -> useTokens(first));
            report.step("7. The portal ends the access of customer 1.", () -> end(first));
            report.step("8. The auditor reads all of it, in order.", () -> readAudit(first));
            report.step("9. The access of customer 2 ends as well: nothing is left open.", () -> {
                report.require(portal.delete(request(second)).status() == 204, "ended");
                awaitOpenings(second, "closed");
                report.check(!shownAtProvider(SECOND_CUSTOMER), "the provider lets " + SECOND_CUSTOMER + " in no longer");
            });
        } catch (DemoReport.Broken e) {
            report.say("Without that the rest makes no sense; the logs of the services say more.");
        }
    }

    private void protect() {
        DemoClient.DemoResponse answer = operator.put(at.firewall() + "/services/" + SERVICE, DemoClient.json("""
                {"account": "acme", "project": "shop", "attachment": {"tags": ["shop-db"]}, "ports": [{"protocol": "tcp", "ports": "5432"}]}"""));
        report.require(answer.succeeded(), "PUT /services/" + SERVICE + " is answered " + answer.said());
        report.check(portal.get(at.firewall() + "/services/" + SERVICE).status() == 403, "a portal may not see or change protected services");
        awaitKnownToPolicy();
    }

    /**
     * Policy hears of a service on Kafka, beside the requests: a request that overtakes that is denied, as one for any unknown service. So the second
     * portal asks until it is a policy that denies it: policies are only asked about a service that is known, and this opens nothing.
     */
    private void awaitKnownToPolicy() {
        try {
            Waiting.until("policy to hear of " + SERVICE, LIMIT, () -> names(askAsSecondPortal().body().path("decision").path("policies")).contains(FORBID));
        } catch (PartFailed e) {
            report.require(false, e.getMessage());
        }
        report.check(true, "policy has heard of it");
    }

    private DemoClient.DemoResponse askAsSecondPortal() {
        return secondPortal.postWaiting(at.token() + "/access-requests", wish(UUID.randomUUID().toString(), "customer-3", STRANGER), WAIT_S);
    }

    private ObjectNode wish(String id, String customer, String source) {
        ObjectNode body = (ObjectNode) DemoClient.json("""
                {"account": "acme", "duration": "PT30M", "reason": "deploy/local/demo",
                 "authorization_details": [{"type": "firewall_opening", "identifier": "service:%s", "protocol": "tcp", "ports": "%s", "sources": ["%s"]}]}"""
            .formatted(SERVICE, PORT, source));
        return body.put("id", id).put("on_behalf_of", customer);
    }

    private void ask(String id, String customer, String source) {
        DemoClient.DemoResponse answer = portal.postWaiting(at.token() + "/access-requests", wish(id, customer, source), WAIT_S);
        JsonNode decision = answer.body().path("decision");
        report.require(answer.status() == 200 && "granted".equals(answer.body().path("status").asText()),
            "POST /access-requests is answered " + answer.said() + ": " + answer.body().path("status").asText() + told(decision));
        report.check(names(decision.path("policies")).contains("client-portal-opens-shop-db"), "because of the policies " + names(decision.path("policies")));
        report.say("valid until " + decision.path("valid_until").asText());
    }

    private static String told(JsonNode decision) {
        return decision.path("reasons").isEmpty() ? "" : " " + names(decision.path("reasons"));
    }

    private void seeItOpen(String id, String source) {
        JsonNode view = awaitOpenings(id, "open");
        Instant asked = Instant.parse(view.path("requested_at").asText());
        Instant open = Instant.parse(view.path("openings").get(0).path("since").asText());
        report.say("open at the provider " + Duration.between(asked, open).toMillis() + " ms after it was asked for");
        report.check(shownAtProvider(source), "the provider's own API shows " + source + " on port " + PORT + " of a firewall postern-" + SERVICE + "-…");
        if (at.simulated()) {
            report.check(reachable(source), "a packet from " + source + " gets in");
            report.check(!reachable(STRANGER), "a packet from " + STRANGER + " does not");
        }
    }

    private JsonNode awaitOpenings(String id, String state) {
        JsonNode[] last = new JsonNode[1];
        try {
            Waiting.until("openings that are " + state, LIMIT, () -> {
                last[0] = portal.getWaiting(request(id), 2).body();
                JsonNode openings = last[0].path("openings");
                return !openings.isEmpty() && all(openings, opening -> state.equals(opening.path("state").asText()));
            });
        } catch (RuntimeException e) {
            report.require(false, "every opening is " + state + "; instead: " + (last[0] == null ? "" : last[0].path("openings")));
        }
        report.check(true, "GET /access-requests/{id} says: " + state);
        return last[0];
    }

    private void deny() {
        DemoClient.DemoResponse answer = askAsSecondPortal();
        JsonNode decision = answer.body().path("decision");
        report.require("denied".equals(answer.body().path("status").asText()), "POST /access-requests is answered " + answer.status() + ": "
            + answer.body().path("status").asText());
        report.check(names(decision.path("policies")).contains(FORBID), "because of the policies " + names(decision.path("policies")));
        report.say("reasons: " + names(decision.path("reasons")));
        report.check(!shownAtProvider(STRANGER), "the provider knows nothing of " + STRANGER);
    }

    private void useTokens(String id) {
        DemoClient.DemoResponse collected = portal.post(request(id) + "/token");
        String secret = collected.body().path("token").asText();
        report.require(collected.status() == 200 && secret.startsWith("pst_"), "POST …/token is answered " + collected.said() + " with a secret pst_***");
        JsonNode told = introspect(secret);
        report.check(told.path("active").asBoolean() && told.path("authorization_details").size() == 1, "introspection: active, with what it opens");
        String next = portal.post(request(id) + "/token").body().path("token").asText();
        report.check(!next.equals(secret) && introspect(next).path("active").asBoolean(), "collected again: another secret, active");
        report.check(!introspect(secret).path("active").asBoolean(), "the first secret is dead");
        report.check(portal.postForm(at.token() + "/oauth2/revoke", "token", next).status() == 200, "POST /oauth2/revoke is answered 200");
        report.check(!introspect(next).path("active").asBoolean(), "the second secret is dead too");
        report.check(secondPortal.get(request(id)).status() == 404, "for another portal the request does not exist");
    }

    private JsonNode introspect(String secret) {
        return portal.postForm(at.token() + "/oauth2/introspect", "token", secret).body();
    }

    private void end(String id) {
        DemoClient.DemoResponse answer = portal.delete(request(id));
        report.require(answer.status() == 204, "DELETE /access-requests/{id} is answered " + answer.said());
        awaitOpenings(id, "closed");
        report.check(!shownAtProvider(FIRST_CUSTOMER), "the provider lets " + FIRST_CUSTOMER + " in no longer");
        report.check(shownAtProvider(SECOND_CUSTOMER), "customer 2 is still let in");
        if (at.simulated()) {
            report.check(!reachable(FIRST_CUSTOMER) && reachable(SECOND_CUSTOMER), "packets agree");
        }
    }

    private void readAudit(String id) {
        List<String> story = List.of("access-requested", "access-decided", "firewall-changed", "token-issued", "token-revoked", "token-issued",
            "token-revoked", "access-ended", "firewall-changed");
        List<JsonNode> entries = new ArrayList<>();
        try {
            Waiting.until("the audit log", LIMIT, () -> {
                entries.clear();
                auditor.get(at.audit() + "/entries?limit=100&request_id=" + id).body().path("items").forEach(entries::add);
                return entries.stream().filter(entry -> topic(entry).equals("access-ended")).count() == 1
                    && entries.stream().filter(entry -> topic(entry).equals("firewall-changed")).anyMatch(entry -> entry.toString().contains("closed"));
            });
        } catch (RuntimeException e) {
            report.require(false, "the audit log holds the whole story; it holds " + entries.stream().map(DemoStory::topic).toList());
        }
        List<JsonNode> byTime = new ArrayList<>(entries);
        byTime.sort(Comparator.comparing(entry -> Instant.parse(entry.path("time").asText())));
        for (JsonNode entry : byTime) {
            report.say(String.format("entry %-5s %s  %-17s from %s", entry.path("index").asText(), entry.path("time").asText(), topic(entry),
                entry.path("source").asText()));
        }
        report.check(tellsInOrder(byTime.stream().map(DemoStory::topic).toList(), story), "each thing once, in this order: " + String.join(", ", story));
        report.check(entries.stream().noneMatch(entry -> entry.toString().contains("pst_")), "no secret is in the log");
        report.check(auditor.get(at.audit() + "/checkpoint").succeeded(), "GET /checkpoint is answered 200");
        report.check(portal.get(at.audit() + "/entries").status() == 403, "a portal may not read the log");
    }

    /** A rotation issues and revokes at the same moment, and an opening may be said to be opening and closing in between: those are no faults. */
    static boolean tellsInOrder(List<String> told, List<String> story) {
        List<String> once = new ArrayList<>();
        for (String topic : told) {
            if (!(topic.equals("firewall-changed") && !once.isEmpty() && once.get(once.size() - 1).equals(topic))) {
                once.add(topic);
            }
        }
        List<String> swapped = new ArrayList<>(story);
        int revoked = swapped.indexOf("token-revoked");
        swapped.set(revoked, "token-issued");
        swapped.set(revoked + 1, "token-revoked");
        return once.equals(story) || once.equals(swapped);
    }

    private boolean shownAtProvider(String source) {
        for (JsonNode firewall : provider.get(at.cloud() + "/v2/firewalls?per_page=200").body().path("firewalls")) {
            // An object on its way out is attached to nothing before it is deleted, and lets nobody in.
            boolean attached = !firewall.path("tags").isEmpty() || !firewall.path("droplet_ids").isEmpty();
            if (!attached || !firewall.path("name").asText().startsWith("postern-" + SERVICE + "-")) {
                continue;
            }
            for (JsonNode rule : firewall.path("inbound_rules")) {
                if (rule.path("ports").asText().equals(PORT)) {
                    for (JsonNode address : rule.path("sources").path("addresses")) {
                        if (address.asText().replace("/32", "").equals(source)) {
                            return true;
                        }
                    }
                }
            }
        }
        return false;
    }

    private boolean reachable(String source) {
        return provider.get(at.cloud() + "/_simulation/reachable?tag=shop-db&protocol=tcp&port=" + PORT + "&source=" + source)
            .body().path("reachable").asBoolean();
    }

    private String request(String id) {
        return at.token() + "/access-requests/" + id;
    }

    private static String topic(JsonNode entry) {
        return entry.path("topic").asText();
    }

    private static boolean all(JsonNode nodes, java.util.function.Predicate<JsonNode> condition) {
        for (JsonNode node : nodes) {
            if (!condition.test(node)) {
                return false;
            }
        }
        return true;
    }

    private static List<String> names(JsonNode nodes) {
        List<String> names = new ArrayList<>();
        nodes.forEach(node -> names.add(node.asText()));
        return names;
    }
}
