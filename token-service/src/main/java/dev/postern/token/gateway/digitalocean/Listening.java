// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;

/** Chooses a listen address that clients reach by IPv4 and IPv6. */
final class Listening {
    private static final String EVERYWHERE_4 = "0.0.0.0";
    private static final String EVERYWHERE_6 = "::";

    private Listening() {}

    /** All addresses of both versions for {@code 0.0.0.0}, where the machine has IPv6; else the address as it is. */
    static String address(String host) {
        return host.equals(EVERYWHERE_4) && hasIpv6() ? EVERYWHERE_6 : host;
    }

    private static boolean hasIpv6() {
        try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.INET6)) {
            channel.bind(new InetSocketAddress("::1", 0));
            return true;
        } catch (IOException | UnsupportedOperationException none) {
            return false;
        }
    }
}
