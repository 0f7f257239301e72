// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.operation;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** One line of the table to an operation. What is left out has the narrowest meaning: nothing is public, filtered or created by default. */
final class OperationJson {
    private OperationJson() {}

    /** @throws IllegalArgumentException if the line is broken, or would let everybody pass */
    static Operation read(JsonNode line) {
        String path = text(line, "path");
        List<String> segments = List.of(path.substring(1).split("/"));
        Operation operation = new Operation(new OperationId(text(line, "id")), text(line, "method"), segments,
            !line.has("served") || line.get("served").booleanValue(), scopes(line.get("scopes")),
            each(line, "places", OperationJson::place), each(line, "whole", OperationJson::whole), texts(line, "parts"), texts(line, "query"),
            flag(line, "body"), answer(line.get("answer")), optional(line, "credential"), optional(line, "lasting"),
            Optional.ofNullable(line.get("secrets")).map(secrets -> new Operation.Secrets(texts(secrets, "members"), optional(secrets, "scope"),
                flag(secrets, "lasting"), optional(secrets, "kind"))),
            each(line, "embedded", OperationJson::embedded),
            Optional.ofNullable(line.get("creates")).map(creates -> new Operation.Creation(text(creates, "type"), List.copyOf(texts(creates, "ids")))),
            Optional.ofNullable(line.get("replaces")).map(OperationJson::replacement),
            each(line, "unnamed", unnamed -> new Operation.Unnamed(texts(unnamed, "places"), text(unnamed, "type"), scopes(unnamed.get("scopes")))),
            KnownMembers.of(line.path("members")));
        check(operation, flag(line, "public"));
        return operation;
    }

    /** Fail closed: who needs nothing must say so, and what names something in the path must need a scope for it. */
    private static void check(Operation operation, boolean open) {
        boolean needs = operation.places().stream().anyMatch(Place::required) || !operation.wholeTypes().isEmpty()
            || !operation.write() && !(operation.answer() instanceof Answer.Unfiltered);
        if (operation.served() && !needs && !open) {
            throw new IllegalArgumentException(operation.id() + " needs nothing, and is not said to be public");
        }
        if (operation.places().stream().anyMatch(place -> place.scopes().allOf().isEmpty())
            || operation.wholeTypes().stream().anyMatch(whole -> whole.scopes().allOf().isEmpty())) {
            throw new IllegalArgumentException(operation.id() + " names a resource and needs no scope for it");
        }
    }

    private static Place place(JsonNode json) {
        Place.In in = Place.In.valueOf(text(json, "in").toUpperCase(Locale.ROOT));
        return new Place(in, text(json, "name"), text(json, "type"), scopes(json.get("scopes")), byType(json),
            optional(json, "form").map(form -> Place.Form.valueOf(form.toUpperCase(Locale.ROOT))).orElse(Place.Form.ID),
            Optional.ofNullable(json.get("within")).map(within -> new Place.Within(text(within, "type"), text(within, "parameter"))),
            texts(json, "whole"), in == Place.In.PATH || in == Place.In.FIXED || flag(json, "required"), flag(json, "by_name"),
            Place.Replaced.valueOf(optional(json, "replaced").orElse("no").toUpperCase(Locale.ROOT)), optional(json, "instead"));
    }

    private static Map<String, ScopeRule> byType(JsonNode json) {
        Map<String, ScopeRule> byType = new HashMap<>();
        json.path("by_type").properties().forEach(type -> byType.put(type.getKey(), scopes(type.getValue())));
        return byType;
    }

    private static Operation.Embedded embedded(JsonNode json) {
        return new Operation.Embedded(text(json, "member"), text(json, "type"), optional(json, "id").orElse("id"), scopes(json.get("scopes")),
            optional(json, "unless"));
    }

    private static Replacement replacement(JsonNode json) {
        return new Replacement(flag(json, "partial"), optional(json, "shown").map(JsonPointer::compile));
    }

    private static Operation.WholeType whole(JsonNode json) {
        return new Operation.WholeType(text(json, "type"), scopes(json.get("scopes")));
    }

    private static Answer answer(JsonNode json) {
        if (json == null) {
            return new Answer.Unfiltered();
        }
        List<Answer.Identity> identities = each(json, "of", OperationJson::identity);
        if (identities.isEmpty() || identities.stream().anyMatch(identity -> identity.scopes().allOf().isEmpty())) {
            throw new IllegalArgumentException("an answer is filtered by nothing");
        }
        return json.has("list")
            ? new Answer.Collection(JsonPointer.compile(text(json, "list")), identities,
                "pages".equals(optional(json, "paging").orElse("")) ? Answer.Paging.PAGES : Answer.Paging.NONE)
            : new Answer.Item(JsonPointer.compile(text(json, "item")), identities);
    }

    private static Answer.Identity identity(JsonNode json) {
        return new Answer.Identity(optional(json, "type"), JsonPointer.compile(text(json, "id")), optional(json, "type_at").map(JsonPointer::compile),
            scopes(json.get("scopes")), byType(json));
    }

    private static ScopeRule scopes(JsonNode json) {
        List<List<String>> allOf = new ArrayList<>();
        for (JsonNode alternatives : json) {
            List<String> one = new ArrayList<>();
            alternatives.forEach(scope -> one.add(scope.textValue()));
            allOf.add(one);
        }
        return new ScopeRule(allOf);
    }

    private static <T> List<T> each(JsonNode json, String member, Function<JsonNode, T> reader) {
        List<T> all = new ArrayList<>();
        if (json.has(member)) {
            json.get(member).forEach(one -> all.add(reader.apply(one)));
        }
        return all;
    }

    private static Set<String> texts(JsonNode json, String member) {
        return new LinkedHashSet<>(each(json, member, JsonNode::textValue));
    }

    private static String text(JsonNode json, String member) {
        return optional(json, member).orElseThrow(() -> new IllegalArgumentException("no " + member + " in " + json));
    }

    private static Optional<String> optional(JsonNode json, String member) {
        return Optional.ofNullable(json.get(member)).map(JsonNode::textValue);
    }

    private static boolean flag(JsonNode json, String member) {
        return json.has(member) && json.get(member).booleanValue();
    }
}
