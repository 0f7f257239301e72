// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http1;

import java.util.List;

/**
 * The head of a request that can be read in one way only.
 *
 * @param method          one of {@link RequestHeadParser#METHODS}
 * @param target          decoded
 * @param headers         all of them in their order, names in lower case
 * @param authorization   the one Authorization header, null if there is none
 * @param contentLength   -1 if the head does not say; never beside {@code chunked}
 * @param chunked         whether the body comes in chunks
 * @param expectsContinue whether the client waits for 100 before it sends the body
 */
public record RequestHead(String method, RequestTarget target, List<Header> headers, String authorization, long contentLength, boolean chunked,
                          boolean expectsContinue) implements ParsedHead {
    /** One header. */
    public record Header(String name, String value) {}

    /** Returns true if a body follows the head. */
    public boolean hasBody() {
        return chunked || contentLength > 0;
    }

    /** The first value of a header, null if there is none. */
    public String header(String name) {
        for (Header header : headers) {
            if (header.name().equals(name)) {
                return header.value();
            }
        }
        return null;
    }

    /** Without values: they may be secret. */
    @Override
    public String toString() {
        return method + " of " + target.segments().size() + " segments";
    }
}
