// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.local.parts.JavaCommand;
import dev.postern.local.stack.LocalStack;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Java's clients: the JDK's own as it comes, jclouds, and myjeeva's. The latter two are processes with libraries of their own. */
abstract class JavaClients {
    private static final String DOMAIN = "jdk.example";
    private static final String OTHER = "java-of-others.example";
    private static final String DROPLET = "300102";
    private static final String OTHER_DROPLET = "300201";
    private static Account account;
    private static String token;

    @BeforeAll
    static void start(LocalStack stack) {
        account = new Account(stack);
        account.zone(DOMAIN, 60);
        account.zone(OTHER, 1);
        account.permitsWholeTypes();
        account.permits("java-clients", List.of("domain:read", "domain:update", "droplet:create", "droplet:read", "droplet:update", "droplet:delete"));
        token = account.token(Account.Entry.of("do:domain:" + DOMAIN, "domain:read", "domain:update"),
            Account.Entry.of("do:droplet:" + DROPLET, "droplet:read", "droplet:update"),
            Account.Entry.ownCreated("do:droplet:*", "droplet:create", "droplet:read", "droplet:update", "droplet:delete"));
    }

    @Test
    void theJdksClientIsAnsweredThoughItOffersAnotherProtocol() {
        HttpClient client = HttpClient.newHttpClient();
        HttpResponse<String> read = Account.call(client, token, "GET", account.gateway() + "/v2/domains/" + DOMAIN, null);
        assertThat(read.statusCode()).as(read.body()).isEqualTo(200);
        assertThat(read.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        String record = "{\"type\": \"TXT\", \"name\": \"jdk\", \"data\": \"one\"}";
        assertThat(Account.call(client, token, "POST", account.gateway() + "/v2/domains/" + DOMAIN + "/records", record).statusCode()).isEqualTo(201);
        assertThat(Account.call(client, token, "POST", account.gateway() + "/v2/domains/" + OTHER + "/records", record).statusCode()).isEqualTo(403);
        assertThat(account.texts(DOMAIN, "jdk")).containsExactly("one");
    }

    @Test
    void jcloudsMakesADropletAndThrowsWhatTheGatewayRefuses() throws IOException {
        assertThat(use("UseJclouds")).contains("created create", "droplet made-by-jclouds", "action reboot", "gone null")
            .anySatisfy(line -> assertThat(line).startsWith("listed ").contains("made-by-jclouds").doesNotContain("billing-db-1"))
            .anySatisfy(
                line -> assertThat(line).startsWith("read refused: AuthorizationException").contains("This token lacks droplet:read on do:droplet:300201"))
            .anySatisfy(line -> assertThat(line).startsWith("power off refused: AuthorizationException").contains("This token lacks droplet:update"));
    }

    @Test
    void myjeevasClientKeepsRecordsAndThrowsWhatTheGatewayRefuses() throws IOException {
        int before = account.records(DOMAIN);
        assertThat(use("UseMyjeeva"))
            .contains("domains [" + DOMAIN + "]", "updated two", "records " + (before + 1), "deleted true", "droplet shop-web-1", "action reboot")
            .anySatisfy(line -> assertThat(line).startsWith("other domain refused: DigitalOceanException This token lacks domain:read on do:domain:" + OTHER))
            .anySatisfy(line -> assertThat(line).startsWith("other record refused: DigitalOceanException This token lacks"))
            .anySatisfy(line -> assertThat(line).startsWith("power off refused: DigitalOceanException This token lacks droplet:update"));
    }

    private static List<String> use(String program) throws IOException {
        Path target = Needed.root().resolve("system-tests/java-clients/target");
        return Run
            .command(JavaCommand.path(), "-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp",
                target.resolve("classes") + ":" + Files.readString(target.resolve("classpath.txt")),
                "dev.postern.system.javaclients." + program)
            .with("POSTERN_GATEWAY", account.gateway()).with("POSTERN_TOKEN", token).with("DOMAIN", DOMAIN)
            .with("OTHER_DOMAIN", OTHER).with("DROPLET", DROPLET).with("OTHER_DROPLET", OTHER_DROPLET).start().succeeded().output().lines().toList();
    }
}
