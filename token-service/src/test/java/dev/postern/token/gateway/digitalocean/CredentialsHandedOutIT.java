// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.events.ApiCalled.HandedOut;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.AuthorizationDetail.Constraints;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import dev.postern.token.operation.Answer;
import dev.postern.token.operation.Operation;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every credential that a client gets is told of, with what it opens and until when, so that an operator can revoke it; the secret is told to nobody else. */
class CredentialsHandedOutIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ID = "11111";
    private static final String SECRET = "s3cret-of-the-provider";
    private static final String CLUSTER = "9cc10173-e9ea-4176-9dbc-a4cee4c4ff30";
    private static OpenGateway gateway;

    @BeforeAll
    static void open() throws Exception {
        gateway = new OpenGateway();
    }

    @AfterAll
    static void close() throws Exception {
        gateway.close();
    }

    @BeforeEach
    void forget() {
        gateway.told.clear();
        gateway.handedOut.clear();
        gateway.recordsNothing = false;
    }

    @Test
    void everyAnswerWithACredentialIsToldOfWithItsKindAndWhatItOpens() throws Exception {
        List<String> wrong = new ArrayList<>();
        int tried = 0;
        for (Operation operation : gateway.operations.all()) {
            Optional<String> kind = operation.credential().or(operation::opensLasting).or(() -> operation.secrets().flatMap(Operation.Secrets::kind));
            // Nobody can be granted a credential of a whole type, nor of the account's default registry.
            boolean names = operation.opensLasting().isEmpty();
            boolean grantable = (!names || operation.wholeTypes().isEmpty())
                && operation.places().stream().noneMatch(place -> place.in() == dev.postern.token.operation.Place.In.FIXED);
            if (kind.isEmpty() || !operation.served() || !grantable) {
                continue;
            }
            tried++;
            gateway.handedOut.clear();
            String answer = withSecrets(operation);
            gateway.upstream.answers(call -> new RecordingUpstream.Reply(200, Map.of(), answer));
            RawCall came = RawCall.send(gateway.port(), new String(CallsOf.bytes(operation, ID, gateway.tokens.live(seeingSecrets(operation)),
                CallsOf.requiredBody(operation, ID)), StandardCharsets.UTF_8));
            boolean told = gateway.handedOut.size() == 1 && gateway.handedOut.get(0).kind().equals(kind.get())
                && gateway.handedOut.get(0).resource().isPresent() == names;
            if (!told || came.status() != 200 || !came.body().contains(SECRET) || gateway.handedOut.toString().contains(SECRET)) {
                wrong.add(operation.id() + ": " + came.status() + " " + came.body() + " told " + gateway.handedOut);
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(tried).isGreaterThan(50);
    }

    @Test
    void secretThatIsTakenOutIsNotHandedOut() {
        gateway.upstream
            .answers(call -> new RecordingUpstream.Reply(200, Map.of(), "{\"database\":{\"id\":\"" + CLUSTER + "\",\"connection\":{\"password\":\"" + SECRET
                + "\"}}}"));
        RawCall came = RawCall.send(gateway.port(), get("/v2/databases/" + CLUSTER, database("database:read")));
        assertThat(came.status()).isEqualTo(200);
        assertThat(came.body()).doesNotContain(SECRET);
        assertThat(gateway.handedOut).isEmpty();
        assertThat(gateway.told).containsExactly("read 200");
    }

    @Test
    void credentialThatEndsIsToldWithItsEnd() {
        gateway.upstream.answers(call -> new RecordingUpstream.Reply(200, Map.of(), "apiVersion: v1"));
        Instant before = Instant.now();
        String token = gateway.tokens.live(List.of(new DigitalOceanApi(new ResourceName("do:kubernetes:" + CLUSTER), List.of("kubernetes:access_cluster"),
            Optional.empty())));
        assertThat(RawCall.send(gateway.port(), get("/v2/kubernetes/clusters/" + CLUSTER + "/kubeconfig?expiry_seconds=600", token)).status()).isEqualTo(200);
        assertThat(gateway.handedOut).singleElement().satisfies(one -> {
            assertThat(one.kind()).isEqualTo("kubeconfig");
            assertThat(one.resource()).contains(new ResourceName("do:kubernetes:" + CLUSTER));
            assertThat(one.until().orElseThrow()).isBetween(before.plusSeconds(600), Instant.now().plusSeconds(600));
        });
        assertThat(gateway.told).as("by itself, not counted with other reads").containsExactly("hands out 200");
    }

    @Test
    void newKeyIsToldByItsOwnName() {
        gateway.upstream
            .answers(call -> new RecordingUpstream.Reply(201, Map.of(), "{\"key\":{\"access_key\":\"DO00EXAMPLE\",\"secret_key\":\"" + SECRET + "\"}}"));
        String token = gateway.tokens
            .live(List.of(new DigitalOceanApi(new ResourceName("do:bucket:shop"), List.of("spaces_key:create_credentials"), outlives())));
        String body = "{\"name\":\"k\",\"grants\":[{\"bucket\":\"shop\",\"permission\":\"read\"}]}";
        RawCall came = RawCall.send(gateway.port(), "POST /v2/spaces/keys HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + token
            + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        assertThat(came.body()).contains(SECRET);
        assertThat(gateway.handedOut)
            .containsExactly(new HandedOut("spaces-key", Optional.of(new ResourceName("do:spaces_key:DO00EXAMPLE")), Optional.empty()));
    }

    @Test
    void everyListElementWithAShownSecretIsPublished() {
        gateway.upstream
            .answers(call -> new RecordingUpstream.Reply(200, Map.of(), "{\"databases\":[{\"id\":\"" + CLUSTER + "\",\"connection\":{\"password\":\"" + SECRET
                + "\"}},{\"id\":\"1cc10173-e9ea-4176-9dbc-a4cee4c4ff30\",\"connection\":{\"password\":\"other\"}}]}"));
        String token = gateway.tokens.live(List.of(
            new DigitalOceanApi(new ResourceName("do:database:" + CLUSTER), List.of("database:read", "database:view_credentials"),
                outlives()),
            new DigitalOceanApi(new ResourceName("do:database:1cc10173-e9ea-4176-9dbc-a4cee4c4ff30"), List.of("database:read"), Optional.empty())));
        assertThat(RawCall.send(gateway.port(), get("/v2/databases", token)).body()).contains(SECRET).doesNotContain("\"other\"");
        assertThat(gateway.handedOut)
            .containsExactly(new HandedOut("database-credentials", Optional.of(new ResourceName("do:database:" + CLUSTER)), Optional.empty()));
    }

    @Test
    void credentialThatCannotBeRecordedIsNotHandedOut() {
        gateway.recordsNothing = true;
        for (String path : List.of("/v2/databases/" + CLUSTER, "/v2/kubernetes/clusters/" + CLUSTER + "/kubeconfig")) {
            gateway.upstream
                .answers(call -> new RecordingUpstream.Reply(200, Map.of(), "{\"database\":{\"id\":\"" + CLUSTER + "\",\"password\":\"" + SECRET + "\"}}"));
            String token = gateway.tokens.live(List.of(new DigitalOceanApi(new ResourceName("do:kubernetes:" + CLUSTER), List.of("kubernetes:access_cluster"),
                Optional.empty()),
                new DigitalOceanApi(new ResourceName("do:database:" + CLUSTER), List.of("database:read", "database:view_credentials"), outlives())));
            RawCall came = RawCall.send(gateway.port(), get(path, token));
            assertThat(came.status()).as(path).isEqualTo(503);
            assertThat(came.body()).as(path).doesNotContain(SECRET);
        }
    }

    private static String database(String... scopes) {
        return gateway.tokens.live(List.of(new DigitalOceanApi(new ResourceName("do:database:" + CLUSTER), List.of(scopes), Optional.empty())));
    }

    private static String get(String path, String token) {
        return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + token + "\r\n\r\n";
    }

    private static Optional<Constraints> outlives() {
        return Optional.of(new Constraints(null, null, null, null, null, null, null, Optional.of(true)));
    }

    /** Returns details that cover the operation, with the scope that shows its secrets on every resource that it names. */
    private static List<AuthorizationDetail> seeingSecrets(Operation operation) {
        List<AuthorizationDetail> all = new ArrayList<>();
        for (AuthorizationDetail detail : GrantsOf.covering(operation, ID)) {
            List<String> scopes = new ArrayList<>(((DigitalOceanApi) detail).actions());
            operation.secrets().flatMap(Operation.Secrets::scope).filter(scope -> !scopes.contains(scope)).ifPresent(scopes::add);
            all.add(new DigitalOceanApi(detail.identifier(), scopes, outlives()));
        }
        return all;
    }

    /** An answer of the table's form with a secret in it. */
    private static String withSecrets(Operation operation) throws Exception {
        ObjectNode answer = (ObjectNode) JSON.readTree(CallsOf.answer(operation, ID));
        String member = operation.secrets().map(secrets -> secrets.members().iterator().next()).orElse("credential");
        operation.creates().ifPresent(creates -> CallsOf.put(answer, creates.ids().get(0).substring(1).split("/"), 0, JSON.getNodeFactory().textNode(ID)));
        ObjectNode about = operation.answer() instanceof Answer.Collection list ? (ObjectNode) answer.at(list.at()).get(0) : answer;
        about.putObject("within").put(member, SECRET);
        return answer.toString();
    }
}
