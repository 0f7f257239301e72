// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.liveness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.EventJson;
import dev.postern.events.Sha256;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Computes the digest of a grant's {@code authorization_details}: SHA-256 of their JSON as this service writes it. PostgreSQL computes the same from the text
 * of the decision in the row (migration {@code details_digest}). Where a later version of this service writes a detail otherwise, the digests differ, and the
 * row is read.
 */
public final class DetailsDigest {
    private static final ObjectWriter WRITER = EventJson.mapper().writerFor(new TypeReference<List<AuthorizationDetail>>() {});

    private DetailsDigest() {}

    /** Returns 64 lower-case hexadecimal digits. */
    public static String of(List<AuthorizationDetail> details) {
        try {
            return Sha256.hex(WRITER.writeValueAsBytes(details));
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException("details have no JSON", impossible);
        }
    }
}
