// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.cloudflare;

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
import java.util.function.UnaryOperator;

/** The state of all accounts, and how Cloudflare speaks: tokens, limits, refusals. */
final class CloudflareProvider implements Provider<CloudflareProvider.TokenBearer> {
    private static final String ACCOUNTS = "/client/v4/accounts/";

    private final Object lock = new Object();
    private final Map<String, TokenBearer> byToken = new LinkedHashMap<>();
    private final Routes<CloudflareCall> cloud = new Routes<>();
    private volatile Settings settings;

    /** A caller whose token opens an account. */
    record TokenBearer(String token, CloudAccount of, RateLimit limit) implements Caller {
        @Override
        public String account() {
            return of.id();
        }

        /** Without the token. */
        @Override
        public String toString() {
            return "TokenBearer[of=" + of.id() + "]";
        }
    }

    CloudflareProvider(Settings settings) {
        this.settings = settings;
        seed();
        cloud.on("GET", "/client/v4/user/tokens/verify", CloudflareProvider::verify)
            .on("GET", ACCOUNTS + "{account_id}/tokens/verify", CloudflareProvider::verify);
        ListCalls.on(cloud);
        ItemCalls.on(cloud);
    }

    private static SimulatedResponse verify(CloudflareCall call) {
        return Envelope.of(Json.MAPPER.createObjectNode().put("id", call.account().id()).put("status", "active"));
    }

    @Override
    public String name() {
        return "simulated Cloudflare";
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
        if (token == null) {
            throw Errors.missingToken();
        }
        TokenBearer bearer = byToken.get(token);
        if (bearer == null) {
            throw Errors.unknownToken();
        }
        if (path.startsWith(ACCOUNTS) && !path.startsWith(ACCOUNTS + bearer.account() + "/")) {
            throw Errors.otherAccount();
        }
        return bearer;
    }

    @Override
    public long charge(TokenBearer caller, long nowMicros) {
        return caller.limit().take(settings.limits().requestsPerFiveMinutes(), nowMicros);
    }

    @Override
    public Map<String, String> headers(TokenBearer caller, long nowMicros) {
        Map<String, String> headers = new HashMap<>();
        headers.put("cf-ray", Ids.fresh().substring(0, 16) + "-SIM");
        if (caller != null) {
            headers.putAll(caller.limit().headers(settings.limits().requestsPerFiveMinutes(), nowMicros));
        }
        return headers;
    }

    @Override
    public SimulatedResponse apply(SimulatedRequest asked, TokenBearer caller) {
        Settings now = settings;
        Set<String> permissions = now.permissions().get(caller.token());
        if (permissions != null && !CallPermissions.allow(permissions, asked.method(), asked.path())) {
            throw Errors.permissionMissing();
        }
        caller.of().settle(asked.nowMicros());
        return cloud.answer(asked, matched -> new CloudflareCall(matched, caller.of(), now));
    }

    @Override
    public Routes<SimulatedRequest> control() {
        return SimulationCalls.routes(this);
    }

    @Override
    public SimulatedResponse refusing(Refusal refusal) {
        return Envelope.of(refusal);
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
            byToken.clear();
            Map<String, CloudAccount> byId = new LinkedHashMap<>(); // two tokens may open one account
            settings.accounts()
                .forEach((token, id) -> byToken.put(token, new TokenBearer(token, byId.computeIfAbsent(id, CloudAccount::new), new RateLimit())));
        }
    }

    List<String> operations() {
        return cloud.operations();
    }

    /** Null stands for the first one. @throws Refusal 404 */
    CloudAccount account(String id) {
        return byToken.values().stream().map(TokenBearer::of).filter(account -> id == null || account.id().equals(id)).findFirst()
            .orElseThrow(Refusal::notFound);
    }
}
