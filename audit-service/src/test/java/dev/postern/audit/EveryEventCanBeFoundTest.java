// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.audit.kafka.Golden;
import dev.postern.events.EventJson;
import dev.postern.events.Topic;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class EveryEventCanBeFoundTest {
    /** Members that an auditor looks for, wherever they stand in a payload. */
    private static final Map<String, Fact.Kind> WANTED = Map.ofEntries(
        Map.entry("request_id", Fact.Kind.REQUEST_ID), Map.entry("replaces", Fact.Kind.REQUEST_ID), Map.entry("replaced_by", Fact.Kind.REQUEST_ID),
        Map.entry("token_id", Fact.Kind.TOKEN_ID), Map.entry("account", Fact.Kind.ACCOUNT), Map.entry("service", Fact.Kind.SERVICE),
        Map.entry("identifier", Fact.Kind.RESOURCE), Map.entry("resources", Fact.Kind.RESOURCE), Map.entry("created", Fact.Kind.RESOURCE),
        Map.entry("subject", Fact.Kind.ACTOR),
        Map.entry("resource", Fact.Kind.RESOURCE),
        Map.entry("client", Fact.Kind.CLIENT), Map.entry("approver", Fact.Kind.ACTOR), Map.entry("ended_by", Fact.Kind.ACTOR),
        Map.entry("changed_by", Fact.Kind.ACTOR), Map.entry("changed_by_client", Fact.Kind.CLIENT),
        Map.entry("approver_client", Fact.Kind.CLIENT), Map.entry("ended_by_client", Fact.Kind.CLIENT), Map.entry("on_behalf_of", Fact.Kind.ON_BEHALF_OF),
        Map.entry("sources", Fact.Kind.ADDRESS),
        Map.entry("source", Fact.Kind.ADDRESS), Map.entry("policies", Fact.Kind.POLICY), Map.entry("policy_id", Fact.Kind.POLICY),
        Map.entry("outcome", Fact.Kind.OUTCOME), Map.entry("cause", Fact.Kind.OUTCOME), Map.entry("state", Fact.Kind.OUTCOME));

    private static final Fact REQUESTER = new Fact(Fact.Kind.ACTOR, "subject-of-the-requester");
    private static final Fact CLIENT = new Fact(Fact.Kind.CLIENT, "client-of-the-requester");

    @Test
    void everyGoldenEventIsFoundByWhatItNames() throws IOException {
        for (Golden golden : Golden.all()) {
            List<Fact> wanted = new ArrayList<>();
            collect(EventJson.mapper().readTree(EventJson.write(golden.event())), wanted);
            assertThat(Facts.of(golden.event())).as(golden.name()).containsAll(wanted)
                .contains(new Fact(Fact.Kind.TOPIC, golden.event().topic().topicName()), new Fact(Fact.Kind.KEY, golden.event().key()));
        }
    }

    @Test
    void everyEventIsFoundByTheSubjectAndTheClientThatCausedIt() {
        for (Topic topic : Topic.values()) {
            if (topic != Topic.AUDIT_LOG) {
                assertThat(Golden.of(topic)).as(topic.topicName())
                    .anySatisfy(golden -> assertThat(inherited(golden)).extracting(Fact::kind).contains(Fact.Kind.ACTOR, Fact.Kind.CLIENT));
            }
        }
    }

    @Test
    void eventThatNamesNobodyIsFoundByTheRequesterAndNoOtherIs() {
        for (Golden golden : Golden.all()) {
            boolean nobody = Facts.of(golden.event()).stream().noneMatch(fact -> fact.kind() == Fact.Kind.ACTOR);
            boolean request = Facts.of(golden.event()).stream().anyMatch(fact -> fact.kind() == Fact.Kind.REQUEST_ID);
            assertThat(inherited(golden).contains(REQUESTER)).as(golden.name()).isEqualTo(nobody && request);
            assertThat(inherited(golden).contains(CLIENT)).as(golden.name()).isEqualTo(nobody && request);
        }
    }

    @Test
    void callThatHandedOutACredentialIsFoundByItsKind() {
        List<Fact> kinds = Golden.of(Topic.API_CALLED).stream().flatMap(golden -> Facts.of(golden.event()).stream())
            .filter(fact -> fact.kind() == Fact.Kind.HANDS_OUT).toList();
        assertThat(kinds).extracting(Fact::value).containsExactlyInAnyOrder("docker-credentials", "spaces-key", "model-key");
    }

    @Test
    void everyTopicHasAGoldenEvent() {
        for (Topic topic : Topic.values()) {
            assertThat(Golden.of(topic)).isNotEmpty();
        }
    }

    @Test
    void logsOwnEventHasNoPlaceInTheLog() {
        assertThatThrownBy(() -> Facts.of(Golden.of(Topic.AUDIT_LOG).get(0).event())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void protectedServiceIsFoundByNameAndAsResource() {
        assertThat(Facts.of(Golden.of(Topic.FIREWALL_CHANGED).get(0).event())).extracting(Fact::kind).contains(Fact.Kind.SERVICE, Fact.Kind.RESOURCE);
    }

    @Test
    void valueCannotPassForASecondFact() {
        assertThat(new Fact(Fact.Kind.ON_BEHALF_OF, "x\nrequest_id:1").word()).isEqualTo("on_behalf_of:x\\nrequest_id:1");
        assertThat(new Fact(Fact.Kind.ON_BEHALF_OF, "x\\n").word()).isNotEqualTo(new Fact(Fact.Kind.ON_BEHALF_OF, "x\n").word());
    }

    /** Returns the facts by which an event is found where the log knows every request that it names. */
    private static Set<Fact> inherited(Golden golden) {
        LogEntry entry = new LogEntry(golden.event().topic().topicName(), golden.event().key(), new TreeMap<>(Map.of("ce_id", "e")), golden.payload());
        Arrival arrival = new Arrival(entry, new EventRef("/s", golden.event().id()), golden.event().topic().type(), golden.event().time(),
            Facts.of(golden.event()));
        Map<String, List<Fact>> known = InheritFacts.requests(arrival).stream()
            .collect(Collectors.toMap(request -> request, request -> List.of(REQUESTER, CLIENT)));
        return InheritFacts.inherit(List.of(arrival), known).get(0).facts();
    }

    private static void collect(JsonNode node, List<Fact> wanted) {
        node.properties().forEach(member -> {
            Fact.Kind kind = WANTED.get(member.getKey());
            if (kind != null && !member.getKey().equals("body_schema")) {
                (member.getValue().isArray() ? member.getValue() : List.of(member.getValue())).forEach(value -> wanted.add(new Fact(kind, value.asText())));
            } else if (member.getValue().isObject() && !member.getKey().equals("body_schema")) {
                collect(member.getValue(), wanted);
            } else if (member.getValue().isArray()) {
                member.getValue().forEach(element -> collect(element, wanted));
            }
        });
    }
}
