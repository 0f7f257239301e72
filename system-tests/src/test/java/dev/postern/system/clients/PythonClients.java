// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.local.stack.LocalStack;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Debian's Python clients with a token for one domain, one Droplet and one firewall. */
abstract class PythonClients {
    private static final String DOMAIN = "python.example";
    private static final String OTHER = "python-of-others.example";
    private static final String DROPLET = "300102";
    private static final String FIREWALL = "bb4b2611-3d72-467b-8602-280330ecd65c";
    private static Account account;
    private static String token;

    @BeforeAll
    static void start(LocalStack stack) {
        account = new Account(stack);
        account.zone(DOMAIN, 60);
        account.zone(OTHER, 1);
        account.permits("python-clients", List.of("domain:read", "domain:update", "droplet:read", "droplet:update", "firewall:read"));
        token = account.token(Account.Entry.of("do:domain:" + DOMAIN, "domain:read", "domain:update"),
            Account.Entry.of("do:droplet:" + DROPLET, "droplet:read", "droplet:update"), Account.Entry.of("do:firewall:" + FIREWALL, "firewall:read"));
    }

    @Test
    void pythonDigitaloceanWorksWithinItsGrantAndShowsTheGatewaysRefusalOutsideOfIt() {
        Needed.pythonModule("digitalocean");
        List<String> said = use("use_digitalocean.py");
        assertThat(said).contains("domains ['" + DOMAIN + "']", "records 60", "saved ['two']", "left 60", "droplet shop-web-1 active", "actions reboot");
        assertThat(said).anySatisfy(line -> assertThat(line).startsWith("rules ['22'"));
        assertThat(said).anySatisfy(line -> assertThat(line).startsWith("other domain refused: DataReadError This token lacks domain:read"))
            .anySatisfy(line -> assertThat(line).startsWith("delete refused: DataReadError This token lacks domain:delete"))
            .anySatisfy(line -> assertThat(line).startsWith("power off refused: DataReadError This token lacks droplet:read"));
    }

    @Test
    void lexiconWorksWithinItsGrantAndShowsTheStatusOfARefusal() {
        Needed.pythonModule("lexicon");
        List<String> said = use("use_lexicon.py");
        assertThat(said).contains("records 60", "updated ['two']", "left 60");
        assertThat(said).anySatisfy(line -> assertThat(line).startsWith("refused: HTTPError 403"));
        assertThat(account.records(OTHER)).isEqualTo(1);
    }

    @Test
    void libcloudWorksWithinItsGrantAndShowsTheGatewaysRefusalOutsideOfIt() {
        Needed.pythonModule("libcloud");
        List<String> said = use("use_libcloud.py");
        assertThat(said).contains("zones ['" + DOMAIN + "']", "records 60", "updated two", "deleted True", "droplet shop-web-1", "restarted True");
        assertThat(said).anySatisfy(line -> assertThat(line).startsWith("other domain refused: BaseHTTPError This token lacks domain:read"))
            .anySatisfy(line -> assertThat(line).startsWith("delete refused: BaseHTTPError This token lacks domain:delete"))
            .anySatisfy(line -> assertThat(line).startsWith("other droplet refused: BaseHTTPError This token lacks droplet:read"));
    }

    private static List<String> use(String script) {
        Path scripts = Needed.root().resolve("system-tests/src/test/clients/python");
        return Run.command(Needed.PYTHON, scripts.resolve(script).toString()).with("PYTHONPATH", scripts.toString()).with("PYTHONDONTWRITEBYTECODE", "1")
            .with("POSTERN_GATEWAY", account.gateway()).with("POSTERN_TOKEN", token).with("DOMAIN", DOMAIN).with("OTHER_DOMAIN", OTHER).with("DROPLET", DROPLET)
            .with("FIREWALL", FIREWALL).start().succeeded().output().lines().toList();
    }
}
