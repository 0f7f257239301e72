// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.token.operation.Operations;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rule of streamed bodies is the rule of bodies that are read whole: a member that may name a resource passes only where it names nothing. */
class ScreenedBodyTest {
    private static final Operations OPERATIONS = Operations.bundled();

    /** Returns the reason of refusal for a body sent in parts of this size; empty if it passes. */
    private static Optional<String> refused(String body, int partSize) {
        Parts parts = new Parts();
        List<String> faults = new ArrayList<>();
        Buffer passed = Buffer.buffer();
        new ScreenedBody(parts, OPERATIONS::mayNameAResource, faults::add).handler(passed::appendBuffer);
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at < bytes.length; at += partSize) {
            parts.handler.handle(Buffer.buffer(java.util.Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + partSize))));
        }
        assertThat(faults).hasSizeLessThanOrEqualTo(1);
        if (faults.isEmpty()) {
            assertThat(passed.toString()).isEqualTo(body);
        } else {
            assertThat(passed.length()).isLessThan(bytes.length);
        }
        return faults.stream().findFirst();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"tags\": null, \"title\": \"x\"}", "{\"droplet_ids\": []}", "{\"droplet_id\": \"\"}", "{\"droplet_id\": { }, \"a\": [1]}",
        "{\"a\": {\"volumeIds\": [ ]}, \"b\": [{\"urn\": null}, {\"urn\": \"\"}]}", "{\"vpc_uuid\":null,\"vpc_uuid\":[]}"})
    void memberThatIsNullOrEmptyNamesNothingAndPasses(String body) {
        for (int partSize : new int[] {1, 2, 3, 7, 1_000}) {
            assertThat(refused(body, partSize)).as("in parts of %d", partSize).isEmpty();
        }
    }

    @Test
    void memberThatNamesSomethingIsRefusedByItsPointer() {
        Map<String, String> bodies = Map.of("{\"droplet_ids\": [7]}", "/droplet_ids", "{\"droplet_ids\": [[]]}", "/droplet_ids", "{\"droplet_id\": 0}",
            "/droplet_id",
            "{\"a\": [{\"urn\": null}, {\"urn\": \"do:droplet:7\"}]}", "/a/1/urn", "{\"vpc_uuid\": false}", "/vpc_uuid", "{\"vpc_uuid\": \" \"}", "/vpc_uuid",
            "{\"droplet_id\": {\"a\": 1}}", "/droplet_id", "{\"droplet_ids\": null, \"droplet_ids\": [7]}", "/droplet_ids");
        bodies.forEach((body, pointer) -> {
            for (int partSize : new int[] {1, 2, 3, 7, 1_000}) {
                assertThat(refused(body, partSize)).as("%s in parts of %d", body, partSize).hasValueSatisfying(fault -> assertThat(fault)
                    .startsWith("Body " + pointer).contains(" may name a resource, and this operation has no such member; leave it out."));
            }
        });
    }

    @Test
    void nameThatIsLongOrUnusualIsNotRepeated() {
        assertThat(refused("{\"" + "a".repeat(61) + "\": {\"\\n\": {\"droplet_id\": 1}}}", 1_000))
            .hasValueSatisfying(fault -> assertThat(fault).startsWith("Body /?/?/droplet_id "));
    }

    @Test
    void malformedJsonIsRefusedAsSuch() {
        assertThat(refused("{\"a\": nul}", 3)).contains("The body is no JSON.");
    }

    /** Parts as a connection hands them on. */
    private static final class Parts implements ReadStream<Buffer> {
        private Handler<Buffer> handler;

        @Override
        public ReadStream<Buffer> exceptionHandler(Handler<Throwable> failed) {
            return this;
        }

        @Override
        public ReadStream<Buffer> handler(Handler<Buffer> next) {
            handler = next;
            return this;
        }

        @Override
        public ReadStream<Buffer> pause() {
            return this;
        }

        @Override
        public ReadStream<Buffer> resume() {
            return this;
        }

        @Override
        public ReadStream<Buffer> fetch(long amount) {
            return this;
        }

        @Override
        public ReadStream<Buffer> endHandler(Handler<Void> end) {
            return this;
        }
    }
}
