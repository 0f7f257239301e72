// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud.digitalocean;

import dev.postern.firewall.budget.CallPermit;
import dev.postern.firewall.cloud.HttpAnswers;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jboss.resteasy.reactive.RestResponse;

/**
 * Names the scopes that DigitalOcean demands for this service's calls (the {@code security} of each operation in its API's document), and finds out
 * which of them a credential has. No probe can change anything: those that write name a firewall that cannot exist, or ask for one without a name and
 * rules. A credential without the scope is answered with 403 before the rest is judged, one with it with 404, 400 or 422.
 */
final class DigitalOceanScopes {
    static final String FIREWALL_CREATE = "firewall:create";
    static final String FIREWALL_READ = "firewall:read";
    static final String FIREWALL_UPDATE = "firewall:update";
    static final String FIREWALL_DELETE = "firewall:delete";
    static final String TAG_READ = "tag:read";
    static final String DROPLET_READ = "droplet:read";
    static final String ACCOUNT_READ = "account:read";

    /** The nil UUID (RFC 9562, 5.9), which no object has. */
    private static final String NO_FIREWALL = "00000000-0000-0000-0000-000000000000";
    private static final byte[] NOTHING = "{}".getBytes(StandardCharsets.UTF_8);
    private static final int FORBIDDEN = 403;
    /** Statuses of an answer to a probe, whatever it reveals of the scope. */
    private static final Integer[] ANSWERS = {200, 400, FORBIDDEN, 404, 422};

    private final DigitalOceanProvider provider;
    private final DigitalOceanLookupApi lookup;
    private final CallPermit passage;

    DigitalOceanScopes(DigitalOceanProvider provider, DigitalOceanLookupApi lookup, CallPermit passage) {
        this.provider = provider;
        this.lookup = lookup;
        this.passage = passage;
    }

    /** Returns for each scope whether the credential has it. Seven calls. */
    Uni<Map<String, Boolean>> probe() {
        Map<String, Supplier<Uni<RestResponse<byte[]>>>> probes = new LinkedHashMap<>();
        probes.put(ACCOUNT_READ, lookup::account);
        probes.put(FIREWALL_READ, () -> provider.api().list(1, 1));
        probes.put(TAG_READ, () -> lookup.tags(1, 1));
        probes.put(DROPLET_READ, () -> lookup.droplets(1, 1));
        probes.put(FIREWALL_UPDATE, () -> provider.api().replace(NO_FIREWALL, NOTHING));
        probes.put(FIREWALL_DELETE, () -> provider.api().delete(NO_FIREWALL));
        probes.put(FIREWALL_CREATE, () -> provider.api().create(NOTHING));
        Uni<Map<String, Boolean>> all = Uni.createFrom().item(new LinkedHashMap<>());
        for (Map.Entry<String, Supplier<Uni<RestResponse<byte[]>>>> probe : probes.entrySet()) {
            all = all.chain(found -> passage.pass(() -> HttpAnswers.expected("probe of " + probe.getKey(), probe.getValue().get()
                .invoke(provider::readBudget), provider.answerTimeout(), DigitalOceanJson::reason, ANSWERS)).map(answer -> {
                    found.put(probe.getKey(), answer.getStatus() != FORBIDDEN);
                    return found;
                }));
        }
        return all;
    }
}
