package dev.postern.token.gateway;

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
import java.util.function.Predicate;

/**
 * A body that streams, looked at as it passes: JSON, not too deep, and no member that may name a resource. A part goes on only after it was looked at, and
 * the length was announced: so of a body that is refused, the provider never gets the whole.
 */
final class WatchedBody implements ReadStream<Buffer> {
    private static final int TEXT_LENGTH_MAX = 1_048_576;
    private static final JsonFactory FACTORY = JsonFactory.builder().streamReadConstraints(StreamReadConstraints.builder()
        .maxNestingDepth(StrictJson.DEPTH_MAX).maxStringLength(TEXT_LENGTH_MAX).maxNumberLength(StrictJson.NUMBER_LENGTH_MAX).build()).build();

    private final ReadStream<Buffer> body;
    private final Predicate<String> mayNameAResource;
    private final Runnable onRefused;
    private final JsonParser parser;
    private boolean refused;

    /**
     * @param mayNameAResource whether a member of this name may
     * @param onRefused        hears once that the body must not go on
     */
    WatchedBody(ReadStream<Buffer> body, Predicate<String> mayNameAResource, Runnable onRefused) {
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
            if (isClean(part)) {
                next.handle(part);
            } else {
                refused = true;
                onRefused.run();
            }
        });
        return this;
    }

    private boolean isClean(Buffer part) {
        try {
            byte[] bytes = part.getBytes();
            ((ByteArrayFeeder) parser.getNonBlockingInputFeeder()).feedInput(bytes, 0, bytes.length);
            for (JsonToken token = parser.nextToken(); token != null && token != JsonToken.NOT_AVAILABLE; token = parser.nextToken()) {
                if (token == JsonToken.FIELD_NAME && mayNameAResource.test(parser.currentName())) {
                    return false;
                }
            }
            return true;
        } catch (IOException malformed) {
            return false;
        }
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
