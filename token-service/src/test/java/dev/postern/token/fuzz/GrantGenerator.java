// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.fuzz;

import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import dev.postern.token.fuzz.ApiDocument.ApiOperation;
import dev.postern.token.fuzz.SampleWorld.Resource;
import dev.postern.token.fuzz.SampleWorld.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Makes random grants that nearly fit a call. */
public final class GrantGenerator {
    private static final double OFTEN = 0.7;
    private final SampleWorld world;
    private final List<String> scopes;

    /** Makes grants of the document's scopes over the resources of a world. */
    public GrantGenerator(ApiDocument document, SampleWorld world) {
        this.world = world;
        Set<String> all = new HashSet<>();
        document.operations().forEach(operation -> all.addAll(operation.allScopes()));
        this.scopes = all.stream().sorted().toList();
    }

    /** Returns a grant for a call: its own resources and scopes with gaps, other resources, whole types. */
    public List<DigitalOceanApi> near(FuzzCall call, Random random) {
        List<DigitalOceanApi> entries = new ArrayList<>();
        ApiOperation operation = call.operation();
        if (call.subject().isPresent() && random.nextDouble() < OFTEN) {
            entry(entries, call.subject().get().urn(), some(List.copyOf(operation.allScopes()), random));
        }
        if (call.subject().isEmpty() && random.nextBoolean()) {
            SampleWorld.ofParameter(operation.path()).ifPresent(
                type -> entry(entries, random.nextBoolean() ? "do:" + type.name() + ":*" : world.any(type.name(), random).urn(), some(ofFamily(type), random)));
        }
        int more = random.nextInt(5);
        for (int at = 0; at < more; at++) {
            Resource resource = world.any(random);
            Type type = SampleWorld.type(resource.type());
            entry(entries, random.nextInt(6) == 0 ? "do:" + type.name() + ":*" : resource.urn(),
                random.nextInt(5) == 0 ? some(List.copyOf(operation.allScopes()), random) : some(ofFamily(type), random));
        }
        for (Type type : SampleWorld.types()) {
            if (random.nextInt(12) == 0) {
                entry(entries, "do:" + type.name() + ":*", some(ofFamily(type), random));
            }
        }
        return entries;
    }

    /** Returns a grant of exactly the resource in the path with every scope that the document names; empty where that is not all that a call needs. */
    public Optional<List<DigitalOceanApi>> exact(FuzzCall call) {
        ApiOperation operation = call.operation();
        if (call.subject().isEmpty() || operation.body() != null || call.target().contains("?") || operation.scopes().size() != 1
            || operation.path().indexOf('{') != operation.path().lastIndexOf('{')) {
            return Optional.empty();
        }
        Set<String> family = SampleWorld.type(call.subject().get().type()).family();
        boolean own = operation.allScopes().stream().allMatch(scope -> family.contains(scope.substring(0, scope.indexOf(':'))));
        own &= !operation.path().contains("associated");
        return own
            ? Optional.of(List.of(new DigitalOceanApi(new ResourceName(call.subject().get().urn()), List.copyOf(operation.allScopes()), Optional.empty())))
            : Optional.empty();
    }

    /** Returns a grant of every scope on every resource of these types. */
    public List<DigitalOceanApi> everything(Set<String> types) {
        return types.stream().map(type -> new DigitalOceanApi(new ResourceName("do:" + type + ":*"), scopes, Optional.empty())).toList();
    }

    private List<String> ofFamily(Type type) {
        return scopes.stream().filter(scope -> type.family().contains(scope.substring(0, scope.indexOf(':')))).toList();
    }

    private static List<String> some(List<String> scopes, Random random) {
        return scopes.stream().sorted().filter(scope -> random.nextDouble() < OFTEN).toList();
    }

    private static void entry(List<DigitalOceanApi> entries, String identifier, List<String> actions) {
        if (!actions.isEmpty()) {
            entries.add(new DigitalOceanApi(new ResourceName(identifier), actions, Optional.empty()));
        }
    }
}
