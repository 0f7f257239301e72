// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrictJsonTest {
    @Test
    void everyKindOfValueIsRead() {
        String json = "{\"a\":\"ä\\n\\t\\\"😀\",\"b\":[1,-2,9223372036854775807,123456789012345678901234567890,1.5e3,true,false,null],\"c\":{\"\":{}}}";
        JsonNode tree = read(json);
        assertThat(tree.toString()).isEqualTo(
            "{\"a\":\"ä\\n\\t\\\"😀\",\"b\":[1,-2,9223372036854775807,123456789012345678901234567890,1500.0,true,false,null],\"c\":{\"\":{}}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "}", "{]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "{\"a\":01}", "{\"a\":+1}", "{\"a\":.5}", "{\"a\":NaN}",
        "{\"a\":Infinity}", "{\"a\":tru}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12g4\"}", "{\"a\":\"b}", "{\"a\":1 /* c */}", "{\"a\":1 // c\n}", "{\"a\" 1}",
        "\ufeff{}",
        "{\"a\":\"\t\"}", "{\"a\":\"\n\"}", "{\"a\":\"\u0000\"}", "{\u0000}", "{\"a\":1\u000b}", "<a/>", "name=x"})
    void whatIsNoJsonIsRefused(String json) {
        assertThat(refusal(json).rule()).isIn("malformed-json", "not-an-object");
        assertThat(refusal(json).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "\"a\"", "1", "true", "null", "[{}]"})
    void onlyAnObjectIsABody(String json) {
        assertThat(refusal(json).rule()).isEqualTo("not-an-object");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\t"})
    void anEmptyBodyIsRefused(String json) {
        assertThat(refusal(json).rule()).isEqualTo("empty-body");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}{}", "{}[]", "{} 1", "{}}", "{},", "{} x"})
    void nothingMayFollow(String json) {
        assertThat(refusal(json).rule()).isIn("trailing-content", "malformed-json");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "{\"a\":1,\"a\":1}                  | /a",
        "{\"a\":{\"b\":1,\"c\":2,\"b\":3}}  | /a/b",
        "{\"a\":[{},{\"b\":1,\"b\":1}]}     | /a/1/b",
        "{\"a\":1,\"\\u0061\":2}            | /a",
        "{\"a/b\":1,\"a/b\":2}              | /a~1b",
    })
    void aMemberThatStandsTwiceIsNamed(String json, String pointer) {
        Problem refusal = refusal(json);
        assertThat(refusal.rule()).isEqualTo("duplicate-member");
        assertThat(refusal.pointer()).contains(pointer);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "{\"a\":\"\\u0000\"}          | /a",
        "{\"a\":[\"x\",\"\\u001b\"]}  | /a/1",
        "{\"a\":\"\\u007f\"}          | /a",
        "{\"a\":\"\\u0085\"}          | /a",
        "{\"a\":\"\\ud800\"}          | /a",
        "{\"a\":\"\\udc00\\ud800\"}   | /a",
        "{\"a\":{\"\\u0000\":1}}      | ''",
    })
    void aControlCharacterOrALoneSurrogateIsRefusedAlsoWhenEscaped(String json, String pointer) {
        Problem refusal = refusal(json);
        assertThat(refusal.rule()).isEqualTo("control-character");
        assertThat(refusal.pointer()).contains(pointer.equals("''") ? "" : pointer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ISO-8859-1", "UTF-16", "UTF-16LE", "UTF-32"})
    void anotherEncodingIsRefused(String charset) {
        Problem refusal = catchThrowableOfType(Problem.class, () -> StrictJson.read("{\"a\":\"ä\"}".getBytes(Charset.forName(charset))));
        assertThat(refusal.rule()).isIn("not-utf8", "malformed-json");
    }

    @Test
    void bytesThatAreNoUtf8AreRefused() {
        for (byte[] bad : new byte[][] {{(byte) 0xff}, {(byte) 0xc0, (byte) 0xaf}, {(byte) 0xed, (byte) 0xa0, (byte) 0x80}, {(byte) 0xe2, (byte) 0x82}}) {
            byte[] body = new byte[bad.length + 8];
            System.arraycopy("{\"a\":\"".getBytes(StandardCharsets.UTF_8), 0, body, 0, 6);
            System.arraycopy(bad, 0, body, 6, bad.length);
            System.arraycopy("\"}".getBytes(StandardCharsets.UTF_8), 0, body, 6 + bad.length, 2);
            assertThat(catchThrowableOfType(Problem.class, () -> StrictJson.read(body)).rule()).isEqualTo("not-utf8");
        }
    }

    @Test
    void thirtyTwoLevelsAreReadAndThirtyThreeAreNot() {
        assertThat(read(nested(32)).toString()).isEqualTo(nested(32));
        assertThat(refusal(nested(33)).rule()).isEqualTo("too-deep");
        assertThat(refusal("{\"a\":" + "[".repeat(32) + "]".repeat(32) + "}").rule()).isEqualTo("too-deep");
        assertThat(refusal("{\"a\":" + "[".repeat(100_000)).rule()).isEqualTo("too-deep");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e309", "-1e309", "1e999999999"})
    void aNumberThatNoDoubleHoldsIsRefused(String number) {
        Problem refusal = refusal("{\"a\":[" + number + "]}");
        assertThat(refusal.rule()).isEqualTo("number-out-of-range");
        assertThat(refusal.pointer()).contains("/a/0");
    }

    @Test
    void aNumberOfMoreThanAHundredDigitsIsRefused() {
        assertThat(read("{\"a\":" + "9".repeat(100) + "}").get("a").isBigInteger()).isTrue();
        assertThat(refusal("{\"a\":" + "9".repeat(101) + "}").rule()).isEqualTo("too-long");
        assertThat(refusal("{\"a\":0." + "9".repeat(200) + "}").rule()).isEqualTo("too-long");
    }

    @Test
    void aRefusalNeverRepeatsWhatWasSent() {
        for (String json : new String[] {"{\"token\":pst_secret}", "{\"pst_secret\":1,\"x\":\"pst_secret", "pst_secret", "{\"token\":\"pst_secret\\q\"}"}) {
            assertThat(refusal(json).toJson()).doesNotContain("pst_secret");
        }
    }

    private static String nested(int depth) {
        return "{\"a\":".repeat(depth - 1) + "{}" + "}".repeat(depth - 1);
    }

    private static JsonNode read(String json) {
        return StrictJson.read(json.getBytes(StandardCharsets.UTF_8));
    }

    private static Problem refusal(String json) {
        Problem refusal = catchThrowableOfType(Problem.class, () -> read(json));
        assertThat(refusal).as(json).isNotNull();
        return refusal;
    }
}
