// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http1;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Differential test: requests that the guard accepts, read by Netty and by the JDK's server. Both see the same method, target, headers, body and next request,
 * or refuse the request. Another reading would be a smuggled request.
 */
class OtherServersProperties {
    private static final Set<String> HOSTS = Set.of("localhost");
    private static final String NEXT = "GET /v2/next HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final List<Reading> SEEN = new CopyOnWriteArrayList<>();
    private static HttpServer jdk;
    private static int accepted;
    private static int readByNetty;
    private static int readByJdk;

    /** One request as a reader sees it; values of headers by their name, and the target of the request behind it, null if the reader saw none. */
    private record Reading(String method, String target, Map<String, List<String>> headers, String body, String next) {}

    @BeforeContainer
    static void start() throws IOException {
        jdk = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        jdk.createContext("/", OtherServersProperties::record);
        jdk.start();
    }

    /** A test that compares nothing proves nothing. */
    @AfterContainer
    static void stop() {
        jdk.stop(0);
        assertThat(accepted).isGreaterThan(3_000);
        assertThat(readByNetty).isGreaterThan(accepted * 9 / 10);
        assertThat(readByJdk).isGreaterThan(accepted / 2);
    }

    @Property(tries = 10_000, edgeCases = EdgeCasesMode.NONE)
    void otherServersReadAcceptedRequestsAsTheGuardDoes(@ForAll("requests") String request) throws IOException {
        byte[] bytes = (request + NEXT).getBytes(StandardCharsets.ISO_8859_1);
        RequestHead head = head(bytes);
        Reading ours = head == null ? null : reading(head, bytes);
        if (ours == null) {
            return;
        }
        accepted++;
        Reading netty = netty(bytes);
        if (netty != null) {
            readByNetty++;
            assertThat(withoutTarget(netty)).isEqualTo(ours);
            assertThat(decoded(netty.target())).isEqualTo(decoded(head));
        }
        Reading other = jdk(bytes);
        if (other != null) {
            readByJdk++;
            assertThat(withoutTarget(other)).isEqualTo(closes(head) ? new Reading(ours.method(), null, ours.headers(), ours.body(), null) : ours);
            assertThat(decoded(other.target())).isEqualTo(decoded(head));
        }
    }

    @Provide
    Arbitrary<String> requests() {
        return GeneratedRequests.any();
    }

    /** Returns the head as the guard reads it; null if it is refused. */
    private static RequestHead head(byte[] bytes) {
        int end = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;
        byte[] head = new byte[end];
        System.arraycopy(bytes, 0, head, 0, end);
        return RequestHeadParser.read(head, HOSTS) instanceof RequestHead read ? read : null;
    }

    /** Returns the request as the guard frames it, without its target; null if its body is refused. */
    private static Reading reading(RequestHead head, byte[] bytes) {
        BodyFraming framing = BodyFraming.of(head);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;
        while (!framing.isDone()) {
            if (at == bytes.length) {
                return null;
            }
            if (framing.dataLeft() > 0) {
                framing.skip(1);
                body.write(bytes[at]);
            } else if (!framing.take(bytes[at])) {
                return null;
            }
            at++;
        }
        String rest = new String(bytes, at, bytes.length - at, StandardCharsets.ISO_8859_1);
        Map<String, List<String>> headers = new TreeMap<>();
        head.headers().forEach(header -> add(headers, header.name(), header.value()));
        return new Reading(head.method(), null, headers, body.toString(StandardCharsets.ISO_8859_1), rest.startsWith("GET ") ? rest.split(" ")[1] : null);
    }

    /** Without an aggregator: that one rewrites the headers of the framing. */
    private static Reading netty(byte[] bytes) {
        EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder(65_536, 65_536, 65_536));
        try {
            channel.writeInbound(Unpooled.wrappedBuffer(bytes));
            HttpRequest first = null;
            Map<String, List<String>> headers = new TreeMap<>();
            StringBuilder body = new StringBuilder();
            for (Object part = channel.readInbound(); part != null; part = channel.readInbound()) {
                if (((HttpObject) part).decoderResult().isFailure()) {
                    return null;
                }
                if (part instanceof HttpRequest request && first != null) {
                    return new Reading(first.method().name(), first.uri(), headers, body.toString(), request.uri());
                }
                if (part instanceof HttpRequest request) {
                    first = request;
                    first.headers().forEach(header -> add(headers, header.getKey(), header.getValue()));
                }
                if (part instanceof HttpContent content) {
                    body.append(content.content().toString(StandardCharsets.ISO_8859_1));
                    content.release();
                }
            }
            return first == null ? null : new Reading(first.method().name(), first.uri(), headers, body.toString(), null);
        } finally {
            channel.finishAndReleaseAll();
        }
    }

    private static Reading jdk(byte[] bytes) throws IOException {
        SEEN.clear();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), jdk.getAddress().getPort())) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        }
        if (SEEN.isEmpty()) {
            return null;
        }
        Reading first = SEEN.get(0);
        return new Reading(first.method(), first.target(), first.headers(), first.body(), SEEN.size() > 1 ? SEEN.get(1).target() : null);
    }

    private static void record(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1);
            Map<String, List<String>> headers = new TreeMap<>();
            exchange.getRequestHeaders().forEach((name, values) -> values.forEach(value -> add(headers, name, value)));
            SEEN.add(new Reading(exchange.getRequestMethod(), exchange.getRequestURI().toString(), headers, body, null));
            exchange.sendResponseHeaders(204, -1);
        }
    }

    /** The guard drops values with other bytes than ASCII, so they are compared nowhere. A length is compared as a number: 00 is 0. */
    private static void add(Map<String, List<String>> headers, String name, String value) {
        if (value.chars().allMatch(c -> c < 0x7f)) {
            String compared = name.equalsIgnoreCase("content-length") && value.matches("[0-9]+") ? String.valueOf(Long.parseLong(value)) : value;
            headers.computeIfAbsent(name.toLowerCase(Locale.ROOT), any -> new ArrayList<>()).add(compared);
        }
    }

    private static Reading withoutTarget(Reading reading) {
        return new Reading(reading.method(), null, reading.headers(), reading.body(), reading.next());
    }

    private static boolean closes(RequestHead head) {
        return head.headers().stream().anyMatch(header -> header.name().equals("connection") && header.value().equals("close"));
    }

    private static String decoded(RequestHead head) {
        StringBuilder text = new StringBuilder();
        head.target().segments().forEach(segment -> text.append('/').append(segment));
        Map<String, List<String>> query = new TreeMap<>();
        head.target().query().forEach(each -> query.computeIfAbsent(each.name(), any -> new ArrayList<>()).add(each.value()));
        return text + " " + query;
    }

    /** One slash at the end of a path says nothing to the guard: the provider is called by the template that matched. */
    private static String decoded(String target) {
        QueryStringDecoder decoder = new QueryStringDecoder(target);
        return decoder.path().replaceFirst("(?<=.)/$", "") + " " + new TreeMap<>(decoder.parameters());
    }
}
