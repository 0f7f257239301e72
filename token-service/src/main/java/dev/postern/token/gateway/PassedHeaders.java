package dev.postern.token.gateway;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Which headers go on. To the provider only those that are named here; to the client all but those that are named here. */
final class PassedHeaders {
    private static final Set<String> TO_PROVIDER = Set.of("accept", "accept-language", "accept-encoding", "content-type", "user-agent", "if-match",
        "if-none-match", "if-modified-since", "if-unmodified-since", "range", "x-dangerous");
    /** As the library looks for them: with hashes that are computed once. */
    private static final List<CharSequence> NOT_TO_CLIENT = Stream.of("connection", "keep-alive", "proxy-authenticate", "proxy-authorization",
        "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "set-cookie", "set-cookie2", "alt-svc").map(HttpHeaders::createOptimized).toList();

    private PassedHeaders() { }

    /** @param readHere whether the answer is read here: then it must come as it is, whole and not compressed */
    static void toProvider(RequestHead head, boolean readHere, MultiMap into) {
        for (RequestHead.Header header : head.headers()) {
            String name = header.name();
            if (TO_PROVIDER.contains(name) && !(readHere && (name.equals("accept-encoding") || name.equals("range") || name.startsWith("if-")))) {
                into.add(name, header.value());
            }
        }
    }

    /** Takes out what must not reach the client: hop-by-hop headers (RFC 9110 section 7.6.1), those that Connection names, and cookies. */
    static void toClient(MultiMap headers) {
        Set<String> nominated = null;
        for (String connection : headers.getAll("connection")) {
            nominated = nominated == null ? new HashSet<>() : nominated;
            for (String name : connection.split(",")) {
                nominated.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        NOT_TO_CLIENT.forEach(headers::remove);
        if (nominated != null) {
            nominated.remove("content-length");
            nominated.forEach(headers::remove);
        }
    }
}
