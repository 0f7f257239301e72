// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.postern.audit.LogEntry;
import dev.postern.audit.postgres.LogReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * An entry over HTTP.
 *
 * @param index         its place in the log, from 0
 * @param topic         the topic it came on
 * @param key           the key it came with
 * @param type          the CloudEvents type
 * @param source        the CloudEvents source: the service that published it
 * @param id            the CloudEvents id
 * @param time          the CloudEvents time as it was written: when it happened
 * @param appendedAt    when it got its place
 * @param leafHash      RFC 9162 leaf hash, hex
 * @param data          the event, its JSON as it came
 * @param headers       all CloudEvents headers; only where one entry is asked for
 * @param payloadBase64 the exact bytes of the event; only where one entry is asked for
 */
public record EntryView(long index, String topic, String key, String type, String source, String id, String time, Instant appendedAt, String leafHash,
                        @JsonRawValue String data, Optional<Map<String, String>> headers,
                        @JsonProperty("payload_base64") Optional<String> payloadBase64) {

    /** Returns the form without payload and proof that lists and the stream have. */
    static EntryView brief(LogReader.Stored stored) {
        return view(stored, Optional.empty(), Optional.empty());
    }

    /** All of it: from this the leaf can be made again. */
    static EntryView full(LogReader.Stored stored) {
        return view(stored, Optional.of(stored.entry().headers()), Optional.of(Base64.getEncoder().encodeToString(stored.entry().payload())));
    }

    private static EntryView view(LogReader.Stored stored, Optional<Map<String, String>> headers, Optional<String> payload) {
        LogEntry entry = stored.entry();
        return new EntryView(stored.index(), entry.topic(), entry.key(), entry.headers().get("ce_type"), entry.headers().get("ce_source"),
            entry.headers().get("ce_id"), entry.headers().get("ce_time"), stored.appendedAt(), stored.leafHash().hex(),
            new String(entry.payload(), StandardCharsets.UTF_8), headers, payload);
    }
}
