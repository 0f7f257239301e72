// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.local.parts.FreePorts;
import dev.postern.local.stack.LocalStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** curl and wget, straight and through an nginx that ends TLS before the gateway. */
abstract class ProxiedClients {
    private static final String DOMAIN = "proxied.example";
    @TempDir
    private static Path folder;
    private static Account account;
    private static String token;
    private static Process nginx;
    private static int port;

    @BeforeAll
    static void start(LocalStack stack) throws IOException {
        account = new Account(stack);
        account.zone(DOMAIN, 1);
        account.permits("proxied-clients", List.of("domain:read", "domain:update"));
        token = account.token(Account.Entry.of("do:domain:" + DOMAIN, "domain:read", "domain:update"));
        port = FreePorts.next();
    }

    @AfterAll
    static void end() {
        if (nginx != null) {
            nginx.destroy();
        }
    }

    @Test
    void curlWritesReadsAndDeletes() {
        String records = account.gateway() + "/v2/domains/" + DOMAIN + "/records";
        String id = made(curl("-d", "{\"type\":\"TXT\",\"name\":\"curl\",\"data\":\"one\"}", "-H", "Content-Type: application/json", records).output());
        assertThat(curl("-I", records + "/" + id).output()).contains("200 OK");
        assertThat(curl("--compressed", records + "/" + id).output()).contains("\"data\":\"one\"");
        assertThat(curl("-X", "DELETE", "-H", "Content-Type: application/json", "--data", "", records + "/" + id, "-w", "%{http_code}").output())
            .isEqualTo("204");
        assertThat(curl("-X", "DELETE", account.gateway() + "/v2/domains/" + DOMAIN).output()).contains("This token lacks domain:delete");
    }

    @Test
    void wgetReadsAndIsRefused() {
        String wget = Needed.program("wget");
        String url = account.gateway() + "/v2/domains/";
        assertThat(Run.command(wget, "-q", "-O", "-", "--header", "Authorization: Bearer " + token, url + DOMAIN).start().succeeded().output())
            .contains(DOMAIN);
        Run.Ended refused = Run.command(wget, "-O", "-", "--content-on-error", "--header", "Authorization: Bearer " + token, url + "billing.example").start()
            .failed();
        assertThat(refused.output()).contains("403").contains("This token lacks domain:read on do:domain:billing.example");
    }

    @Test
    void aProxyWithTlsPassesEveryCallOn() throws IOException {
        startNginx();
        String records = "https://localhost:" + port + "/v2/domains/" + DOMAIN + "/records";
        String id = made(curl("-k", "-d", "{\"type\":\"TXT\",\"name\":\"nginx\",\"data\":\"one\"}", "-H", "Content-Type: application/json", records).output());
        assertThat(curl("-k", records + "/?per_page=200").output()).contains("\"name\":\"nginx\"");
        assertThat(curl("-k", "-X", "DELETE", records + "/" + id, "-w", "%{http_code}").output()).isEqualTo("204");
        assertThat(curl("-k", "https://localhost:" + port + "/v2/domains/billing.example", "-w", "%{http_code}").output()).endsWith("403");
    }

    private static void startNginx() throws IOException {
        String program = Needed.program("nginx");
        Path certificate = folder.resolve("tls.pem");
        Path key = folder.resolve("tls-key.pem");
        Run.command(Needed.program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key.toString(), "-out", certificate.toString(),
            "-days", "2",
            "-subj", "/CN=localhost").start().succeeded();
        Path configuration = folder.resolve("nginx.conf");
        Files.writeString(configuration, """
            daemon off; master_process off; pid %1$s/nginx.pid; error_log %1$s/error.log warn;
            events { worker_connections 64; }
            http {
              access_log off; client_body_temp_path %1$s/b; proxy_temp_path %1$s/p; fastcgi_temp_path %1$s/f; uwsgi_temp_path %1$s/u; scgi_temp_path %1$s/s;
              server { listen 127.0.0.1:%2$d ssl; ssl_certificate %3$s; ssl_certificate_key %4$s;
                location / { proxy_pass http://127.0.0.1:%5$d; proxy_http_version 1.1; proxy_set_header Host localhost:%5$d; proxy_set_header Connection "";
                  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; } }
            }
            """.formatted(folder, port, certificate, key, account.gatewayPort()));
        nginx = new ProcessBuilder(program, "-p", folder.toString(), "-c", configuration.toString()).redirectErrorStream(true)
            .redirectOutput(folder.resolve("nginx.out").toFile()).start();
        await().atMost(Duration.ofSeconds(20)).until(() -> FreePorts.answers("127.0.0.1", port));
    }

    private static Run.Ended curl(String... arguments) {
        List<String> command = new java.util.ArrayList<>(List.of(Needed.program("curl"), "-s", "-H", "Authorization: Bearer " + token));
        command.addAll(List.of(arguments));
        return Run.command(command).start().succeeded();
    }

    private static String made(String body) {
        assertThat(body).contains("\"domain_record\"");
        return NpmClients.json(body).at("/domain_record/id").asText();
    }
}
