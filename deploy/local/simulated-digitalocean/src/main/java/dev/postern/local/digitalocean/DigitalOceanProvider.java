// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.local.simulated.SimulatedResponse;
import dev.postern.local.simulated.SimulatedRequest;
import dev.postern.local.simulated.Caller;
import dev.postern.local.simulated.Json;
import dev.postern.local.simulated.Provider;
import dev.postern.local.simulated.Refusal;
import dev.postern.local.simulated.Routes;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** The state of all accounts, and how DigitalOcean speaks: tokens, limits, refusals. */
final class DigitalOceanProvider implements Provider<DigitalOceanProvider.TokenBearer> {
    private final Object lock = new Object();
    private final Map<String, TokenBearer> byToken = new LinkedHashMap<>();
    private final Routes<DigitalOceanCall> cloud = new Routes<>();
    private volatile Settings settings;

    /** A caller whose token opens an account. */
    record TokenBearer(CloudAccount of, RateLimit limit, String token) implements Caller {
        @Override
        public String account() {
            return of.name();
        }

        /** Without the token. */
        @Override
        public String toString() {
            return "TokenBearer[" + of.name() + "]";
        }
    }

    DigitalOceanProvider(Settings settings) {
        this.settings = settings;
        seed();
        AccountCalls.on(cloud);
        FirewallCalls.on(cloud);
        DropletActionCalls.on(cloud);
        DropletCalls.on(cloud);
        ActionCalls.on(cloud);
        ImageCalls.on(cloud);
        KeyCalls.on(cloud);
        VpcCalls.on(cloud);
        VolumeCalls.on(cloud);
        LoadBalancerCalls.on(cloud);
        ReservedIpCalls.on(cloud);
        TagCalls.on(cloud);
        DomainCalls.on(cloud);
        ProjectCalls.on(cloud);
        RegistryCalls.on(cloud);
    }

    @Override
    public String name() {
        return "simulated DigitalOcean";
    }

    @Override
    public Object lock() {
        return lock;
    }

    @Override
    public long nowMicros() {
        return settings.clockMicros().getAsLong();
    }

    @Override
    public Recording recording() {
        Settings now = settings;
        return new Recording(now.callsRecorded(), now.bodiesRecorded());
    }

    @Override
    public TokenBearer authenticate(String token, String path) {
        TokenBearer bearer = token == null ? null : byToken.get(token);
        if (bearer == null) {
            throw new Refusal(401, "Unauthorized", "Unable to authenticate you");
        }
        return bearer;
    }

    @Override
    public long charge(TokenBearer caller, long nowMicros) {
        return caller.limit().take(settings, nowMicros);
    }

    @Override
    public Map<String, String> headers(TokenBearer caller, long nowMicros) {
        Map<String, String> headers = new HashMap<>((caller == null ? new RateLimit() : caller.limit()).headers(settings, nowMicros));
        headers.put("x-request-id", UUID.randomUUID().toString());
        return headers;
    }

    @Override
    public SimulatedResponse apply(SimulatedRequest asked, TokenBearer caller) {
        Settings now = settings;
        Set<String> scopes = now.scopes().get(caller.token());
        if (scopes != null && !CallScopes.needed(asked.method(), asked.path()).map(scopes::contains).orElse(false)) {
            throw new Refusal(403, "Forbidden", "You are not authorized to perform this operation");
        }
        return cloud.answer(asked, matched -> new DigitalOceanCall(matched, caller.of(), now));
    }

    @Override
    public Routes<SimulatedRequest> control() {
        return SimulationCalls.routes(this);
    }

    @Override
    public SimulatedResponse refusing(Refusal refusal) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.put("id", refusal.code()).put("message", refusal.getMessage()).put("request_id", UUID.randomUUID().toString());
        return new SimulatedResponse(refusal.status(), body, Map.of());
    }

    @Override
    public void released(Set<String> faultIds, long nowMicros) {
        byToken.values().stream().map(TokenBearer::of).distinct().forEach(account -> account.released(faultIds, nowMicros));
    }

    Settings settings() {
        return settings;
    }

    void change(UnaryOperator<Settings> changed) {
        synchronized (lock) {
            settings = changed.apply(settings);
        }
    }

    void seed() {
        synchronized (lock) {
            long now = nowMicros();
            byToken.clear();
            Map<String, CloudAccount> byName = new LinkedHashMap<>(); // two tokens may open one account
            settings.accounts().forEach((token, name) -> byToken.put(token,
                new TokenBearer(byName.computeIfAbsent(name, CloudAccount::new), new RateLimit(), token)));
            boolean first = true;
            for (CloudAccount account : byName.values()) {
                if (first && settings.sampleData()) {
                    SampleData.fill(account, now);
                } else {
                    SampleData.defaultProject(account, now);
                }
                first = false;
            }
        }
    }

    List<String> operations() {
        return cloud.operations();
    }

    /** @throws Refusal 404 */
    CloudAccount accountNamed(String name) {
        return byToken.values().stream().map(TokenBearer::of).filter(account -> account.name().equals(name)).findFirst().orElseThrow(Refusal::notFound);
    }

    CloudAccount firstAccount() {
        return byToken.values().iterator().next().of();
    }
}
