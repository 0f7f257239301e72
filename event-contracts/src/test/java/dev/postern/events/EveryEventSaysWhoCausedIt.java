// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Walks all topics: an event names the subject and the client that caused it, or the request whose requester did. */
class EveryEventSaysWhoCausedIt {
    private static final Map<Topic, Cause> CAUSES = new EnumMap<>(Map.ofEntries(
        Map.entry(Topic.ACCESS_REQUESTED, new Named("/requester/subject", "/requester/client")),
        Map.entry(Topic.ACCESS_DECIDED, new Named("/requester/subject", "/requester/client")),
        Map.entry(Topic.ACCESS_ENDED, new Named("/ended_by", "/ended_by_client")),
        Map.entry(Topic.APPROVAL_GIVEN, new Named("/approver", "/approver_client")),
        Map.entry(Topic.TOKEN_ISSUED, new Named("/issued_to/subject", "/issued_to/client")),
        Map.entry(Topic.TOKEN_REVOKED, new Named("/revoked_by/subject", "/revoked_by/client")),
        Map.entry(Topic.SERVICE_PROTECTED, new Named("/changed_by", "/changed_by_client")),
        Map.entry(Topic.POLICY_CHANGED, new Named("/changed_by", "/changed_by_client")),
        Map.entry(Topic.ATTEMPTS_REFUSED, new Named("/actor/subject", "/actor/client")),
        // The holder of a token is the owner of its request, and the changes of a firewall are those of the requests that it names.
        Map.entry(Topic.API_CALLED, new Inherited("/request_id")),
        Map.entry(Topic.FIREWALL_CHANGED, new Inherited("/changes/0/request_id")),
        // The log tells of a place that it gave itself; the event in that place names its own cause.
        Map.entry(Topic.AUDIT_LOG, new OfTheLog())));

    /** The way in which an event tells its cause. */
    private sealed interface Cause {}

    private record Named(String subject, String client) implements Cause {}

    private record Inherited(String request) implements Cause {}

    private record OfTheLog() implements Cause {}

    @Test
    void everyTopicHasACause() {
        assertThat(CAUSES.keySet()).containsExactlyInAnyOrder(Topic.values());
    }

    @TestFactory
    Stream<DynamicTest> goldenPayloadShowsSubjectAndClientOrTheRequest() {
        return Arrays.stream(Topic.values()).map(topic -> DynamicTest.dynamicTest(topic.topicName(), () -> {
            if (CAUSES.get(topic) instanceof Named named) {
                assertThat(trees(topic)).as(named.toString())
                    .anySatisfy(tree -> assertThat(List.of(tree.at(named.subject()), tree.at(named.client()))).allMatch(JsonNode::isTextual));
            } else if (CAUSES.get(topic) instanceof Inherited inherited) {
                assertThat(trees(topic)).as(inherited.toString()).anySatisfy(tree -> assertThat(tree.at(inherited.request()).isTextual()).isTrue());
            }
        }));
    }

    private static List<JsonNode> trees(Topic topic) {
        return Golden.of(topic).stream().map(Golden::tree).toList();
    }
}
