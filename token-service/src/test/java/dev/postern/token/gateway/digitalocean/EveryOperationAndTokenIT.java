// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AccountName;
import dev.postern.events.AuthorizationDetail;
import dev.postern.token.operation.Answer;
import dev.postern.token.operation.Operation;
import dev.postern.token.operation.Place;
import dev.postern.token.status.TokenState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The whole matrix: every operation of the table with a token in every state; a recorder stands where the provider stands. */
class EveryOperationAndTokenIT {
    private static final String OWN = "11111";
    private static final String FOREIGN = "77777";
    private final List<String> wrong = new ArrayList<>();
    private final Map<String, Integer> right = new TreeMap<>();
    private int cells;

    @Test
    void onlyTheRightTokenReachesTheProvider() throws Exception {
        try (OpenGateway gateway = new OpenGateway()) {
            for (Operation operation : gateway.operations.all()) {
                gateway.upstream.answers(call -> new RecordingUpstream.Reply(200, Map.of(), CallsOf.answer(operation, OWN)));
                gateway.otherUpstream.answers(call -> new RecordingUpstream.Reply(200, Map.of(), CallsOf.answer(operation, OWN)));
                List<AuthorizationDetail> covering = GrantsOf.covering(operation, OWN);
                Map<String, String> tokens = new LinkedHashMap<>();
                tokens.put("none", null);
                tokens.put("malformed", "pst_malformed");
                tokens.put("unknown", KnownTokens.fresh().reveal());
                tokens.put("expired", gateway.tokens.with(new TokenState.Expired()));
                tokens.put("revoked", gateway.tokens.with(new TokenState.Revoked()));
                tokens.put("other account", gateway.tokens.live(new AccountName("other"), covering));
                tokens.put("other resource", gateway.tokens.live(GrantsOf.named(covering, FOREIGN)));
                tokens.put("other scope", gateway.tokens.live(GrantsOf.otherScope(covering)));
                tokens.put("right", gateway.tokens.live(covering));
                tokens.forEach((state, token) -> cell(gateway, operation, state, token, GrantsOf.needsNothing(operation)));
            }
            gateway.watch().check("EveryOperationAndTokenIT");
        }
        System.out.println(cells + " cells; " + right);
        assertThat(wrong).isEmpty();
        assertThat(cells).isEqualTo(659 * 9);
    }

    private void cell(OpenGateway gateway, Operation operation, String state, String token, boolean needsNothing) {
        gateway.upstream.forget();
        RawCall answer = RawCall.send(gateway.port(), CallsOf.bytes(operation, OWN, token, CallsOf.requiredBody(operation, OWN)));
        cells++;
        boolean arrived = !gateway.upstream.arrived().isEmpty();
        String what = operation.id() + " (" + operation.method() + " " + operation.template() + ") with " + state + ": " + answer.status() + " "
            + (arrived ? "arrived" : "") + " " + answer.body();
        boolean tokenIsNone = List.of("none", "malformed", "unknown", "expired", "revoked").contains(state);
        // A list is read, and what the token may not see is left out; what needs no scope is for every token that lives.
        boolean filtered = operation.served() && operation.answer() instanceof Answer.Collection || operation.answer() instanceof Answer.Item;
        boolean ok;
        if (tokenIsNone) {
            ok = (answer.status() == 401 || answer.status() == 400 && !operation.served()) && !arrived;
        } else if (!operation.served()) {
            ok = answer.status() >= 400 && answer.status() < 500 && !arrived;
        } else if (state.equals("right") && "credential-by-name-only".equals(answer.header("postern-rule"))
            && operation.places().stream().anyMatch(place -> place.in() == Place.In.FIXED)) {
            // The account's only registry, where the path does not name it: an alias cannot be asked for, and * opens no credential.
            ok = answer.status() == 403 && !arrived;
        } else if (state.equals("right") && operation.handsOutCredential() && !operation.wholeTypes().isEmpty()) {
            // A credential that belongs to no resource: no grant can name it.
            ok = answer.status() == 403 && !arrived;
        } else if (state.equals("right")) {
            ok = answer.status() == 200 && arrived
                && gateway.upstream.arrived().get(0).headers().get("authorization").equals("Bearer " + RecordingUpstream.CREDENTIAL);
        } else if (state.equals("other account")) {
            ok = !arrived && answer.status() < 500;
        } else {
            ok = answer.status() < 500 && (!arrived && answer.status() >= 400 || needsNothing || filtered && !answer.body().contains(OWN));
        }
        if (ok) {
            right.merge(state + " " + (arrived ? "passed" : answer.status()), 1, Integer::sum);
        } else {
            wrong.add(what);
        }
    }
}
