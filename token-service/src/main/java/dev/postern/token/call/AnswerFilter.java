// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.events.ResourceName;
import dev.postern.token.operation.Answer;
import dev.postern.token.operation.Operation;
import dev.postern.token.operation.ResourceTypes;
import dev.postern.token.operation.ScopeRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Leaves of an answer what the token may see. Pure; one per call, for one thread. */
public final class AnswerFilter {
    private static final String LINKS = "links";
    private static final String META = "meta";
    private static final String TOTAL = "total";

    private final Operation operation;
    private final Coverage coverage;
    private final List<ResourceName> resources;
    private final boolean some;
    private final Set<String> secrets;

    AnswerFilter(Operation operation, Coverage coverage, List<ResourceName> resources, boolean some) {
        this.operation = operation;
        this.coverage = coverage;
        this.resources = resources;
        this.some = some;
        this.secrets = operation.handsOutCredential() && operation.secrets().isEmpty() ? Set.of() : operation.secrets().map(Operation.Secrets::members)
            .orElse(Set.of());
    }

    /** Returns the answer's description, for readers of further pages. */
    public Answer answer() {
        return operation.answer();
    }

    /** Returns true if list elements, or a single answer, may be left out. If false, only secrets are removed, and each page of a list stays full. */
    public boolean leavesOut() {
        return some;
    }

    /** The result of filtering an answer with status 2xx. */
    public sealed interface Filtered {}

    /**
     * Shown.
     *
     * @param body    the answer with just what the token may see; of a list, {@code meta.total} is not corrected yet ({@link #page})
     * @param kept    of a list, the elements that stayed, in order
     * @param dropped of a list, how many did not
     */
    public record Shown(JsonNode body, List<JsonNode> kept, int dropped) implements Filtered {
        /** Copies the list. */
        public Shown {
            kept = List.copyOf(kept);
        }
    }

    /** A single answer that the token may not see: 404 to the client. */
    public record Hidden() implements Filtered {}

    /**
     * The answer does not have the form that the table says; nothing of it may be shown: 502.
     *
     * @param why without any content
     */
    public record Unreadable(String why) implements Filtered {}

    /** Filters one answer of the provider (for a list: one page), in its place: a copy of a large one would take its memory once more. */
    public Filtered filter(JsonNode body) {
        if (operation.answer() instanceof Answer.Collection collection) {
            return list(body, collection);
        }
        if (operation.answer() instanceof Answer.Item item && some) {
            JsonNode shown = body.at(item.at());
            if (!shown.isObject()) {
                return new Unreadable("has no object at " + item.at());
            }
            if (!visible(shown, item.identities())) {
                return new Hidden();
            }
        }
        clean(body, showsSecrets(resources.stream().findFirst()), true);
        return new Shown(body, List.of(), 0);
    }

    /**
     * The client's page of a list with {@link Answer.Paging#PAGES}: the gateway reads the provider's pages, filters each, and hands over everything
     * that was kept.
     *
     * @param anyPage a page of the provider after {@link #filter}, whose other members are kept
     * @param kept    elements of all pages that the token may see, in order
     * @param page    the client's page, from 1
     * @param perPage elements per page, from 1
     * @param url     the list's address for the client, with its query but {@code page}; {@code links} are built from it
     */
    public JsonNode page(JsonNode anyPage, List<JsonNode> kept, int page, int perPage, String url) {
        JsonPointer at = operation.collectionAt().orElseThrow(() -> new IllegalStateException(operation.id() + " is no list"));
        ObjectNode body = anyPage.deepCopy();
        int from = (int) Math.min(kept.size(), (page - 1L) * perPage);
        int to = Math.min(kept.size(), from + perPage);
        ArrayNode elements = (ArrayNode) body.at(at);
        elements.removeAll();
        elements.addAll(kept.subList(from, to));
        int last = Math.max(1, (kept.size() + perPage - 1) / perPage);
        if (body.has(META) || kept.size() > perPage) {
            (body.get(META) instanceof ObjectNode meta ? meta : body.putObject(META)).put(TOTAL, kept.size());
        }
        if (body.has(LINKS) || last > 1) {
            links(body.putObject(LINKS), page, last, url);
        }
        return body;
    }

    private static void links(ObjectNode links, int page, int last, String url) {
        if (last == 1) {
            return;
        }
        ObjectNode pages = links.putObject("pages");
        String with = url + (url.indexOf('?') < 0 ? "?" : "&") + "page=";
        if (page > 1) {
            pages.put("first", with + 1);
            pages.put("prev", with + Math.min(page - 1, last));
        }
        if (page < last) {
            // In the provider's order, which clients that read by pattern rely on.
            pages.put("last", with + last);
            pages.put("next", with + (page + 1));
        }
    }

    /** Returns true if filtering could change the provider's answer. */
    boolean changesAnything() {
        boolean hidesSecrets = !secrets.isEmpty()
            && (operation.answer() instanceof Answer.Collection || resources.isEmpty() || !showsSecrets(Optional.of(resources.get(0))));
        boolean cutsEmbedded = operation.embedded().stream().anyMatch(embedded -> !coverage.showsAll(embedded.type(), embedded.scopes()));
        return some || hidesSecrets || cutsEmbedded;
    }

    private Filtered list(JsonNode body, Answer.Collection collection) {
        JsonNode array = body.at(collection.at());
        if (array.isMissingNode() || array.isNull()) {
            clean(body, false, true);
            return new Shown(body, List.of(), 0);
        }
        if (!(array instanceof ArrayNode elements)) {
            return new Unreadable("has no array at " + collection.at());
        }
        List<JsonNode> kept = new ArrayList<>();
        int all = elements.size();
        for (JsonNode element : elements) {
            if (!some || visible(element, collection.identities())) {
                clean(element, showsSecrets(firstName(element, collection.identities())), false);
                kept.add(element);
            }
        }
        elements.removeAll();
        clean(body, false, true);
        elements.addAll(kept);
        return new Shown(body, kept, all - kept.size());
    }

    private boolean visible(JsonNode element, List<Answer.Identity> identities) {
        for (Answer.Identity identity : identities) {
            Optional<ResourceName> name = name(element, identity);
            Optional<ScopeRule> scopes = name.flatMap(one -> identity.scopesOn(ResourceTypes.of(one)));
            if (scopes.isPresent() && coverage.shows(name.get(), scopes.get())) {
                return true;
            }
        }
        return false;
    }

    /** Returns the first name by which an element of a list says which resource it is. */
    public static Optional<ResourceName> firstName(JsonNode element, List<Answer.Identity> identities) {
        return identities.stream().flatMap(identity -> name(element, identity).stream()).findFirst();
    }

    /** Which resource an object says that it is; empty where that cannot be read, and then it is not shown. */
    private static Optional<ResourceName> name(JsonNode element, Answer.Identity identity) {
        JsonNode id = element.at(identity.id());
        if (!id.isTextual() && !id.isIntegralNumber()) {
            return Optional.empty();
        }
        try {
            if (identity.typeAt().isPresent()) {
                JsonNode type = element.at(identity.typeAt().get());
                return type.isTextual() ? Optional.of(ResourceTypes.single(type.textValue(), id.asText())) : Optional.empty();
            }
            if (identity.type().isPresent()) {
                return Optional.of(ResourceTypes.single(identity.type().get(), id.asText()));
            }
            ResourceName name = ResourceTypes.canonical(new ResourceName(id.asText()));
            return name.wildcard() ? Optional.empty() : Optional.of(name);
        } catch (IllegalArgumentException noName) {
            return Optional.empty();
        }
    }

    private boolean showsSecrets(Optional<ResourceName> resource) {
        Optional<String> scope = operation.secrets().flatMap(Operation.Secrets::scope);
        boolean lasting = operation.secrets().map(Operation.Secrets::lasting).orElse(false);
        return secrets.isEmpty() || resource.isPresent() && scope.isPresent() && coverage.names(resource.get(), scope.get(), lasting);
    }

    /** Takes secrets and other resources out of a tree. @param whole whether the node is all of the answer: a single thing in it is what the call is about */
    private void clean(JsonNode node, boolean showsSecrets, boolean whole) {
        if (node instanceof ObjectNode object) {
            if (!showsSecrets) {
                object.remove(secrets);
            }
            for (Operation.Embedded embedded : operation.embedded()) {
                if (!whole || object.path(embedded.member()).isArray()) {
                    cut(object, embedded);
                }
            }
        }
        for (JsonNode child : node) {
            clean(child, showsSecrets, false);
        }
    }

    private void cut(ObjectNode object, Operation.Embedded embedded) {
        JsonNode held = object.get(embedded.member());
        if (held instanceof ObjectNode other) {
            cutOne(other, embedded);
        } else if (held instanceof ArrayNode several) {
            several.forEach(one -> {
                if (one instanceof ObjectNode other) {
                    cutOne(other, embedded);
                }
            });
        }
    }

    private void cutOne(ObjectNode other, Operation.Embedded embedded) {
        if (embedded.unless().isPresent() && other.path(embedded.unless().get()).isBoolean() && other.get(embedded.unless().get()).booleanValue()) {
            return;
        }
        JsonNode id = other.path(embedded.id());
        Answer.Identity identity = new Answer.Identity(Optional.of(embedded.type()), JsonPointer.compile("/" + embedded.id()), Optional.empty(),
            embedded.scopes(), Map.of());
        if (!visible(other, List.of(identity))) {
            other.removeAll();
            if (id.isIntegralNumber() || id.isTextual()) {
                other.set(embedded.id(), id);
            }
        }
    }

    @Override
    public String toString() {
        return "AnswerFilter[" + operation.id() + Map.of("leavesOut", some) + "]";
    }
}
