// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.parts;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for parts that must come back on the port they had. They lie below the range from which the kernel takes ports for outgoing
 * connections (32768 and up on Linux), else one of those could sit on the port while the part is away.
 */
public final class FreePorts {
    private static final int LOWEST = 20_000;
    private static final int BEYOND = 30_000;
    private static final int ATTEMPTS_MAX = 200;

    private FreePorts() {
    }

    /** A port that nothing listens on now. */
    public static int next() {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, BEYOND);
            if (isFree(port)) {
                return port;
            }
        }
        throw new PartFailed("No free port between " + LOWEST + " and " + BEYOND);
    }

    /** Returns true if a server could listen on the port, both on all addresses and on loopback. */
    public static boolean isFree(int port) {
        return canBind(new InetSocketAddress(port)) && canBind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    private static boolean canBind(InetSocketAddress address) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(address);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns true if something accepts connections there. */
    public static boolean answers(String host, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
