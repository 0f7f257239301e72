// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.fuzz;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.postern.events.AuthorizationDetail.DigitalOceanApi;
import dev.postern.token.fuzz.ApiDocument.ApiOperation;
import dev.postern.token.fuzz.SampleWorld.Resource;
import dev.postern.token.fuzz.SampleWorld.Type;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Judges what reached the provider, from the document and the values alone. It knows no table of places: an id that turns up anywhere in the call, in any
 * spelling, names its resource, and a grant must explain it.
 */
public final class ReferenceJudge {
    private static final JsonFactory JSON = new JsonFactory();

    private final ApiDocument document;
    private final SampleWorld world;
    private final List<ApiOperation> operations;
    private final Map<String, Resource> byId = new HashMap<>();

    /** Judges calls about the resources of a world. */
    public ReferenceJudge(ApiDocument document, SampleWorld world) {
        this.document = document;
        this.world = world;
        this.operations = document.operations();
        world.all().forEach(resource -> byId.put(canonical(resource.id()), resource));
    }

    /**
     * Returns why a call must not have reached the provider; empty if it may.
     *
     * @param meant   the operation that the call was made from; an odd spelling of its path may be another operation
     * @param arrived the method that arrived: the gateway may read before it passes a call on
     * @param uri     as it arrived
     * @param body    as it arrived
     */
    public List<String> objections(ApiOperation meant, String arrived, String uri, String body, List<DigitalOceanApi> grant) {
        ApiOperation operation = arrived.equals(meant.method()) ? at(arrived, decoded(uri.split("\\?", 2)[0])).orElse(meant) : meant;
        List<String> objections = new ArrayList<>();
        if (!operation.scopes().isEmpty() && operation.scopes().stream().noneMatch(needed -> had(grant, needed))) {
            objections.add("no alternative of the scopes " + operation.scopes() + " is granted");
        }
        Set<Resource> inPath = named(List.of(decoded(uri.split("\\?", 2)[0]).split("/")));
        for (Resource resource : inPath) {
            Type type = SampleWorld.type(resource.type());
            List<String> own = operation.allScopes().stream().filter(scope -> type.family().contains(family(scope))).toList();
            boolean explained = covered(resource, own.isEmpty() ? operation.allScopes() : Set.copyOf(own), grant)
                || own.isEmpty() && coveredByFamily(resource, grant);
            if (!explained && !operation.scopes().isEmpty()) {
                objections.add("the path names " + resource.urn());
            }
        }
        Set<Resource> elsewhere = new HashSet<>(named(queryValues(uri)));
        List<Scalar> scalars = scalars(body);
        elsewhere.addAll(named(scalars.stream().filter(scalar -> !scalar.isTag() && !namesAnotherType(scalar, grant)).map(Scalar::value).toList()));
        // Whatever stands in a list of tags is a tag's name, also where it looks like the number of a key.
        elsewhere.addAll(tags(scalars.stream().filter(scalar -> scalar.isTag() && !scalar.isTagOfRule()).toList()));
        if (!mayReadEveryDroplet(grant)) {
            elsewhere.addAll(tags(scalars.stream().filter(Scalar::isTagOfRule).toList()));
        }
        elsewhere.removeAll(inPath);
        Optional<String> reachedByTag = SampleWorld.ofParameter(operation.path()).map(type -> "do:" + type.name() + ":*");
        // A reference that a full representation only repeats changes nothing.
        document.replaced(operation).forEach((member, type) -> inPath.forEach(subject -> elsewhere.removeAll(world.attached(subject, member, type.name()))));
        for (Resource resource : elsewhere) {
            // A tag in the query selects resources of the collection: whoever may act on all of them needs no grant of the tag.
            boolean selects = resource.type().equals("tag") && uri.contains("tag_name=") && reachedByTag.isPresent() && grant.stream().anyMatch(
                entry -> entry.identifier().value().equals(reachedByTag.get()) && entry.actions().stream().anyMatch(operation.allScopes()::contains));
            // An operation with one scope may ask for it on whatever it names: monitoring:read on the Droplet that is watched.
            boolean byItsOnlyScope = operation.allScopes().size() == 1 && covered(resource, operation.allScopes(), grant);
            boolean selectsDroplets = resource.type().equals("tag")
                && (mayUpdateEveryDroplet(grant) || operation.path().startsWith("/v2/monitoring") && mayReadEveryDroplet(grant));
            if (!selects && !selectsDroplets && !byItsOnlyScope && !coveredByFamily(resource, grant)) {
                objections.add("query or body names " + resource.urn());
            }
        }
        if (arrived.equals(operation.method())) {
            takenAway(operation, inPath, body).stream().filter(resource -> !coveredByFamily(resource, grant)
                && !(resource.type().equals("tag") && mayUpdateEveryDroplet(grant)))
                .forEach(resource -> objections.add("the body takes away " + resource.urn()));
        }
        return objections;
    }

    /** Returns the resources whose content an answer shows and the grant does not cover. */
    public List<String> shown(String answer, List<DigitalOceanApi> grant) {
        return byId.values().stream().filter(resource -> answer.contains(resource.canary()) && !coveredByFamily(resource, grant)).map(Resource::urn).toList();
    }

    private static boolean had(List<DigitalOceanApi> grant, Set<String> needed) {
        return needed.stream().allMatch(scope -> family(scope).equals("api") || grant.stream().anyMatch(entry -> entry.actions().contains(scope)));
    }

    private static boolean covered(Resource resource, Set<String> scopes, List<DigitalOceanApi> grant) {
        return grant.stream().anyMatch(entry -> names(entry, resource) && entry.actions().stream().anyMatch(scopes::contains));
    }

    private static boolean coveredByFamily(Resource resource, List<DigitalOceanApi> grant) {
        return grant.stream().anyMatch(entry -> names(entry, resource) && hasFamily(entry, SampleWorld.type(resource.type())));
    }

    private static boolean hasFamily(DigitalOceanApi entry, Type type) {
        return entry.actions().stream().anyMatch(scope -> type.family().contains(family(scope)));
    }

    /** An alert policy watches the Droplets that its tags select. */
    private static boolean mayReadEveryDroplet(List<DigitalOceanApi> grant) {
        return grant.stream().anyMatch(entry -> entry.identifier().value().equals("do:droplet:*") && entry.actions().contains("droplet:read"));
    }

    /** A tag stands for the Droplets that carry it: whoever may update every Droplet may name any tag where tags select Droplets. */
    private static boolean mayUpdateEveryDroplet(List<DigitalOceanApi> grant) {
        return grant.stream().anyMatch(entry -> entry.identifier().value().equals("do:droplet:*") && entry.actions().contains("droplet:update"));
    }

    private static boolean names(DigitalOceanApi entry, Resource resource) {
        String identifier = entry.identifier().value();
        return identifier.equals(resource.urn()) || identifier.equals("do:" + resource.type() + ":*");
    }

    private static String family(String scope) {
        return scope.substring(0, scope.indexOf(':'));
    }

    /** Returns the resources that the provider shows at the subject and that a full representation does not name again. */
    private Set<Resource> takenAway(ApiOperation operation, Set<Resource> subjects, String body) {
        Set<Resource> gone = new HashSet<>();
        document.replaced(operation).forEach((member, type) -> {
            Set<Resource> kept = named(scalars(document.parsed(body).path(member).toString()).stream().map(Scalar::value).toList());
            subjects.forEach(subject -> world.attached(subject, member, type.name()).stream().filter(resource -> !kept.contains(resource)).forEach(gone::add));
        });
        return gone;
    }

    private Set<Resource> named(List<String> values) {
        Set<Resource> found = new HashSet<>();
        for (String value : values) {
            String decoded = decoded(value);
            for (String part : decoded.split("[, ]")) {
                Optional.ofNullable(byId.get(canonical(part))).ifPresent(found::add);
                Optional.ofNullable(byId.get(canonical(part.substring(part.lastIndexOf(':') + 1)))).ifPresent(found::add);
            }
        }
        return found;
    }

    private static List<String> queryValues(String uri) {
        int mark = uri.indexOf('?');
        List<String> values = new ArrayList<>();
        for (String pair : mark < 0 ? new String[0] : uri.substring(mark + 1).split("[&;]")) {
            values.add(pair.substring(pair.indexOf('=') + 1).replace('+', ' '));
        }
        return values;
    }

    /** Returns whether a member is of one type by its name, all of which the grant covers, and the value is the id of another type: nothing is reached. */
    private boolean namesAnotherType(Scalar scalar, List<DigitalOceanApi> grant) {
        Optional<Type> ofMember = SampleWorld.ofMember(scalar.member());
        return ofMember.isPresent() && named(List.of(scalar.value())).stream().noneMatch(resource -> resource.type().equals(ofMember.get().name()))
            && grant.stream().anyMatch(entry -> entry.identifier().value().equals("do:" + ofMember.get().name() + ":*") && hasFamily(entry, ofMember.get()));
    }

    private Set<Resource> tags(List<Scalar> scalars) {
        Set<Resource> found = named(scalars.stream().map(Scalar::value).toList());
        found.removeIf(resource -> !resource.type().equals("tag"));
        return found;
    }

    /** Returns the operation that a path is of, by the document alone: where several fit, the one with the most words of its own. */
    private Optional<ApiOperation> at(String method, String path) {
        String plain = path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return operations.stream().filter(operation -> operation.method().equals(method) && plain.matches(operation.path().replaceAll("\\{[^}]*}", "[^/]+")))
            .min(Comparator.comparingInt(operation -> operation.path().split("\\{").length));
    }

    /** A text, number or word of a body, and the JSON pointer of where it stands. */
    private record Scalar(String pointer, String value) {
        /** Returns the name of the nearest member above: {@code droplet_ids} of {@code /droplet_ids/0}. */
        String member() {
            String[] names = pointer.replaceAll("(/\\d+)+$", "").split("/");
            return names[names.length - 1];
        }

        boolean isTag() {
            return pointer.matches(".*/tags/\\d+");
        }

        /** Returns true if the tag selects the Droplets of a firewall rule; a token that may read every Droplet may select any. */
        boolean isTagOfRule() {
            return pointer.matches(".*/(sources|destinations)/tags/\\d+");
        }
    }

    private static List<Scalar> scalars(String body) {
        List<Scalar> values = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(body)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isScalarValue()) {
                    values.add(new Scalar(parser.getParsingContext().pathAsPointer().toString(), parser.getText()));
                }
            }
        } catch (IOException noJson) {
            values.add(new Scalar("", body));
        }
        return values;
    }

    private static String decoded(String value) {
        try {
            return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException noEncoding) {
            return value;
        }
    }

    private static String canonical(String id) {
        String plain = id.strip().toLowerCase(Locale.ROOT).replaceAll("(?<=\\.example)\\.+$", "").replaceAll("^\\+", "").replaceAll(";.*$", "");
        return plain.matches("0*[0-9]+") ? plain.replaceAll("^0+(?=[0-9])", "") : plain;
    }
}
