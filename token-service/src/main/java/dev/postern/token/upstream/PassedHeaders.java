// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.upstream;

import dev.postern.token.http1.RequestHead;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Selects the headers to forward: to the provider only those listed here; to the client all but those listed here. */
public final class PassedHeaders {
    /**
     * Header names, as strings of the library with precomputed hashes. Accept-Encoding and Range are absent: links are rewritten in a whole,
     * uncompressed answer. Content-Type is absent: the gateway always sends JSON in UTF-8, however the client spelled it.
     */
    private static final Map<String, CharSequence> TO_PROVIDER = Stream.of("accept", "accept-language", "user-agent", "if-match",
        "if-none-match", "if-modified-since", "if-unmodified-since", "x-dangerous")
        .collect(Collectors.toUnmodifiableMap(name -> name, HttpHeaders::createOptimized));
    /** Also behind {@code x-}. */
    private static final String RATELIMIT = "ratelimit-";
    private static final Set<String> NOT_TO_CLIENT = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

    static {
        NOT_TO_CLIENT.addAll(List.of("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
            "transfer-encoding", "upgrade", "set-cookie", "set-cookie2", "alt-svc"));
    }

    private PassedHeaders() {}

    /** @param readHere whether the answer is read here: then it must come as JSON, and not depend on what the client knows already */
    public static void toProvider(RequestHead head, boolean readHere, MultiMap into) {
        for (RequestHead.Header header : head.headers()) {
            String name = header.name();
            CharSequence passed = TO_PROVIDER.get(name);
            if (passed != null && !(readHere && (name.startsWith("if-") || name.equals("accept"))) && !(name.equals("user-agent") && into.contains(passed))) {
                into.add(passed, header.value());
            }
        }
        if (readHere) {
            into.set(HttpHeaders.ACCEPT, "application/json");
        }
    }

    /**
     * Takes out what must not reach the client: hop-by-hop headers (RFC 9110 section 7.6.1), those that Connection names, cookies, and the account's budget
     * ({@code ratelimit-*}), which is not the token's.
     */
    public static void toClient(MultiMap headers) {
        List<String> taken = new ArrayList<>();
        headers.forEach((name, value) -> {
            int from = name.startsWith("x-") || name.startsWith("X-") ? 2 : 0;
            if (NOT_TO_CLIENT.contains(name) || name.regionMatches(true, from, RATELIMIT, 0, RATELIMIT.length())) {
                taken.add(name);
                if (name.equalsIgnoreCase("connection")) {
                    Stream.of(value.split(",")).map(String::strip).filter(nominated -> !nominated.equalsIgnoreCase("content-length")).forEach(taken::add);
                }
            }
        });
        taken.forEach(headers::remove);
    }
}
