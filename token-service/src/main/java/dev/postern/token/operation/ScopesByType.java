// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.operation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Collects which scopes the operations of a table could ask of which type. */
final class ScopesByType {
    private final Map<String, Set<String>> all = new HashMap<>();

    private ScopesByType() {}

    static Map<String, Set<String>> of(List<Operation> operations) {
        ScopesByType scopes = new ScopesByType();
        operations.stream().filter(Operation::served).forEach(scopes::operation);
        scopes.all.replaceAll((type, found) -> Set.copyOf(found));
        return Map.copyOf(scopes.all);
    }

    private void operation(Operation operation) {
        for (Place place : operation.places()) {
            if (place.byType().isEmpty()) {
                add(place.type(), place.scopes());
            }
            place.byType().forEach(this::add);
            place.within().ifPresent(holder -> add(holder.type(), place.scopes()));
            place.wholeTypes().forEach(type -> add(type, place.scopes()));
        }
        operation.wholeTypes().forEach(whole -> add(whole.type(), whole.scopes()));
        operation.unnamed().forEach(unnamed -> add(unnamed.type(), unnamed.scopes()));
        operation.embedded().forEach(embedded -> add(embedded.type(), embedded.scopes()));
        for (Answer.Identity identity : operation.answer().identities()) {
            identity.type().ifPresent(type -> add(type, identity.scopes()));
            identity.byType().forEach(this::add);
        }
        Optional<String> first = operation.places().stream().filter(place -> place.in() == Place.In.PATH).map(Place::type).findFirst();
        operation.secrets().flatMap(Operation.Secrets::scope).ifPresent(scope -> first.ifPresent(type -> add(type, new ScopeRule(List.of(List.of(scope))))));
        if (operation.answer() instanceof Answer.Collection) {
            // The secrets in a list are shown by name of each element.
            operation.secrets().flatMap(Operation.Secrets::scope).ifPresent(scope -> operation.answer().identities()
                .forEach(identity -> identity.type().ifPresent(type -> add(type, new ScopeRule(List.of(List.of(scope)))))));
        }
    }

    private void add(String type, ScopeRule scopes) {
        Set<String> known = all.computeIfAbsent(ResourceTypes.canonical(type), none -> new HashSet<>());
        scopes.allOf().forEach(known::addAll);
    }
}
