// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.upstream;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.netty.buffer.ByteBufInputStream;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Optional;

/** Answers of the provider as trees: numbers keep every digit, a member may stand in an object once. */
public final class AnswerJson {
    private static final JsonMapper MAPPER = JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .disable(com.fasterxml.jackson.databind.cfg.JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
        .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .nodeFactory(JsonNodeFactory.withExactBigDecimals(true)).build();

    private AnswerJson() {}

    /** Empty if it is no JSON. */
    public static Optional<JsonNode> read(Buffer bytes) {
        try {
            return Optional.ofNullable(MAPPER.readTree((java.io.InputStream) new ByteBufInputStream(bytes.getByteBuf()))).filter(tree -> !tree.isMissingNode());
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    public static Buffer write(JsonNode tree) {
        try {
            return Buffer.buffer(MAPPER.writeValueAsBytes(tree));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree could not be written", impossible);
        }
    }
}
