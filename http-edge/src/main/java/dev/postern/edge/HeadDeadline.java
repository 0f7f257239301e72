// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection whose request head takes too long. A client that sends a byte now and then is never idle, and could hold connections for ever. The
 * time begins with the connection, and with the first byte behind a request; a connection that waits for an answer, or between two requests, is left alone.
 * One per connection, on its event loop.
 */
final class HeadDeadline extends ChannelDuplexHandler {
    private static final String DECODER = "httpDecoder";
    private final long withinMillis;
    private Future<?> deadline;
    private boolean inRequest;
    private boolean watching;

    HeadDeadline(long withinMillis) {
        this.withinMillis = withinMillis;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) throws Exception {
        begin(context);
        super.channelActive(context);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) throws Exception {
        if (!watching && context.pipeline().get(DECODER) != null) {
            context.pipeline().addAfter(DECODER, "headDeadline", new Decoded());
            watching = true;
        }
        if (!inRequest && deadline == null) {
            begin(context);
        }
        super.channelRead(context, bytes);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        end();
        super.channelInactive(context);
    }

    private void begin(ChannelHandlerContext context) {
        deadline = context.executor().schedule(() -> {
            deadline = null;
            if (!inRequest) {
                context.close();
            }
        }, withinMillis, TimeUnit.MILLISECONDS);
    }

    private void end() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    /** Sees what the decoder made of the bytes. */
    private final class Decoded extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
            if (message instanceof HttpRequest) {
                inRequest = true;
                end();
            }
            if (message instanceof LastHttpContent) {
                inRequest = false;
            }
            super.channelRead(context, message);
        }
    }

    /** Gives each connection of a server its deadline, before the connection is set up. */
    @ChannelHandler.Sharable
    static final class OfServer extends ChannelInboundHandlerAdapter {
        private final long withinMillis;

        OfServer(long withinMillis) {
            this.withinMillis = withinMillis;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object connection) throws Exception {
            if (connection instanceof io.netty.channel.Channel channel) {
                channel.pipeline().addFirst(new HeadDeadline(withinMillis));
            }
            super.channelRead(context, connection);
        }
    }
}
