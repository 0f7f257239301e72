// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.upstream;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;

/** An answer that streams through, with its links rewritten as it passes. */
public final class LinkStream implements ReadStream<Buffer> {
    private final ReadStream<Buffer> answer;
    private final LinkRewriter rewriter;
    private Handler<Buffer> next;

    public LinkStream(ReadStream<Buffer> answer, ProviderLinks links) {
        this.answer = answer;
        this.rewriter = new LinkRewriter(links);
    }

    @Override
    public ReadStream<Buffer> handler(Handler<Buffer> handler) {
        next = handler;
        answer.handler(handler == null ? null : part -> pass(rewriter.next(part.getBytes())));
        return this;
    }

    private void pass(Buffer part) {
        if (part.length() > 0 && next != null) {
            next.handle(part);
        }
    }

    @Override
    public ReadStream<Buffer> endHandler(Handler<Void> end) {
        answer.endHandler(end == null ? null : ended -> {
            pass(rewriter.end());
            end.handle(ended);
        });
        return this;
    }

    @Override
    public ReadStream<Buffer> exceptionHandler(Handler<Throwable> handler) {
        answer.exceptionHandler(handler);
        return this;
    }

    @Override
    public ReadStream<Buffer> pause() {
        answer.pause();
        return this;
    }

    @Override
    public ReadStream<Buffer> resume() {
        answer.resume();
        return this;
    }

    @Override
    public ReadStream<Buffer> fetch(long amount) {
        answer.fetch(amount);
        return this;
    }
}
