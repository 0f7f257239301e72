// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.clients;

import static org.awaitility.Awaitility.await;

import dev.postern.local.parts.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Pebble: an ACME server for tests. It looks challenges up at the DNS server of the test. */
final class AcmeServer implements AutoCloseable {
    private static final Duration STARTS_WITHIN = Duration.ofSeconds(30);

    private final Process process;
    private final int port;
    private final Path certificate;

    private AcmeServer(Process process, int port, Path certificate) {
        this.process = process;
        this.port = port;
        this.certificate = certificate;
    }

    static AcmeServer start(Path folder, int dnsPort) throws IOException {
        Path certificate = folder.resolve("acme.pem");
        Path key = folder.resolve("acme-key.pem");
        Run.command(Needed.program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key.toString(), "-out", certificate.toString(),
            "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1").start().succeeded();
        int port = FreePorts.next();
        Path configuration = folder.resolve("pebble.json");
        Files.writeString(configuration, """
            {"pebble": {"listenAddress": "127.0.0.1:%d", "managementListenAddress": "127.0.0.1:%d", "certificate": "%s", "privateKey": "%s", "httpPort": %d,
              "tlsPort": %d, "ocspResponderURL": "", "externalAccountBindingRequired": false}}
            """.formatted(port, FreePorts.next(), certificate, key, FreePorts.next(), FreePorts.next()));
        ProcessBuilder builder = new ProcessBuilder(Needed.program("pebble"), "-config", configuration.toString(), "-dnsserver", "127.0.0.1:" + dnsPort)
            .redirectErrorStream(true).redirectOutput(folder.resolve("pebble.log").toFile());
        builder.environment().put("PEBBLE_VA_NOSLEEP", "1");
        builder.environment().put("PEBBLE_WFE_NONCEREJECT", "0");
        AcmeServer server = new AcmeServer(builder.start(), port, certificate);
        await().atMost(STARTS_WITHIN).until(() -> FreePorts.answers("127.0.0.1", port));
        return server;
    }

    String directory() {
        return "https://localhost:" + port + "/dir";
    }

    /** The certificate of its own address. */
    Path certificate() {
        return certificate;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
