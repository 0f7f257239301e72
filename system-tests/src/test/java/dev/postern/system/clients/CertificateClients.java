// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.local.stack.LocalStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates by DNS challenge, with a token for one domain of 60 records: from the order to the certificate, and that no challenge is left behind. */
abstract class CertificateClients {
    private static final String DOMAIN = "certificates.example";
    private static final String OTHER = "certificates-of-others.example";
    private static final int RECORDS = 60;
    @TempDir
    private static Path folder;
    private static Account account;
    private static String token;
    private static ZoneDns dns;
    private static AcmeServer acme;

    @BeforeAll
    static void start(LocalStack stack) throws IOException {
        Needed.program("pebble");
        account = new Account(stack);
        account.zone(DOMAIN, RECORDS);
        account.zone(OTHER, 1);
        account.permits("certificate-clients", List.of("domain:read", "domain:update"));
        token = account.token(Account.Entry.of("do:domain:" + DOMAIN, "domain:read", "domain:update"));
        dns = new ZoneDns(List.of(DOMAIN, OTHER), account::texts);
        acme = AcmeServer.start(folder, dns.port());
    }

    @AfterAll
    static void end() {
        if (acme != null) {
            acme.close();
        }
        if (dns != null) {
            dns.close();
        }
    }

    @Test
    void certbotGetsACertificateForItsDomain() throws IOException {
        Run.Ended run = certbot("www." + DOMAIN, "*." + DOMAIN).succeeded();
        assertThat(run.output()).contains("Successfully received certificate");
        assertNoChallengeIsLeft();
    }

    @Test
    void certbotSaysThatItsTokenDoesNotReachAnotherDomain() throws IOException {
        Run.Ended run = certbot("www." + OTHER).failed();
        assertThat(run.output()).contains("Unable to determine base domain");
        assertThat(account.texts(OTHER, "_acme-challenge.www")).isEmpty();
    }

    @Test
    void legoGetsACertificateForItsDomain() {
        Run.Ended run = lego("lego." + DOMAIN).succeeded();
        assertThat(run.output()).contains("Server responded with a certificate");
        assertNoChallengeIsLeft();
    }

    @Test
    void legoSaysWhichScopeItsTokenLacksForAnotherDomain() {
        Run.Ended run = lego("lego." + OTHER).failed();
        assertThat(run.output()).contains("403").contains("This token lacks");
        assertThat(account.texts(OTHER, "_acme-challenge.lego")).isEmpty();
    }

    private static Run.Ended certbot(String... domains) throws IOException {
        String program = Needed.program("certbot");
        Needed.pythonModule("certbot_dns_digitalocean");
        Path credentials = folder.resolve("digitalocean.ini");
        Files.deleteIfExists(credentials);
        Files.createFile(credentials, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(credentials, "dns_digitalocean_token = " + token + "\n");
        return Run
            .command(program, "certonly", "--non-interactive", "--agree-tos", "-m", "certificates@" + DOMAIN, "--server", acme.directory(), "--no-verify-ssl",
                "--authenticator", "dns-digitalocean", "--dns-digitalocean-credentials", credentials.toString(), "--dns-digitalocean-propagation-seconds", "0",
                "--config-dir", folder.resolve("config").toString(), "--work-dir", folder.resolve("work").toString(), "--logs-dir",
                folder.resolve("logs").toString(),
                "-d", String.join(",", domains))
            .with("POSTERN_GATEWAY", account.gateway()).with("PYTHONPATH", Needed.root().resolve("system-tests/src/test/clients/python").toString())
            .with("PYTHONDONTWRITEBYTECODE", "1").with("PYTHONWARNINGS", "ignore").start();
    }

    private static Run.Ended lego(String domain) {
        return Run.command(Needed.program("lego"), "--server", acme.directory(), "--accept-tos", "--email", "certificates@" + DOMAIN, "--domains", domain,
            "--dns", "digitalocean", "--dns.disable-cp", "--dns.resolvers", "127.0.0.1:" + dns.port(), "--path", folder.resolve("lego").toString(), "run")
            .with("LEGO_CA_CERTIFICATES", acme.certificate().toString()).with("DO_API_URL", account.gateway()).with("DO_AUTH_TOKEN", token)
            .with("DO_POLLING_INTERVAL", "1").start();
    }

    private static void assertNoChallengeIsLeft() {
        assertThat(account.records(DOMAIN)).as("records of %s", DOMAIN).isEqualTo(RECORDS);
    }
}
