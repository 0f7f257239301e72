// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postern.events.AuthorizationDetail;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.token.fuzz.ApiDocument;
import dev.postern.token.fuzz.CallGenerator;
import dev.postern.token.fuzz.FuzzCall;
import dev.postern.token.fuzz.GrantGenerator;
import dev.postern.token.fuzz.ReferenceJudge;
import dev.postern.token.fuzz.SampleAnswers;
import dev.postern.token.fuzz.SampleWorld;
import dev.postern.token.operation.Place;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Compares the gateway with a judge that was written from the document alone. Random calls with random grants are sent; a recorder behind the gateway
 * shows what reached the provider. {@code -Dpostern.fuzz.calls=N} or {@code -Dpostern.fuzz.minutes=N} make it longer; {@code -Dpostern.fuzz.seed=N} repeats one call.
 */
class DifferentialFuzzIT {
    private static final int CALLS = Integer.getInteger("postern.fuzz.calls", 6_000);
    private static final Duration TIME = Duration.ofMinutes(Integer.getInteger("postern.fuzz.minutes", 0));
    /** The calls of every build are the same; a run by time makes new ones. */
    private static final long FIRST_SEED = 20_261_128;
    private static final long WORLD_SEED = 4_711;
    /**
     * A call that leaves its resources out would be about every resource, or about none; it is refused whatever is granted. So is an origin that is no
     * bucket's host name, which the sampler does not know how to make.
     */
    private static final Set<String> NAMES_MUST_BE_THERE = Set.of("kubernetes_add_registry", "kubernetes_remove_registry", "kubernetes_add_registries",
        "kubernetes_remove_registries", "domains_create", "tags_create", "cdn_create_endpoint", "volumes_delete_byName", "dropletActions_post_byTag");
    private static final int DISAGREEMENTS_MAX = 200;
    private final Map<String, Integer> seen = new TreeMap<>();
    private final List<String> disagreements = new ArrayList<>();
    private ApiDocument document;
    private SampleWorld world;
    private CallGenerator calls;
    private GrantGenerator grants;
    private ReferenceJudge judge;

    @Test
    void gatewayAndReferenceJudgeAgree() throws Exception {
        Path file = Path.of(System.getProperty("postern.digitalocean.openapi", "no-document"));
        assumeTrue(Files.isReadable(file), "no document at " + file);
        document = ApiDocument.read(file);
        world = new SampleWorld(new Random(WORLD_SEED));
        calls = new CallGenerator(document, world);
        grants = new GrantGenerator(document, world);
        judge = new ReferenceJudge(document, world);
        long first = Long.getLong("postern.fuzz.seed", TIME.isZero() ? FIRST_SEED : System.nanoTime());
        long count = System.getProperty("postern.fuzz.seed") != null ? 1 : TIME.isZero() ? CALLS : Long.MAX_VALUE;
        long end = System.nanoTime() + TIME.toNanos();
        long made = 0;
        try (OpenGateway gateway = new OpenGateway()) {
            SampleAnswers answers = new SampleAnswers(document, world);
            gateway.upstream.answers(arrived -> new RecordingUpstream.Reply(200, Map.of(), answers.to(arrived.method(), arrived.uri())));
            while (made < count && (TIME.isZero() || System.nanoTime() < end) && disagreements.size() < DISAGREEMENTS_MAX) {
                one(gateway, first + made++);
            }
            gateway.watch().check("differential fuzzer");
        }
        System.out.println("differential fuzzer: " + made + " calls from seed " + first + "; " + seen + "; disagreements: " + disagreements.size());
        disagreements.forEach(System.out::println);
        assertThat(disagreements).isEmpty();
    }

    private void one(OpenGateway gateway, long seed) {
        Random random = new Random(seed);
        random.nextInt();
        FuzzCall call = calls.call(random);
        Optional<List<DigitalOceanApi>> exact = Optional.empty();
        if (call.plain() && random.nextInt(3) == 0) {
            exact = random.nextBoolean() ? grants.exact(call) : Optional.of(grants.everything(types(gateway)));
        }
        List<DigitalOceanApi> grant = exact.isPresent() ? exact.get() : grants.near(call, random);
        if (grant.isEmpty()) {
            return;
        }
        gateway.upstream.forget();
        gateway.told.clear();
        String token = gateway.tokens.live(List.<AuthorizationDetail>copyOf(grant));
        RawCall answer = RawCall.send(gateway.port(), call.bytes(token));
        gateway.tokens.forget(token);
        List<RecordingUpstream.Arrived> arrived = gateway.upstream.arrived();
        seen.merge((exact.isPresent() ? "exact " : call.plain() ? "plain " : "odd ") + (arrived.isEmpty() ? answer.status() : "passed"), 1, Integer::sum);
        if (answer.status() >= 500 && answer.status() != 502 || answer.status() < 200) {
            disagree(seed, "answered " + answer.status() + " " + answer.body(), call, grant);
        }
        for (RecordingUpstream.Arrived one : arrived) {
            judge.objections(call.operation(), one.method(), one.uri(), one.body(), grant).forEach(objection -> disagree(seed, objection, call, grant));
        }
        judge.shown(answer.body(), grant).forEach(urn -> disagree(seed, "the answer shows " + urn, call, grant));
        if (exact.isPresent() && arrived.isEmpty() && !NAMES_MUST_BE_THERE.contains(call.operation().id())
            && gateway.operations.all().stream().noneMatch(operation -> operation.id().value().equals(call.operation().id())
                && (!operation.served() || operation.handsOutCredential() || operation.handsOutLastingCredential()))) {
            disagree(seed, "refused with " + answer.status() + " " + answer.body(), call, grant);
        }
    }

    /** Returns every type of resource that the gateway knows. */
    private static Set<String> types(OpenGateway gateway) {
        Set<String> types = new TreeSet<>();
        gateway.operations.all().forEach(operation -> {
            operation.places().stream().map(Place::type).filter(type -> !type.isEmpty()).forEach(types::add);
            operation.wholeTypes().forEach(whole -> types.add(whole.type()));
        });
        return types;
    }

    private void disagree(long seed, String what, FuzzCall call, List<DigitalOceanApi> grant) {
        List<String> entries = grant.size() > 30 ? List.of("everything") : grant.stream().map(entry -> entry.identifier() + " " + entry.actions()).toList();
        disagreements.add("seed " + seed + ": " + what + "\n  " + call + "\n  grant " + entries);
    }
}
