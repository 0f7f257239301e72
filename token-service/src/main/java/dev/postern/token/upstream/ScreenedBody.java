// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.upstream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import dev.postern.edge.StrictJson;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Checks a body while it streams to the provider: it must be JSON, not nested too deeply, and no member that may name a resource may have a value. As in
 * bodies that are read whole, null and empty values are allowed. Each part is forwarded only after its check, and the length was announced: so the
 * provider never receives the whole of a refused body.
 */
public final class ScreenedBody implements ReadStream<Buffer> {
    private static final int TEXT_LENGTH_MAX = 1_048_576;
    private static final int POINTER_LENGTH_MAX = 240;
    private static final Pattern SHOWN = Pattern.compile("[!#-\\[\\]-~]{0,60}");
    private static final JsonFactory FACTORY = JsonFactory.builder().streamReadConstraints(StreamReadConstraints.builder()
        .maxNestingDepth(StrictJson.DEPTH_MAX).maxStringLength(TEXT_LENGTH_MAX).maxNumberLength(StrictJson.NUMBER_LENGTH_MAX).build()).build();

    private final ReadStream<Buffer> body;
    private final Predicate<String> mayNameAResource;
    private final Consumer<String> onRefused;
    private final JsonParser parser;
    /** The token that must follow for a member that may name a resource to be empty; null where no such member is open. */
    private JsonToken closes;
    private boolean named;
    private boolean refused;

    /**
     * @param mayNameAResource whether a member of this name may
     * @param onRefused        called once, with the reason, when the body must not go on
     */
    public ScreenedBody(ReadStream<Buffer> body, Predicate<String> mayNameAResource, Consumer<String> onRefused) {
        this.body = body;
        this.mayNameAResource = mayNameAResource;
        this.onRefused = onRefused;
        try {
            this.parser = FACTORY.createNonBlockingByteArrayParser();
        } catch (IOException impossible) {
            throw new IllegalStateException("no parser", impossible);
        }
    }

    @Override
    public ReadStream<Buffer> handler(Handler<Buffer> next) {
        body.handler(next == null ? null : part -> {
            if (refused) {
                return;
            }
            Optional<String> fault = fault(part);
            if (fault.isEmpty()) {
                next.handle(part);
            } else {
                refused = true;
                onRefused.accept(fault.get());
            }
        });
        return this;
    }

    private Optional<String> fault(Buffer part) {
        try {
            byte[] bytes = part.getBytes();
            ((ByteArrayFeeder) parser.getNonBlockingInputFeeder()).feedInput(bytes, 0, bytes.length);
            for (JsonToken token = parser.nextToken(); token != null && token != JsonToken.NOT_AVAILABLE; token = parser.nextToken()) {
                if (!passes(token)) {
                    return Optional.of("Body " + pointer() + " may name a resource, and this operation has no such member; leave it out.");
                }
            }
            return Optional.empty();
        } catch (IOException malformed) {
            return Optional.of("The body is no JSON.");
        }
    }

    /** Returns whether a token may go on: what follows the name of a reference must be null or empty. */
    private boolean passes(JsonToken token) throws IOException {
        if (closes != null) {
            boolean empty = token == closes;
            closes = null;
            return empty;
        }
        if (named) {
            named = false;
            closes = token == JsonToken.START_ARRAY ? JsonToken.END_ARRAY : token == JsonToken.START_OBJECT ? JsonToken.END_OBJECT : null;
            return closes != null || token == JsonToken.VALUE_NULL || token == JsonToken.VALUE_STRING && parser.getTextLength() == 0;
        }
        named = token == JsonToken.FIELD_NAME && mayNameAResource.test(parser.currentName());
        return true;
    }

    /** The member that is refused; a name that is long or has unusual characters is shown as a question mark. */
    private String pointer() {
        String[] segments = parser.getParsingContext().pathAsPointer().toString().split("/", -1);
        String pointer = Arrays.stream(segments).skip(1).map(segment -> SHOWN.matcher(segment).matches() ? segment : "?")
            .collect(Collectors.joining("/", "/", ""));
        return pointer.length() <= POINTER_LENGTH_MAX ? pointer : "…" + pointer.substring(pointer.length() - POINTER_LENGTH_MAX);
    }

    @Override
    public ReadStream<Buffer> exceptionHandler(Handler<Throwable> handler) {
        body.exceptionHandler(handler);
        return this;
    }

    @Override
    public ReadStream<Buffer> pause() {
        body.pause();
        return this;
    }

    @Override
    public ReadStream<Buffer> resume() {
        body.resume();
        return this;
    }

    @Override
    public ReadStream<Buffer> fetch(long amount) {
        body.fetch(amount);
        return this;
    }

    @Override
    public ReadStream<Buffer> endHandler(Handler<Void> end) {
        body.endHandler(end == null ? null : ended -> {
            if (!refused) {
                end.handle(ended);
            }
        });
        return this;
    }
}
