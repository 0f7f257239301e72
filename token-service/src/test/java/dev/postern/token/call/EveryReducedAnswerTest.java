// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import static dev.postern.token.call.Calls.OPERATIONS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.events.AuthorizationDetail.Constraints;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import dev.postern.token.call.CallVerdict.Refused;
import dev.postern.token.operation.Answer;
import dev.postern.token.operation.Operation;
import dev.postern.token.operation.ResourceTypes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Walks every answer that the table reduces, with all members that the provider's document describes: a token that covers the call and no more gets no
 * secret, and of an embedded resource the id alone.
 */
class EveryReducedAnswerTest {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String SECRET = "what-nobody-may-read";
    private static Optional<SampledAnswer> document;

    @BeforeAll
    static void read() throws IOException {
        document = SampledAnswer.ofDocument();
    }

    @Test
    void tokenWithoutTheirScopeGetsNoSecretAtAnyDepth() {
        int proved = 0;
        Set<String> open = new TreeSet<>();
        for (Operation operation : reduced(operation -> operation.secrets().isPresent())) {
            Operation.Secrets secrets = operation.secrets().get();
            WholeCall call = new WholeCall(operation);
            List<DigitalOceanApi> grant = without(call.grant(), secrets.scope());
            if (!(call.verdict(grant) instanceof Refused)) {
                JsonNode shown = shown(operation, call.verdict(grant), answer(operation));
                for (String member : secrets.members()) {
                    assertThat(shown.findValues(member)).as(operation.id() + " " + member).isEmpty();
                }
                assertThat(shown.toString()).as(operation.id().value()).doesNotContain(SECRET);
                proved++;
            } else {
                open.add(operation.id().value());
            }
        }
        assertThat(proved).as("answers whose secrets are taken out; not reached: " + open).isGreaterThanOrEqualTo(75);
    }

    @Test
    void secretIsShownWhereTheGrantNamesItsResourceAndItsScope() {
        int proved = 0;
        for (Operation operation : reduced(operation -> operation.secrets().flatMap(Operation.Secrets::scope).isPresent())) {
            WholeCall call = new WholeCall(operation);
            Optional<String> scope = operation.secrets().get().scope();
            List<DigitalOceanApi> more = new ArrayList<>(call.grant());
            call.grant().stream().filter(entry -> !entry.identifier().wildcard()).forEach(entry -> more.add(new DigitalOceanApi(entry.identifier(),
                List.of(scope.get()), Optional.of(new Constraints(null, null, null, null, null, null, null, Optional.of(true))))));
            CallVerdict verdict = call.verdict(more);
            if (!(verdict instanceof Refused) && !verdict.resources().isEmpty() && !(operation.answer() instanceof Answer.Collection)) {
                assertThat(shown(operation, verdict, answer(operation)).toString()).as(operation.id().value()).contains(SECRET);
                proved++;
            }
        }
        assertThat(proved).isGreaterThanOrEqualTo(40);
    }

    @Test
    void embeddedResourceThatTheTokenMayNotSeeIsCutToItsId() {
        int proved = 0;
        Set<String> open = new TreeSet<>();
        for (Operation operation : reduced(operation -> !operation.embedded().isEmpty())) {
            for (Operation.Embedded embedded : operation.embedded()) {
                WholeCall call = new WholeCall(operation);
                CallVerdict verdict = call.verdict(call.grant());
                boolean allowed = call.grant().stream().anyMatch(entry -> entry.identifier().equals(ResourceTypes.whole(embedded.type())));
                if (verdict instanceof Refused || allowed) {
                    open.add(operation.id() + " " + embedded.member());
                    continue;
                }
                List<JsonNode> held = objects(operation, embedded, shown(operation, verdict, answer(operation)));
                assertThat(held).as(operation.id() + " " + embedded.member()).isNotEmpty()
                    .allSatisfy(one -> assertThat(names(one)).as(one.toString()).isSubsetOf(Set.of(embedded.id())));
                proved++;
            }
        }
        assertThat(proved).as("embedded resources that are cut; not reached: " + open).isGreaterThanOrEqualTo(60);
    }

    @Test
    void embeddedResourceThatTheTokenMaySeeStaysWhole() {
        int proved = 0;
        for (Operation operation : reduced(operation -> !operation.embedded().isEmpty())) {
            for (Operation.Embedded embedded : operation.embedded()) {
                WholeCall call = new WholeCall(operation);
                List<DigitalOceanApi> more = new ArrayList<>(call.grant());
                more.add(new DigitalOceanApi(new ResourceName("do:" + embedded.type() + ":" + SampledAnswer.OTHER),
                    embedded.scopes().allOf().stream().map(alternatives -> alternatives.get(0)).toList(), Optional.empty()));
                CallVerdict verdict = call.verdict(more);
                if (!(verdict instanceof Refused)) {
                    assertThat(objects(operation, embedded, shown(operation, verdict, answer(operation)))).as(operation.id() + " " + embedded.member())
                        .anySatisfy(one -> assertThat(one.path("about").asText()).isEqualTo(embedded.member()));
                    proved++;
                }
            }
        }
        assertThat(proved).isGreaterThanOrEqualTo(60);
    }

    private static List<Operation> reduced(java.util.function.Predicate<Operation> how) {
        return OPERATIONS.all().stream().filter(Operation::served).filter(how).toList();
    }

    /** The same entries without a scope; an entry that has no other keeps one that opens nothing. */
    private static List<DigitalOceanApi> without(List<DigitalOceanApi> grant, Optional<String> scope) {
        return grant.stream().map(entry -> new DigitalOceanApi(entry.identifier(),
            entry.actions().stream().map(one -> scope.filter(one::equals).isPresent() ? "other:scope" : one).toList(), entry.constraints())).toList();
    }

    /** Returns the filtered answer; the answer as it is if the call is allowed unfiltered. */
    private static JsonNode shown(Operation operation, CallVerdict verdict, ObjectNode answer) {
        if (!(verdict instanceof CallVerdict.AllowedFiltered filtered)) {
            return answer;
        }
        AnswerFilter.Filtered left = filtered.filter().filter(answer);
        assertThat(left).as(operation.id().value()).isInstanceOf(AnswerFilter.Shown.class);
        return ((AnswerFilter.Shown) left).body();
    }

    /**
     * An answer with all members of the document, and what the table reduces in addition at the root and inside of what is shown, so that no answer is
     * without it. Where the answer says which resource it is, it is the one that the grant covers.
     */
    private static ObjectNode answer(Operation operation) {
        ObjectNode answer = document.map(known -> known.of(operation)).orElseGet(JSON::objectNode);
        if (operation.answer() instanceof Answer.Collection collection) {
            ObjectNode element = object(array(answer, collection.at()));
            collection.identities().forEach(identity -> identify(element, identity));
            addReduced(element, operation);
        } else if (operation.answer() instanceof Answer.Item item) {
            ObjectNode shown = item.at().toString().isEmpty() ? answer : object(answer, item.at());
            item.identities().forEach(identity -> identify(shown, identity));
            addReduced(shown, operation);
        }
        addReduced(answer.withObject("/what_is_shown"), operation);
        return answer;
    }

    private static void addReduced(ObjectNode object, Operation operation) {
        operation.secrets().ifPresent(secrets -> secrets.members().forEach(member -> object.putArray(member).addObject().put("value", SECRET)));
        for (Operation.Embedded embedded : operation.embedded()) {
            ObjectNode other = JSON.objectNode().put(embedded.id(), SampledAnswer.OTHER).put("about", embedded.member());
            object.set(embedded.member(), JSON.arrayNode().add(other));
        }
    }

    private static void identify(ObjectNode object, Answer.Identity identity) {
        identity.typeAt().ifPresent(at -> object(object, at.head()).put(at.last().getMatchingProperty(), "droplet"));
        String id = identity.type().isEmpty() && identity.typeAt().isEmpty() ? "do:droplet:5" : "5";
        if (!identity.id().toString().isEmpty()) {
            object(object, identity.id().head()).put(identity.id().last().getMatchingProperty(), id);
        }
    }

    private static ObjectNode object(ObjectNode root, JsonPointer at) {
        return at.toString().isEmpty() ? root : root.at(at) instanceof ObjectNode there ? there
            : object(root, at.head()).putObject(at.last().getMatchingProperty());
    }

    private static ArrayNode array(ObjectNode root, JsonPointer at) {
        return root.at(at) instanceof ArrayNode there ? there : object(root, at.head()).putArray(at.last().getMatchingProperty());
    }

    private static ObjectNode object(ArrayNode array) {
        ObjectNode first = array.path(0) instanceof ObjectNode there ? there : JSON.objectNode();
        array.removeAll();
        array.add(first);
        return first;
    }

    /** The objects that stand under the member; a single one at the root, or the list that is asked for, is what the call itself is about. */
    private static List<JsonNode> objects(Operation operation, Operation.Embedded embedded, JsonNode shown) {
        JsonNode list = operation.collectionAt().map(shown::at).orElse(null);
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode value : shown.findParents(embedded.member()).stream().map(parent -> parent.get(embedded.member())).toList()) {
            if (value == list) {
                continue;
            }
            if (value instanceof ArrayNode several) {
                several.forEach(found::add);
            } else if (value.isObject() && value != shown.get(embedded.member())) {
                found.add(value);
            }
        }
        found.removeIf(one -> !one.isObject());
        return found;
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
