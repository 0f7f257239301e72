// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import com.cedarpolicy.model.entity.Entity;
import com.cedarpolicy.value.CedarList;
import com.cedarpolicy.value.CedarMap;
import com.cedarpolicy.value.DateTime;
import com.cedarpolicy.value.EntityTypeName;
import com.cedarpolicy.value.EntityUID;
import com.cedarpolicy.value.IpAddress;
import com.cedarpolicy.value.PrimBool;
import com.cedarpolicy.value.PrimLong;
import com.cedarpolicy.value.PrimString;
import com.cedarpolicy.value.Value;
import dev.postern.events.AccessRequested;
import dev.postern.events.AccountName;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.CanonicalName;
import dev.postern.events.PortRange;
import dev.postern.events.Requester;
import dev.postern.events.ResourceName;
import dev.postern.events.ServiceProtected;
import dev.postern.events.SourceAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One question to Cedar: may this principal do this action to this resource, in this context? An entry of a request is one question per action,
 * and for an opening one per source, since Cedar has no "for all". Only the two entities that matter travel with it.
 *
 * @param otherNames the same resource by the other names that the provider knows it by: a Droplet's snapshot is an image, too. Cedar wants no cycle of
 *                   parents, so a question about one is asked about the others, and a forbid of any of them refuses
 * @param existing  whether the resource is a wildcard that reaches resources that exist already
 * @param source    of an opening, for reasons
 */
record CedarQuery(Entity principal, EntityUID action, Entity resource, Map<String, Value> context, List<Entity> otherNames, boolean existing,
                  Optional<SourceAddress> source) {
    private static final EntityTypeName ACTION = type("Action");
    private static final EntityTypeName ROLE = type("Role");
    private static final EntityTypeName PORTAL = type("Portal");
    private static final EntityTypeName WORKLOAD = type("Workload");
    private static final EntityTypeName PERSON = type("Person");
    private static final EntityTypeName ACCOUNT = type("Account");
    private static final EntityTypeName PROJECT = type("Project");
    private static final EntityTypeName SERVICE = type("Service");
    private static final EntityTypeName RESOURCE = type("Resource");
    /** Types whose names the creator chooses: what is created can be what a policy names already. */
    private static final Set<String> NAMED_BY_CREATOR = Set.of("do:domain", "do:tag", "do:bucket", "do:registry", "do:repository");

    /**
     * Returns the queries that all must be permitted for an opening of {@code service}: one per source.
     *
     * @param addressSets whether a policy reads sets of addresses. A hundred addresses make a question four times as costly, so where no policy can see
     *                    the difference the set has the one source
     */
    static List<CedarQuery> ofOpening(AccessRequested request, AuthorizationDetail.FirewallOpening asked, ServiceProtected service, Instant now,
                                      boolean addressSets) {
        Entity principal = principal(request.requester());
        Entity resource = service(service);
        EntityUID action = ACTION.of(asked.policyActions().get(0));
        Map<String, Value> shared = shared(request, now);
        if (addressSets) {
            shared.put("sources", addresses(asked.sources()));
        }
        shared.put("protocol", new PrimString(asked.protocol().toString()));
        shared.put("ports", ports(asked.ports()));
        List<CedarQuery> questions = new ArrayList<>();
        for (SourceAddress source : new HashSet<>(asked.sources())) {
            Map<String, Value> context = new HashMap<>(shared);
            context.put("source", new IpAddress(source.value()));
            context.computeIfAbsent("sources", ignored -> addresses(List.of(source)));
            questions.add(new CedarQuery(principal, action, resource, context, List.of(), false, Optional.of(source)));
        }
        return questions;
    }

    /**
     * Returns the queries that all must be permitted for calls of the provider's API: one per scope.
     *
     * @param addressSets whether a policy reads sets of addresses
     */
    static List<CedarQuery> ofApiCalls(AccessRequested request, AuthorizationDetail.DigitalOceanApi asked, Instant now, boolean addressSets) {
        Map<String, Value> context = shared(request, now);
        context.put("body_schema", new PrimBool(asked.constraints().flatMap(AuthorizationDetail.Constraints::bodySchema).isPresent()));
        context.put("own_created", new PrimBool(asked.constraints().flatMap(AuthorizationDetail.Constraints::ownCreated).orElse(false)));
        context.put("outlives", new PrimBool(asked.constraints().flatMap(AuthorizationDetail.Constraints::outlives).orElse(false)));
        asked.constraints().ifPresent(narrowed -> {
            narrowed.methods().ifPresent(methods -> context.put("methods", strings(methods)));
            narrowed.maxCalls().ifPresent(calls -> context.put("max_calls", new PrimLong(calls.longValue())));
            narrowed.maxCallsPerMinute().ifPresent(calls -> context.put("max_calls_per_minute", new PrimLong(calls.longValue())));
            narrowed.clientAddresses().filter(clients -> addressSets).ifPresent(clients -> context.put("client_addresses", addresses(clients)));
        });
        boolean onlyOwn = asked.constraints().flatMap(AuthorizationDetail.Constraints::ownCreated).orElse(false)
            && !NAMED_BY_CREATOR.contains(asked.identifier().type());
        return perAction(request, asked, context, !onlyOwn);
    }

    /** Returns the queries that all must be permitted for pulls and pushes: one per action. */
    static List<CedarQuery> ofImages(AccessRequested request, AuthorizationDetail.ContainerRegistry asked, Instant now) {
        return perAction(request, asked, shared(request, now), true);
    }

    private static List<CedarQuery> perAction(AccessRequested request, AuthorizationDetail asked, Map<String, Value> context, boolean existing) {
        Entity principal = principal(request.requester());
        Entity resource = resource(asked.identifier(), request.account());
        List<Entity> otherNames = CanonicalName.otherNames(asked.identifier()).stream().map(name -> resource(name, request.account())).toList();
        return asked.policyActions().stream().distinct()
            .map(action -> new CedarQuery(principal, ACTION.of(action), resource, context, otherNames, existing && asked.identifier().wildcard(),
                Optional.empty()))
            .toList();
    }

    private static Entity principal(Requester requester) {
        EntityUID uid = switch (requester.kind()) {
            case PORTAL -> PORTAL.of(requester.client());
            case WORKLOAD -> WORKLOAD.of(requester.client());
            case PERSON -> PERSON.of(requester.subject());
        };
        Set<EntityUID> roles = new HashSet<>();
        requester.roles().forEach(role -> roles.add(ROLE.of(role)));
        return new Entity(uid, Map.of("client", new PrimString(requester.client()), "subject", new PrimString(requester.subject())), roles);
    }

    private static Entity service(ServiceProtected service) {
        Map<String, Value> attributes = new HashMap<>();
        attributes.put("name", new PrimString(service.service().toString()));
        attributes.put("account", new PrimString(service.account().toString()));
        Set<EntityUID> parents = new HashSet<>(Set.of(ACCOUNT.of(service.account().toString())));
        service.project().ifPresent(project -> {
            attributes.put("project", new PrimString(project));
            parents.add(PROJECT.of(service.account() + "/" + project));
        });
        return new Entity(SERVICE.of(service.service().toString()), attributes, parents);
    }

    private static Entity resource(ResourceName name, AccountName account) {
        String kind = name.type().substring("do:".length());
        Map<String, Value> attributes = Map.of("urn", new PrimString(name.value()), "kind", new PrimString(kind),
            "id", new PrimString(name.id()), "account", new PrimString(account.toString()), "wildcard", new PrimBool(name.wildcard()));
        Set<EntityUID> parents = new HashSet<>(Set.of(ACCOUNT.of(account.toString())));
        RelatedNames.enclosing(name).forEach(wildcard -> parents.add(RESOURCE.of(wildcard)));
        return new Entity(RESOURCE.of(name.value()), attributes, parents);
    }

    private static Map<String, Value> shared(AccessRequested request, Instant now) {
        Map<String, Value> context = new HashMap<>();
        context.put("now", new DateTime(seconds(now)));
        context.put("duration_seconds", new PrimLong(request.duration().toSeconds()));
        context.put("entries", new PrimLong((long) request.authorizationDetails().size()));
        request.onBehalfOf().ifPresent(customer -> context.put("on_behalf_of", new PrimString(customer)));
        request.reason().ifPresent(reason -> context.put("reason", new PrimString(reason)));
        return context;
    }

    private static String seconds(Instant now) {
        return now.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static Value ports(PortRange ports) {
        CedarMap record = new CedarMap();
        record.put("first", new PrimLong((long) ports.first()));
        record.put("last", new PrimLong((long) ports.last()));
        return record;
    }

    private static Value addresses(Collection<SourceAddress> addresses) {
        CedarList list = new CedarList();
        addresses.forEach(address -> list.add(new IpAddress(address.value())));
        return list;
    }

    private static Value strings(Collection<String> texts) {
        CedarList list = new CedarList();
        texts.forEach(text -> list.add(new PrimString(text)));
        return list;
    }

    private static EntityTypeName type(String name) {
        return EntityTypeName.parse(name).orElseThrow();
    }
}
