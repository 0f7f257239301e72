// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.stack;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Relays connections from the IPv6 loopback address to the same port of the IPv4 one. The stack's servers listen on 127.0.0.1 alone, so that no other machine
 * reaches them; some clients resolve {@code localhost} to {@code ::1} and try nothing else.
 */
final class LoopbackRelay implements AutoCloseable {
    private static final int CONNECTIONS_MAX = 256;
    private static final int BUFFER_BYTES = 16 * 1024;
    private static final int CONNECT_WITHIN_MS = 2_000;

    private final List<ServerSocket> listening = new ArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "postern-loopback-relay");
        thread.setDaemon(true);
        return thread;
    });

    private LoopbackRelay() {}

    /** Starts to relay. A port that something listens on already is left to it, and a machine without IPv6 has no relay. */
    static LoopbackRelay start(Collection<Integer> ports) {
        LoopbackRelay relay = new LoopbackRelay();
        ports.forEach(relay::listen);
        return relay;
    }

    /** Returns the ports that are relayed. */
    List<Integer> ports() {
        return listening.stream().map(ServerSocket::getLocalPort).toList();
    }

    private void listen(int port) {
        try {
            ServerSocket server = new ServerSocket();
            try {
                server.bind(new InetSocketAddress(address("::1"), port));
            } catch (IOException takenOrNoIpv6) {
                server.close();
                return;
            }
            listening.add(server);
            threads.execute(() -> accept(server));
        } catch (IOException noSocket) {
            throw new IllegalStateException("no socket can be opened", noSocket);
        }
    }

    private void accept(ServerSocket server) {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                if (open.size() >= CONNECTIONS_MAX) {
                    close(client);
                } else {
                    open.add(client);
                    threads.execute(() -> relay(client, server.getLocalPort()));
                }
            } catch (IOException failed) {
                // A failure of one connection does not end the others; a closed socket ends the loop.
                Thread.onSpinWait();
            }
        }
    }

    private void relay(Socket client, int port) {
        try (client; Socket server = new Socket()) {
            server.connect(new InetSocketAddress(address("127.0.0.1"), port), CONNECT_WITHIN_MS);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Thread answers = new Thread(() -> copy(server, client), "postern-loopback-relay");
            answers.setDaemon(true);
            answers.start();
            copy(client, server);
            answers.join();
        } catch (IOException unreachable) {
            // The client sees its connection closed, as it would see a server refuse it.
            close(client);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(client);
        }
    }

    /** Copies until one side ends; an end of input is passed on, a failure ends both. */
    private static void copy(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                out.write(buffer, 0, count);
            }
            to.shutdownOutput();
        } catch (IOException ended) {
            close(from);
            close(to);
        }
    }

    private static InetAddress address(String literal) throws UnknownHostException {
        return InetAddress.getByName(literal);
    }

    private static void close(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception alreadyClosed) {
            return;
        }
    }

    @Override
    public void close() {
        listening.forEach(LoopbackRelay::close);
        open.forEach(LoopbackRelay::close);
        threads.shutdownNow();
    }
}
