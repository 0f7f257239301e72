// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import dev.postern.events.AuthorizationDetail;
import dev.postern.events.AuthorizationDetail.Constraints;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.events.ResourceName;
import dev.postern.token.operation.Answer;
import dev.postern.token.operation.Operation;
import dev.postern.token.operation.Place;
import dev.postern.token.operation.ScopeRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Derives the grant that an operation on a resource needs, from the operations table. */
final class GrantsOf {
    private GrantsOf() {}

    /** All that the operation asks for, on resources with this id of every type that it names, and on whole types where it names none. */
    static List<AuthorizationDetail> covering(Operation operation, String id) {
        Map<String, Set<String>> scopes = new LinkedHashMap<>();
        for (Place place : operation.places()) {
            if (!place.type().isEmpty()) {
                String name = place.in() == Place.In.FIXED ? "*" : id;
                add(scopes, "do:" + place.type() + ":" + (place.byOtherName() ? "*" : within(operation, place, name)), place.scopes());
            }
        }
        boolean namesNothing = operation.places().stream()
            .noneMatch(place -> place.in() == Place.In.PATH || place.in() == Place.In.FIXED || place.required());
        if (namesNothing && operation.wholeTypes().isEmpty()) {
            shown(operation).stream().filter(identity -> identity.type().isPresent())
                .forEach(identity -> add(scopes, "do:" + identity.type().get() + ":" + id, identity.scopes()));
        }
        // A PUT could take away whatever it does not name.
        operation.places().stream().filter(place -> place.replaced() != Place.Replaced.NO).forEach(place -> {
            if (place.byType().isEmpty()) {
                add(scopes, "do:" + place.type() + ":*", place.scopes());
            }
            place.byType().forEach((type, needed) -> add(scopes, "do:" + type + ":*", needed));
        });
        operation.unnamed().forEach(unnamed -> add(scopes, "do:" + unnamed.type() + ":*", unnamed.scopes()));
        operation.wholeTypes().forEach(whole -> add(scopes, "do:" + whole.type() + ":*", whole.scopes()));
        List<AuthorizationDetail> details = new ArrayList<>();
        Optional<Constraints> constraints = operation.handsOutLastingCredential()
            ? Optional.of(new Constraints(null, null, null, null, null, null, null, Optional.of(true))) : Optional.empty();
        scopes.forEach((name, all) -> details.add(new DigitalOceanApi(new ResourceName(name), List.copyOf(all), constraints)));
        if (details.isEmpty()) {
            details.add(new DigitalOceanApi(new ResourceName("do:image:" + id), List.of("image:read"), Optional.empty()));
        }
        return details;
    }

    private static List<Answer.Identity> shown(Operation operation) {
        return operation.answer() instanceof Answer.Collection list ? list.identities() : operation.answer() instanceof Answer.Item item ? item.identities()
            : List.of();
    }

    /** Returns true if the operation needs no scope. */
    static boolean needsNothing(Operation operation) {
        return operation.places().stream().allMatch(place -> place.scopes().allOf().isEmpty()) && operation.wholeTypes().isEmpty()
            && shown(operation).isEmpty();
    }

    /** The same scopes on resources with another id; whole types become single resources. */
    static List<AuthorizationDetail> named(List<AuthorizationDetail> details, String id) {
        return details.stream().<AuthorizationDetail>map(detail -> new DigitalOceanApi(new ResourceName(detail.identifier().type() + ":" + id),
            ((DigitalOceanApi) detail).actions(), Optional.empty())).toList();
    }

    /** The same, but of the types that can cover this place only the one resource, never the whole type. */
    static List<AuthorizationDetail> narrowed(List<AuthorizationDetail> details, Place place, String id) {
        return details.stream().<AuthorizationDetail>map(detail -> {
            String type = detail.identifier().type().substring(3);
            boolean covers = place.type().equals(type) || place.wholeTypes().contains(type)
                || place.within().map(holder -> holder.type().equals(type)).orElse(false);
            return covers ? named(List.of(detail), id).get(0) : detail;
        }).toList();
    }

    /** The same resources with a scope that nothing asks for there. */
    static List<AuthorizationDetail> otherScope(List<AuthorizationDetail> details) {
        return details.stream().<AuthorizationDetail>map(detail -> new DigitalOceanApi(detail.identifier(), List.of("action:none"), Optional.empty())).toList();
    }

    private static String within(Operation operation, Place place, String id) {
        return place.within().map(holder -> id + "/" + id).orElse(id);
    }

    private static boolean isName(String name) {
        try {
            return new ResourceName(name).value() != null;
        } catch (IllegalArgumentException noName) {
            return false;
        }
    }

    private static void add(Map<String, Set<String>> scopes, String name, ScopeRule rule) {
        Set<String> all = rule.allOf().stream().flatMap(List::stream).collect(Collectors.toCollection(LinkedHashSet::new));
        if (!all.isEmpty() && isName(name)) {
            scopes.computeIfAbsent(name, key -> new LinkedHashSet<>()).addAll(all);
        }
    }
}
