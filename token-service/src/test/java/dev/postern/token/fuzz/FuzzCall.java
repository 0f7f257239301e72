// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.fuzz;

import dev.postern.token.fuzz.ApiDocument.ApiOperation;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One generated call.
 *
 * @param target  path and query as they stand in the request line
 * @param body    JSON text; empty for none
 * @param plain   whether it is written exactly as the document says
 * @param subject the resource that the path names; empty for none
 */
public record FuzzCall(ApiOperation operation, String target, Optional<String> body, boolean plain, Optional<SampleWorld.Resource> subject) {
    /** Returns the bytes of the request. */
    public byte[] bytes(String token) {
        StringBuilder head = new StringBuilder(operation.method()).append(' ').append(target).append(" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n")
            .append("Authorization: Bearer ").append(token).append("\r\n");
        byte[] content = body.orElse("").getBytes(StandardCharsets.UTF_8);
        if (body.isPresent()) {
            head.append("Content-Type: application/json\r\nContent-Length: ").append(content.length).append("\r\n");
        }
        byte[] first = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = java.util.Arrays.copyOf(first, first.length + content.length);
        System.arraycopy(content, 0, all, first.length, content.length);
        return all;
    }

    @Override
    public String toString() {
        return operation.id() + ": " + operation.method() + " " + target + body.map(text -> " " + text).orElse("");
    }
}
