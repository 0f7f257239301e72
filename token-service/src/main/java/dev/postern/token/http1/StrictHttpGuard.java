// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http1;

import dev.postern.events.SourceAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Checks the raw bytes of one connection, before the HTTP codec. It forwards only requests that {@link RequestHeadParser} and {@link BodyFraming} can
 * read in one way, one at a time: the next request of the same connection waits here until this one is answered. A refused request gets 400 (or a
 * related status) in the provider's error format, and the connection closes. Confined to the connection's event loop.
 */
public final class StrictHttpGuard extends ChannelInboundHandlerAdapter {
    private static final AttributeKey<StrictHttpGuard> KEY = AttributeKey.valueOf(StrictHttpGuard.class.getName());
    /** Limit of buffered bytes behind an unanswered request. */
    private static final int WAITING_BYTES_MAX = 65_536;
    /** Limit of bytes that are read and discarded before a connection closes, so that the client can read its answer. */
    private static final int LINGER_BYTES_MAX = 1_048_576;
    private static final long LINGER_MS = 1_000;

    private enum State { HEAD, BODY, ANSWERING, ENDING }

    private final Set<String> hosts;
    private final SlowRequests slow;
    private final GuardRefusals refusals;
    private ChannelHandlerContext context;
    private State state = State.HEAD;
    private ByteBuf waiting = Unpooled.EMPTY_BUFFER;
    private RequestHead head;
    private BodyFraming framing;
    private Consumer<Refusal> onBadBody;
    private int lingered;
    private int scanned;
    private boolean running;
    private SourceAddress peer;

    private int slowWalks;
    private long bodyBytes;

    StrictHttpGuard(Set<String> hosts, SlowRequests slow, GuardRefusals refusals) {
        this.hosts = hosts;
        this.slow = slow;
        this.refusals = refusals;
    }

    /**
     * Installs the guard first in the pipeline of a new connection, behind Netty's idle timeout: it counts the raw bytes that are read, and a long response
     * that the client still takes. The server closes the connection on its event.
     */
    public static void before(HttpConnection connection, Set<String> hosts, Duration idleMax, SlowRequests slow, GuardRefusals refusals) {
        StrictHttpGuard guard = new StrictHttpGuard(hosts, slow, refusals);
        io.netty.channel.Channel channel = ((ConnectionBase) connection).channel();
        channel.attr(KEY).set(guard);
        channel.pipeline().addFirst("strict-guard", guard);
        channel.pipeline().addFirst("idle-timeout", new IdleStateHandler(true, 0, 0, idleMax.toMillis(), TimeUnit.MILLISECONDS));
        slow.add(guard);
    }

    /** The guard of a connection. */
    public static StrictHttpGuard of(HttpConnection connection) {
        return ((ConnectionBase) connection).channel().attr(KEY).get();
    }

    /** The head of the request that is being answered. */
    public RequestHead head() {
        return head;
    }

    /** Returns the caller's address; empty if it cannot be determined. */
    public Optional<SourceAddress> caller(List<SourceAddress> proxies) {
        if (peer == null) {
            peer = SourceAddress.canonicalOf(((InetSocketAddress) context.channel().remoteAddress()).getAddress().getHostAddress().replaceFirst("%.*", ""));
        }
        if (proxies.isEmpty()) {
            return Optional.of(peer);
        }
        return CallerAddress.of(peer, head.headers().stream().filter(header -> header.name().equals("x-forwarded-for")).map(RequestHead.Header::value).toList(),
            proxies);
    }

    /** Returns true if the whole request has arrived. */
    public boolean isWhole() {
        return state == State.ANSWERING;
    }

    /** Sets the listener for a malformed request body. It must answer, and close the connection. */
    public void onBadBody(Consumer<Refusal> listener) {
        onBadBody = listener;
    }

    /**
     * Called by each sweep: closes a connection whose request head is not whole after so many sweeps, and refuses a request whose body came with fewer bytes
     * than {@code bytesMin} between two sweeps, so many times in a row. A body that waits for us is not slow.
     */
    void refuseIfSlow(int headWalks, int bodyWalks, long bytesMin) {
        if (state == State.HEAD && waiting.isReadable()) {
            slowWalks++;
            if (slowWalks > headWalks) {
                refusals.count(new Refusal(408, "slow-head", "The head of the request did not come in time."));
                context.close();
            }
        } else if (state == State.BODY && context.channel().config().isAutoRead()) {
            slowWalks = bodyBytes < bytesMin ? slowWalks + 1 : 0;
            bodyBytes = 0;
            if (slowWalks >= bodyWalks) {
                badBody(new Refusal(408, "slow-body", "The body of the request comes too slowly."));
            }
        } else {
            slowWalks = 0;
        }
    }

    /** The request has been answered: the next one may come. If not all of it has come, the connection ends. */
    public void answered() {
        onBadBody = null;
        head = null;
        if (state != State.ANSWERING) {
            end();
            return;
        }
        state = State.HEAD;
        if (!running && waiting.isReadable()) {
            proceed();
            context.fireChannelReadComplete();
        }
    }

    /** Ends the connection when what was written is out; what still comes is thrown away for a moment. */
    void end() {
        if (state == State.ENDING) {
            return;
        }
        state = State.ENDING;
        waiting.release();
        waiting = Unpooled.EMPTY_BUFFER;
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (context.channel() instanceof DuplexChannel duplex && duplex.isActive()) {
                duplex.shutdownOutput();
                context.channel().config().setAutoRead(true);
                context.executor().schedule(() -> context.close(), LINGER_MS, TimeUnit.MILLISECONDS);
            } else {
                context.close();
            }
        });
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        slow.remove(this);
        state = State.ENDING;
        waiting.release();
        waiting = Unpooled.EMPTY_BUFFER;
        ctx.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            ctx.fireChannelRead(message);
            return;
        }
        if (state == State.ENDING) {
            lingered += bytes.readableBytes();
            bytes.release();
            if (lingered > LINGER_BYTES_MAX) {
                ctx.close();
            }
            return;
        }
        waiting = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), waiting, bytes);
        proceed();
    }

    /** Goes on as far as the bytes, and the request that is being answered, let it. */
    private void proceed() {
        running = true;
        try {
            boolean more = true;
            while (more && waiting.isReadable() && state != State.ENDING) {
                more = state == State.HEAD ? passHead() : state == State.BODY && passBody();
            }
            if (state == State.ANSWERING && waiting.readableBytes() > WAITING_BYTES_MAX) {
                context.close();
            }
        } finally {
            running = false;
        }
        if (!waiting.isReadable()) {
            waiting.release();
            waiting = Unpooled.EMPTY_BUFFER;
        }
    }

    private boolean passHead() {
        int end = headEnd();
        if (end < 0) {
            return false;
        }
        int length = end - waiting.readerIndex();
        ParsedHead reading = RequestHeadParser.read(ByteBufUtil.getBytes(waiting, waiting.readerIndex(), length), hosts);
        if (reading instanceof Refusal refusal) {
            refuse(refusal);
            return false;
        }
        head = (RequestHead) reading;
        scanned = 0;
        framing = BodyFraming.of(head);
        state = framing.isDone() ? State.ANSWERING : State.BODY;
        slowWalks = 0;
        bodyBytes = 0;
        pass(length);
        return true;
    }

    /** Hands on the first bytes that wait; without a slice where they are all. */
    private void pass(int length) {
        ByteBuf bytes = waiting;
        if (length == bytes.readableBytes()) {
            waiting = Unpooled.EMPTY_BUFFER;
            context.fireChannelRead(bytes);
        } else {
            context.fireChannelRead(bytes.readRetainedSlice(length));
        }
    }

    /** The index behind the empty line; -1 if it has not come yet, or the head was refused. Line ends must be CRLF, so there is no other end to wait for. */
    private int headEnd() {
        int start = waiting.readerIndex();
        for (int at = start + scanned; at < waiting.writerIndex(); at++) {
            byte b = waiting.getByte(at);
            byte before = at > start ? waiting.getByte(at - 1) : 0;
            if (b == '\n' ? before != '\r' : before == '\r' || b >= 0 && b < 0x20 && b != '\r' && b != '\t') {
                refuse(Refusal.malformed(b >= 0x20 || b == '\n' ? "line-end" : "control-character",
                    "The head has a control character, or a line that does not end in CRLF."));
                return -1;
            }
            if (b == '\n' && at == start + 1) {
                refuse(Refusal.malformed("empty-line", "The request line is missing."));
                return -1;
            }
            if (b == '\n' && at - start >= 3 && waiting.getByte(at - 2) == '\n') {
                return at + 1;
            }
            if (at - start >= RequestHeadParser.BYTES_MAX) {
                refuse(new Refusal(431, "long-head", "The head of the request is too long."));
                return -1;
            }
        }
        scanned = waiting.readableBytes();
        return -1;
    }

    private boolean passBody() {
        int start = waiting.readerIndex();
        int at = start;
        while (at < waiting.writerIndex() && !framing.isDone()) {
            long data = framing.dataLeft();
            if (data > 0) {
                int step = (int) Math.min(data, waiting.writerIndex() - at);
                framing.skip(step);
                at += step;
            } else if (framing.take(waiting.getByte(at))) {
                at++;
            } else {
                badBody(framing.refusal());
                return false;
            }
        }
        if (framing.isDone()) {
            state = State.ANSWERING;
        }
        bodyBytes += at - start;
        pass(at - start);
        return true;
    }

    private void badBody(Refusal refusal) {
        refusals.count(refusal);
        if (onBadBody == null) {
            context.close();
            return;
        }
        waiting.skipBytes(waiting.readableBytes());
        onBadBody.accept(refusal);
    }

    /** Nothing is being answered now, so the answer can be written past the codec. */
    private void refuse(Refusal refusal) {
        refusals.count(refusal);
        context.write(Unpooled.wrappedBuffer(refusals.response(refusal)));
        end();
    }
}
