// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestSchemaTest {
    private static final RequestSchema SCHEMA = RequestSchema.of("/request-schemas/spellings.json");

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r", "\u0085", "\u2028", "\u2029", " ", "x\n"})
    void patternMeansTheWholeText(String end) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("on_behalf_of", "abc");
        assertThat(SCHEMA.check(body).isEmpty()).isTrue();
        assertThat(SCHEMA.check(body.put("on_behalf_of", "abc" + end)).all()).extracting(Violation::rule).containsExactly("pattern");
    }

    @ParameterizedTest
    @CsvSource({"onBehalfOf, did you mean on_behalf_of?", "on-behalf-of, did you mean on_behalf_of?", "protocoll, did you mean protocol?",
        "PROTOCOL, did you mean protocol?", "anything_else, 'known are on_behalf_of, protocol, inner'"})
    void memberThatIsNotKnownIsAnsweredWithTheOneThatWasMeant(String name, String advice) {
        assertThat(SCHEMA.check(JsonNodeFactory.instance.objectNode().put(name, "abc")).all()).singleElement()
            .satisfies(violation -> assertThat(violation.detail()).endsWith(advice))
            .satisfies(violation -> assertThat(violation.pointer()).isEqualTo("/" + name));
        ObjectNode nested = JsonNodeFactory.instance.objectNode();
        nested.putObject("inner").put("Name", 1);
        assertThat(SCHEMA.check(nested).all()).singleElement().satisfies(violation -> assertThat(violation.detail()).endsWith("did you mean name?"));
    }

    /** Serializers of other languages write {@code null} for an absent member. */
    @Test
    void memberThatIsNullIsToBeLeftOutAndAnotherTypeIsNamed() {
        assertThat(SCHEMA.check(JsonNodeFactory.instance.objectNode().putNull("on_behalf_of")).all()).singleElement()
            .satisfies(violation -> assertThat(violation.detail()).isEqualTo("is null; leave it out, or write a value of the JSON type string"));
        assertThat(SCHEMA.check(JsonNodeFactory.instance.objectNode().put("on_behalf_of", 17)).all()).singleElement()
            .satisfies(violation -> assertThat(violation.detail()).isEqualTo("must be of the JSON type string"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TCP", "icmp", "tcp\n"})
    void wordThatIsNoneOfTheChoicesIsAnsweredWithThem(String word) {
        assertThat(SCHEMA.check(JsonNodeFactory.instance.objectNode().put("protocol", word)).all()).singleElement()
            .satisfies(violation -> assertThat(violation.detail()).isEqualTo("must be tcp or udp"));
    }
}
