// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.operations;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.token.operations.OpenApiDocument.Described;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Derives the line of one operation. What neither document nor corrections say goes to the list of what is unclassified. */
final class DeriveOperation {
    private static final Pattern ID = Pattern.compile("(?:.*[_-])?(?:id|ids|uuid|uuids|uid|uids|urn|urns)", Pattern.CASE_INSENSITIVE);
    private static final Pattern SECRET = Pattern.compile(".*(?:password|secret|credential|private_key|api_key|access_key|api_token|auth_key).*|token|auth");
    private static final String PART = "part";

    private final OpenApiDocument document;
    private final Corrections corrections;
    private final Map<String, String> itemTypes;
    private final Described operation;
    private final List<String> unclassified;
    private final Set<String> referenceNames;
    private final String id;
    private final List<List<String>> asked;
    /** Scopes of the document, without the ignored ones. */
    private final List<List<String>> scopes;
    private final ArrayNode places;
    private final List<List<String>> unmatched;
    private final Set<String> parts = new TreeSet<>();
    /** Pointers of the body at which the resource of the path stands once more. */
    private final Set<String> self = new TreeSet<>();
    /** Members of {@link OpenApiDocument#body}, and those that the document lacks. */
    private final Map<String, Boolean> body;

    /**
     * @param itemTypes      path of a list → type of its elements, where a single path stands beneath it
     * @param referenceNames in lower case, the names of all places in bodies: a member of that name that names nothing must be said to be a part
     */
    DeriveOperation(OpenApiDocument document, Corrections corrections, Map<String, String> itemTypes, Described operation, Set<String> referenceNames,
                    List<String> unclassified) {
        this.document = document;
        this.corrections = corrections;
        this.itemTypes = itemTypes;
        this.operation = operation;
        this.unclassified = unclassified;
        this.referenceNames = referenceNames;
        this.id = operation.id();
        this.asked = document.scopes(operation);
        List<String> ignored = Corrections.texts(corrections.section("ignored"));
        this.scopes = asked.stream().filter(clause -> clause.stream().noneMatch(scope -> ignored.contains(family(scope)))).toList();
        this.places = Corrections.object().arrayNode();
        this.body = new LinkedHashMap<>(document.body(operation));
        corrections.look("members", id).flatMap(more -> more.isTextual() ? corrections.look("members", more.asText()) : Optional.of(more))
            .ifPresent(more -> more.forEach(name -> body.putIfAbsent("/" + name.asText(), true)));
        this.unmatched = new ArrayList<>(scopes);
    }

    ObjectNode line() {
        ObjectNode line = Corrections.object();
        line.put("id", id).put("method", operation.method()).put("path", operation.path());
        JsonNode correction = corrections.look("operations", id).orElse(Corrections.object());
        line.set("scopes", clauses(asked));
        if (!document.onApiHost(operation)) {
            return line.put("served", false);
        }
        if (correction.path("public").asBoolean()) {
            line.put("public", true);
        } else if (scopes.isEmpty()) {
            unclassified.add(id + ": asks for no scope, and is not said to be public");
        }
        pathPlaces(correction);
        queryPlaces();
        bodyPlaces();
        // What leads to a place is no part: were the place forgotten, its name alone must refuse the call.
        places.forEach(place -> parts.removeIf(part -> place.get("name").asText().startsWith(part + "/")));
        Optional<ObjectNode> answer = answer();
        JsonNode kind = corrections.section("credentials").get(id);
        boolean credential = kind != null;
        ArrayNode whole = whole(answer);
        correction.path("whole").properties().forEach(more -> whole.add(Corrections.object().put("type", more.getKey())
            .set("scopes", clauses(List.of(List.of(more.getValue().asText()))))));
        put(line, "places", places);
        put(line, "whole", whole);
        put(line, "parts", parts);
        Set<String> query = new TreeSet<>(document.parameters(operation, "query"));
        query.addAll(Corrections.texts(correction.path("query")));
        put(line, "query", query);
        if (document.takesBody(operation)) {
            line.put("body", true);
        }
        answer.ifPresent(found -> line.set("answer", found));
        if (credential) {
            line.set("credential", kind);
        }
        if (corrections.section("lasting").has(id)) {
            line.set("lasting", corrections.section("lasting").get(id));
        }
        secrets(line, credential);
        embedded(line);
        creation(correction).ifPresent(created -> line.set("creates", created));
        replacement(line, correction);
        put(line, "unnamed", correction.path("unnamed"));
        ObjectNode members = OpenApiDocument.tree(body.keySet());
        if (!members.isEmpty()) {
            line.set("members", members);
        }
        return line;
    }

    /**
     * The body of a PUT replaces what is there; so does, of a PATCH, each member that is there. What the GET of the same path shows at the same pointer
     * can be compared.
     */
    private void replacement(ObjectNode line, JsonNode correction) {
        List<ObjectNode> replaced = new ArrayList<>();
        if (Set.of("PUT", "PATCH").contains(operation.method())) {
            places.forEach(place -> replaced.add((ObjectNode) place));
        }
        replaced.removeIf(place -> !"body".equals(place.get("in").asText()) || self.contains(place.get("name").asText())
            || document.parameters(operation, "path").contains(place.get("name").asText().substring(1))
            || corrections.look("kept", id + "#" + place.get("name").asText()).isPresent());
        if (replaced.isEmpty()) {
            return;
        }
        Set<String> answer = document.beside(operation, "GET").map(get -> document.answer(get).keySet()).orElse(Set.of());
        Set<String> roots = new TreeSet<>(Set.of(""));
        answer.stream().filter(pointer -> pointer.lastIndexOf('/') == 0).forEach(roots::add);
        String best = "";
        long most = 0;
        for (String root : roots) {
            long shown = replaced.stream().filter(place -> answer.contains(root + place.get("name").asText())).count();
            best = shown > most ? root : best;
            most = Math.max(most, shown);
        }
        String at = best;
        replaced.forEach(place -> place.put("replaced", answer.contains(at + place.get("name").asText()) ? "shown" : "unseen"));
        ObjectNode replaces = line.putObject("replaces");
        if ("PATCH".equals(operation.method()) || correction.path("partial").asBoolean()) {
            replaces.put("partial", true);
        }
        if (most > 0) {
            replaces.put("shown", at);
        }
    }

    private void pathPlaces(JsonNode correction) {
        if (correction.has("fixed")) {
            JsonNode fixed = correction.get("fixed");
            ObjectNode place = place("fixed", fixed.get("id").asText(), fixed.get("type").asText(),
                fixed.has("scopes") ? given(fixed.get("scopes")) : scopesOf(fixed.get("type").asText()));
            if (fixed.has("by_name")) {
                place.set("by_name", fixed.get("by_name"));
            }
            place.set("instead", fixed.get("instead"));
            places.add(place);
        }
        String soFar = "";
        boolean repository = operation.path().contains("{repository_name}");
        for (String segment : operation.path().substring(1).split("/")) {
            soFar += "/" + segment;
            if (!segment.startsWith("{")) {
                continue;
            }
            String name = segment.substring(1, segment.length() - 1);
            String type = pathType(soFar, name);
            if (type == null) {
                unclassified.add(id + ": path parameter " + name);
            } else if (!PART.equals(type) && !(repository && "registry".equals(type))) {
                List<List<String>> own = scopesOf(type);
                if (correction.has("path_scopes")) {
                    own = given(correction.get("path_scopes"));
                    unmatched.clear();
                }
                ObjectNode place = place("path", name, type, own);
                if ("repository".equals(type)) {
                    place.putObject("within").put("type", "registry").put("parameter", "registry_name");
                }
                places.add(place);
            }
        }
    }

    private String pathType(String soFar, String name) {
        return corrections.look("path", soFar).or(() -> corrections.look("path", name)).map(JsonNode::asText).orElse(null);
    }

    /** The operation's clauses that speak of the type; all of them, if none does. What no place takes is left for whole types. */
    private List<List<String>> scopesOf(String type) {
        List<String> families = corrections.families(type);
        List<List<String>> matched = scopes.stream().filter(clause -> clause.stream().anyMatch(scope -> families.contains(family(scope)))).toList();
        unmatched.removeAll(matched.isEmpty() ? scopes : matched);
        return matched.isEmpty() ? scopes : matched;
    }

    private void queryPlaces() {
        for (String name : document.parameters(operation, "query")) {
            Optional<JsonNode> rule = corrections.look("query", id + "?" + name).or(() -> corrections.look("query", name));
            if (rule.isPresent()) {
                use("query", name, rule.get());
            } else if (ID.matcher(name).matches()) {
                unclassified.add(id + ": query parameter " + name);
            }
        }
    }

    private void bodyPlaces() {
        body.forEach((pointer, scalar) -> {
            Optional<JsonNode> rule = bodyRule(pointer);
            if (parts.stream().anyMatch(part -> beneath(pointer, part))) {
                return;
            }
            if (corrections.section("body").has(id + "#" + pointer + "/**")) {
                corrections.look("body", id + "#" + pointer + "/**");
                parts.add(pointer + "/**");
            } else if (rule.isPresent() && freed(pointer)) {
                parts.add(pointer + "/**");
            } else if (rule.isPresent() && scalar) {
                use("body", pointer, rule.get());
            } else if (rule.isEmpty() && referenceNames.contains(lastName(pointer).toLowerCase(Locale.ROOT))) {
                parts.add(pointer);
                // Where null may stand for an array, the elements are what counts.
                boolean elements = body.containsKey(pointer + "/*");
                if (scalar && !elements && !Corrections.texts(corrections.section("words")).contains(lastName(pointer))) {
                    unclassified.add(id + ": body member " + pointer + ", which elsewhere names a resource");
                }
            } else if (rule.isEmpty() && scalar && ID.matcher(lastName(pointer)).matches() && parts.stream().noneMatch(part -> beneath(pointer, part))) {
                unclassified.add(id + ": body member " + pointer);
            }
        });
    }

    private Optional<JsonNode> bodyRule(String pointer) {
        Optional<JsonNode> own = corrections.look("body", id + "#" + pointer);
        String suffix = pointer.substring(1);
        while (own.isEmpty()) {
            String end = suffix;
            own = corrections.look("body", end).or(() -> corrections.look("body", end + "/**"));
            int slash = suffix.indexOf('/');
            if (slash < 0 || own.isPresent()) {
                break;
            }
            suffix = suffix.substring(slash + 1);
        }
        return own;
    }

    private boolean freed(String pointer) {
        String suffix = pointer.substring(1);
        while (true) {
            if (corrections.section("body").has(suffix + "/**")) {
                return true;
            }
            int slash = suffix.indexOf('/');
            if (slash < 0 || corrections.section("body").has(suffix)) {
                return false;
            }
            suffix = suffix.substring(slash + 1);
        }
    }

    private static boolean beneath(String pointer, String part) {
        return part.endsWith("/**") && pointer.startsWith(part.substring(0, part.length() - 2));
    }

    /** A use: "part", "self", "refer type", "attach type", "act type", or spelt out. */
    private void use(String in, String name, JsonNode rule) {
        String words = rule.isTextual() ? rule.asText() : "";
        if (PART.equals(words)) {
            if ("body".equals(in)) {
                parts.add(name);
            }
        } else if ("self".equals(words)) {
            JsonNode last = places.isEmpty() ? null : places.get(places.size() - 1);
            for (JsonNode place : places) {
                last = "path".equals(place.get("in").asText()) ? place : last;
            }
            if (last == null) {
                unclassified.add(id + ": " + in + " " + name + " is said to be the resource itself, and the path names none");
            } else {
                self.add(name);
                places.add(place(in, name, last.get("type").asText(), given(last.get("scopes"))));
            }
        } else if (!words.isEmpty()) {
            String type = words.substring(words.indexOf(' ') + 1);
            if (words.startsWith("act ")) {
                places.add(place(in, name, type, scopesOf(type)).put("required", true));
            } else {
                String scope = words.startsWith("refer ") ? corrections.read(type) : corrections.attach(type);
                places.add(place(in, name, type, List.of(List.of(scope))));
            }
        } else {
            ObjectNode place = place(in, name, rule.get("type").asText(), given(rule.get("scopes")));
            rule.properties().stream().filter(member -> Set.of("form", "whole", "required", "by_name").contains(member.getKey()))
                .forEach(member -> place.set(member.getKey(), member.getValue()));
            if (rule.has("by_type")) {
                place.set("by_type", byType(rule.get("by_type")));
            }
            if (rule.path("required").asBoolean()) {
                given(rule.get("scopes")).forEach(unmatched::remove);
            }
            places.add(place);
        }
    }

    private ObjectNode place(String in, String name, String type, List<List<String>> needed) {
        if (!corrections.type(type)) {
            unclassified.add(id + ": no type " + type);
        }
        ObjectNode place = Corrections.object().put("in", in).put("name", name).put("type", type);
        place.set("scopes", clauses(needed));
        return place;
    }

    /** Returns scopes that no place needs; they are required on whole types, unless the answer is filtered by them. */
    private ArrayNode whole(Optional<ObjectNode> answer) {
        ArrayNode whole = Corrections.object().arrayNode();
        if (answer.isPresent() && answer.get().has("of")) {
            return whole;
        }
        Map<String, List<List<String>>> byType = unmatched.stream()
            .collect(Collectors.groupingBy(this::wholeType, java.util.TreeMap::new, Collectors.toList()));
        byType.forEach((type, clauses) -> whole.add(Corrections.object().put("type", type).set("scopes", clauses(clauses))));
        return whole;
    }

    private String wholeType(List<String> clause) {
        String listed = itemTypes.get(operation.path());
        if (listed != null && clause.stream().anyMatch(scope -> corrections.families(listed).contains(family(scope)))) {
            return listed;
        }
        if (!corrections.knowsFamilyOf(clause.get(0))) {
            unclassified.add(id + ": the scope " + clause.get(0) + " is of no type");
            return "unknown";
        }
        return corrections.wholeType(clause.get(0));
    }

    private Optional<ObjectNode> answer() {
        if (!"GET".equals(operation.method())) {
            return Optional.empty();
        }
        Optional<JsonNode> correction = corrections.look("answers", id);
        if (correction.isPresent()) {
            return correction.get().has("of") ? Optional.of(completed(correction.get().deepCopy())) : Optional.empty();
        }
        String type = itemTypes.get(operation.path());
        boolean names = false;
        for (JsonNode place : places) {
            names |= !"query".equals(place.get("in").asText());
        }
        if (type == null || names) {
            return Optional.empty();
        }
        Map<String, Boolean> members = document.answer(operation);
        List<String> arrays = members.keySet().stream().filter(pointer -> pointer.matches("/[^/*]+/\\*/" + Pattern.quote(corrections.idMember(type)))).toList();
        if (arrays.size() != 1) {
            unclassified.add(id + ": the list of " + type + " in the answer, of " + arrays);
            return Optional.empty();
        }
        ObjectNode list = Corrections.object().put("list", arrays.get(0).substring(0, arrays.get(0).indexOf("/*")));
        list.putArray("of").addObject().put("type", type).put("id", "/" + corrections.idMember(type));
        return Optional.of(completed(list));
    }

    /** Returns the scopes for a use of each type: the rule's own, or the type's read scope for a list of types. */
    private ObjectNode byType(JsonNode types) {
        ObjectNode byType = Corrections.object();
        if (types.isObject()) {
            types.properties().forEach(type -> byType.set(type.getKey(), clauses(List.of(List.of(type.getValue().asText())))));
        } else {
            types.forEach(type -> byType.set(type.asText(), clauses(List.of(List.of(corrections.read(type.asText()))))));
        }
        byType.fieldNames().forEachRemaining(type -> {
            if (!corrections.type(type)) {
                unclassified.add(id + ": no type " + type);
            }
        });
        return byType;
    }

    /** Adds scopes where an identity has none of its own, and paging. */
    private ObjectNode completed(JsonNode answer) {
        ObjectNode complete = (ObjectNode) answer;
        for (JsonNode identity : complete.get("of")) {
            JsonNode own = identity.get("scopes");
            List<List<String>> needed = own == null ? scopes : "*:read".equals(own.asText()) ? List.of(everyRead()) : List.of(List.of(own.asText()));
            ((ObjectNode) identity).set("scopes", clauses(needed));
            if (own != null && "*:read".equals(own.asText())) {
                ObjectNode byType = ((ObjectNode) identity).putObject("by_type");
                corrections.section("types").fieldNames().forEachRemaining(type -> byType.set(type, clauses(List.of(List.of(corrections.read(type))))));
            } else if (identity.has("types")) {
                ObjectNode byType = ((ObjectNode) identity).putObject("by_type");
                ((ObjectNode) identity).remove("types").forEach(type -> byType.set(type.asText(), clauses(needed)));
            }
        }
        if (document.parameters(operation, "query").contains("page")) {
            complete.put("paging", "pages");
        }
        return complete;
    }

    private List<String> everyRead() {
        Set<String> reads = new TreeSet<>();
        corrections.section("types").fieldNames().forEachRemaining(type -> reads.add(corrections.read(type)));
        return List.copyOf(reads);
    }

    private void secrets(ObjectNode line, boolean credential) {
        Set<String> shown = document.answer(operation).keySet().stream().map(DeriveOperation::lastName).collect(Collectors.toCollection(TreeSet::new));
        Set<String> taken = new TreeSet<>();
        for (JsonNode rule : corrections.section("secrets")) {
            if (operation.path().matches(rule.get("path").asText()) && taken.isEmpty() && !(credential && !rule.has("scope"))) {
                taken.addAll(Corrections.texts(rule.get("members")));
                if (!rule.path("always").asBoolean()) {
                    taken.retainAll(shown);
                }
                if (!taken.isEmpty()) {
                    ObjectNode secrets = line.putObject("secrets");
                    put(secrets, "members", taken);
                    if (rule.has("scope")) {
                        secrets.set("scope", rule.get("scope"));
                    }
                    if (rule.has("lasting")) {
                        secrets.set("lasting", rule.get("lasting"));
                    }
                    if (rule.has("kind")) {
                        secrets.set("kind", rule.get("kind"));
                    }
                }
            }
        }
        shown.removeAll(taken);
        shown.removeAll(Corrections.texts(corrections.section("no_secrets")));
        List<String> suspect = shown.stream().filter(name -> SECRET.matcher(name).matches()).toList();
        if (!credential && !suspect.isEmpty()) {
            unclassified.add(id + ": the answer has " + suspect + ", which nobody said to be a secret or none");
        }
    }

    private void embedded(ObjectNode line) {
        ArrayNode embedded = Corrections.object().arrayNode();
        for (JsonNode rule : corrections.section("embedded")) {
            boolean shown = document.answer(operation).keySet().stream().anyMatch(pointer -> lastName(pointer).equals(rule.get("member").asText()));
            if (operation.path().matches(rule.get("path").asText()) && shown) {
                ObjectNode copy = rule.deepCopy();
                copy.remove("path");
                embedded.add(copy);
            }
        }
        put(line, "embedded", embedded);
    }

    private Optional<ObjectNode> creation(JsonNode correction) {
        String type = itemTypes.get(operation.path());
        if (!"POST".equals(operation.method()) || type == null || "none".equals(correction.path("creates").asText())) {
            return Optional.empty();
        }
        List<String> ids = correction.has("ids") ? Corrections.texts(correction.get("ids")) : document.answer(operation).keySet().stream()
            .filter(pointer -> pointer.matches("/[^/*]+(?:/\\*)?/" + Pattern.quote(corrections.idMember(type))))
            .filter(pointer -> !pointer.startsWith("/links")).toList();
        if (ids.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode creates = Corrections.object().put("type", type);
        put(creates, "ids", new LinkedHashSet<>(ids));
        return Optional.of(creates);
    }

    private static String family(String scope) {
        return scope.substring(0, scope.indexOf(':'));
    }

    static String lastName(String pointer) {
        String[] segments = pointer.split("/");
        for (int at = segments.length - 1; at > 0; at--) {
            if (!"*".equals(segments[at])) {
                return segments[at];
            }
        }
        return pointer;
    }

    private static List<List<String>> given(JsonNode clauses) {
        List<List<String>> given = new ArrayList<>();
        clauses.forEach(clause -> given.add(Corrections.texts(clause)));
        return given;
    }

    private static ArrayNode clauses(List<List<String>> clauses) {
        ArrayNode array = Corrections.object().arrayNode();
        clauses.forEach(clause -> {
            ArrayNode alternatives = array.addArray();
            clause.forEach(alternatives::add);
        });
        return array;
    }

    private static void put(ObjectNode line, String member, Iterable<?> values) {
        ArrayNode array = Corrections.object().arrayNode();
        values.forEach(value -> {
            if (value instanceof JsonNode node) {
                array.add(node);
            } else {
                array.add(value.toString());
            }
        });
        if (!array.isEmpty()) {
            line.set(member, array);
        }
    }
}
