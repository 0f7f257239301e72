// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.local.stack.LocalStack;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ansible's collection community.digitalocean: a play with a token for what the play makes. */
abstract class AnsibleClient {
    private static final String TAG = "ansible-clients";
    private static final List<String> DROPLET = List.of("droplet:create", "droplet:read", "droplet:update", "droplet:delete");
    private static final List<String> FIREWALL = List.of("firewall:create", "firewall:read", "firewall:update", "firewall:delete");
    @TempDir
    private static Path folder;
    private static Account account;

    @BeforeAll
    static void start(LocalStack stack) {
        Needed.program("ansible-playbook");
        account = new Account(stack);
        account.owns("POST", "/v2/tags", "{\"name\": \"" + TAG + "\"}").expect(201);
        account.permitsWholeTypes();
        account.permits("ansible-clients", List.of("droplet:create", "droplet:read", "droplet:update", "droplet:delete", "firewall:create", "firewall:read",
            "firewall:update", "firewall:delete", "tag:create"));
    }

    @Test
    void aPlayMakesADropletWithAFirewallAndRemovesThem() {
        String token = account.token(Account.Entry.of("do:tag:" + TAG, "tag:create"), Account.Entry.ownCreated("do:droplet:*", DROPLET.toArray(String[]::new)),
            Account.Entry.ownCreated("do:firewall:*", FIREWALL.toArray(String[]::new)));
        Run.Ended play = play(token).succeeded();
        assertThat(play.output()).contains("ok=5").contains("changed=4").contains("failed=0");
        assertThat(account.owns("GET", "/v2/droplets?name=made-by-ansible", null).expect(200).json().path("droplets")).isEmpty();
    }

    @Test
    void aPlayShowsWhatItsTokenLacks() {
        String token = account.token(Account.Entry.ownCreated("do:droplet:*", DROPLET.toArray(String[]::new)),
            Account.Entry.ownCreated("do:firewall:*", FIREWALL.toArray(String[]::new)));
        Run.Ended play = play(token).failed();
        assertThat(play.output()).contains("This token lacks tag:create on do:tag:" + TAG);
        assertThat(account.owns("GET", "/v2/droplets?name=made-by-ansible", null).expect(200).json().path("droplets")).isEmpty();
    }

    private static Run.Ended play(String token) {
        return Run
            .command(Needed.program("ansible-playbook"), "-i", "localhost,", Needed.root().resolve("system-tests/src/test/clients/ansible/play.yml").toString())
            .with("POSTERN_GATEWAY", account.gateway()).with("DO_API_TOKEN", token).with("TAG", TAG).with("ANSIBLE_LOCALHOST_WARNING", "false")
            .with("ANSIBLE_LOCAL_TEMP", folder.toString()).with("ANSIBLE_HOME", folder.toString()).with("ANSIBLE_NOCOWS", "1").with("LC_ALL", "C.UTF-8")
            .start();
    }
}
