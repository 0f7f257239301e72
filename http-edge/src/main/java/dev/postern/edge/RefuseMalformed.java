// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Stands before every route and refuses what would make a framework stumble: percent-encoding that is none, bytes that are no UTF-8, control
 * characters, headers twice that may stand once, codings that nobody reads, bodies that are too large (also those that do not say so before).
 */
@Singleton
public class RefuseMalformed {
    /** Before the framework's own limit, whose 413 has no body. */
    private static final int PRIORITY = 10_000;
    private static final String UNKNOWN_CODING = "unknown-transfer-coding";
    private static final String FORM = MediaType.APPLICATION_FORM_URLENCODED;
    private static final int LENGTH_DIGITS_MAX = 18;
    private static final List<String> ONLY_ONCE = List.of("Host", "Content-Type", "Content-Length", "Authorization", "If-Match", "Last-Event-ID");
    private static final Pattern DOTS = Pattern.compile("(?i)[a-z]+ [. ]*");
    private static final Pattern BLANKS = Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]++) {2,}+([^ ].*)");
    private final long bodyMax;
    private final Routes routes;

    RefuseMalformed(@ConfigProperty(name = "quarkus.http.limits.max-body-size") Optional<MemorySize> bodyMax, Routes routes) {
        this.routes = routes;
        this.bodyMax = bodyMax.map(MemorySize::asLongValue).orElse(Long.MAX_VALUE);
    }

    void register(@Observes Filters filters) {
        filters.register(this::handle, PRIORITY);
    }

    private void handle(RoutingContext context) {
        if (isNoToken(context.request().getHeader("Authorization"))) {
            context.response().putHeader("WWW-Authenticate", ProblemAnswers.BAD_TOKEN);
            VertxAnswers.send(context, HttpProblems.of(401));
            return;
        }
        joinCredentials(context.request());
        try {
            checkUri(context.request());
            checkHeaders(context.request());
        } catch (Problem problem) {
            if (problem.rule().equals(UNKNOWN_CODING)) {
                // RFC 9112 section 6.3: where the body ends is not known, so nothing that follows can be read.
                VertxAnswers.sendAndClose(context, problem);
            } else {
                VertxAnswers.send(context, problem);
            }
            return;
        }
        HttpServerRequest request = context.request();
        String length = request.getHeader("Content-Length");
        if (length != null && (length.length() > LENGTH_DIGITS_MAX || Long.parseLong(length) > bodyMax)) {
            VertxAnswers.sendAndClose(context, HttpProblems.of(413));
        } else if (request.getHeader("Transfer-Encoding") != null || length != null && isForm(request)) {
            readBody(context);
        } else {
            context.next();
        }
    }

    private static void checkUri(HttpServerRequest request) {
        String uri = request.uri();
        int question = uri.indexOf('?');
        String path = question < 0 ? uri : uri.substring(0, question);
        String query = question < 0 ? "" : uri.substring(question + 1);
        if (!PercentEncoding.decode(path).filter(Text::isCleanLine).isPresent()) {
            throw new Problem(400, "malformed-uri", "the path must be percent-encoded UTF-8 without control characters");
        }
        if (!PercentEncoding.decode(query).filter(Text::isCleanLine).isPresent()) {
            throw new Problem(400, "malformed-uri", "the query must be percent-encoded UTF-8 without control characters").at("?");
        }
    }

    private void checkHeaders(HttpServerRequest request) {
        for (String header : ONLY_ONCE) {
            if (request.headers().getAll(header).size() > 1) {
                throw new Problem(400, "repeated-header", header + " may stand only once");
            }
        }
        String type = request.getHeader("Content-Type");
        if (type != null && !isMediaType(type)) {
            throw HttpProblems.of(415, request.method().name(), request.path(), routes);
        }
        List<String> codings = request.headers().getAll("Transfer-Encoding");
        if (!codings.isEmpty() && !String.join(", ", codings).equalsIgnoreCase("chunked")) {
            throw new Problem(400, UNKNOWN_CODING, "the only transfer coding that is read is chunked");
        }
        String encoding = request.getHeader("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new Problem(415, "unknown-content-coding", "bodies are read as they are, without a content coding")
                .header("Accept-Encoding", "identity");
        }
    }

    private static boolean isMediaType(String type) {
        try {
            return MediaType.valueOf(type) != null;
        } catch (IllegalArgumentException none) {
            return false;
        }
    }

    /** RFC 9110 section 11.4 lets several blanks stand between scheme and credentials; the framework's readers take one. */
    private static void joinCredentials(HttpServerRequest request) {
        String authorization = request.getHeader("Authorization");
        Matcher apart = authorization == null ? null : BLANKS.matcher(authorization);
        if (apart != null && apart.matches()) {
            request.headers().set("Authorization", apart.group(1) + " " + apart.group(2));
        }
    }

    /** A bearer token of dots alone makes quarkus-oidc stumble where it looks for the parts of a JWT. */
    static boolean isNoToken(String authorization) {
        return authorization != null && DOTS.matcher(authorization).matches();
    }

    /** Returns whether a form comes to a route that reads forms. What curl -d sends elsewhere says that it is one and is refused for that, not for its form. */
    private boolean isForm(HttpServerRequest request) {
        String type = request.getHeader("Content-Type");
        return type != null && type.toLowerCase(Locale.ROOT).startsWith(FORM)
            && routes.of(request.method().name(), request.path()).stream().anyMatch(route -> route.reads().contains(FORM));
    }

    /**
     * Reads a body of unknown length, up to the limit: the framework would read it with a blocking thread and break off without an answer. And reads a
     * form, whose broken escapes would leave the framework waiting for ever.
     */
    private void readBody(RoutingContext context) {
        Buffer body = Buffer.buffer();
        HttpServerRequest request = context.request();
        request.handler(chunk -> {
            if (context.response().ended()) {
                return;
            }
            if (body.length() + chunk.length() > bodyMax) {
                VertxAnswers.sendAndClose(context, HttpProblems.of(413));
                return;
            }
            body.appendBuffer(chunk);
        });
        request.exceptionHandler(broken -> VertxAnswers.sendAndClose(context, HttpProblems.of(400)));
        request.endHandler(end -> {
            if (context.response().ended()) {
                return;
            }
            if (isForm(request) && !isCleanForm(body)) {
                VertxAnswers.send(context, new Problem(400, "malformed-form", "the form must be percent-encoded UTF-8 without control characters"));
                return;
            }
            ((RoutingContextInternal) context).setBody(body);
            context.next();
        });
        request.resume();
    }

    private static boolean isCleanForm(Buffer body) {
        return PercentEncoding.decode(body.toString(StandardCharsets.ISO_8859_1)).filter(Text::isClean).isPresent();
    }
}
