// SPDX-License-Identifier: Apache-2.0
package dev.postern.events;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One element of {@code authorization_details} (RFC 9396): what is asked for, and what is granted, in the same words. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = AuthorizationDetail.FirewallOpening.class, name = AuthorizationDetail.FirewallOpening.TYPE),
    @JsonSubTypes.Type(value = AuthorizationDetail.DigitalOceanApi.class, name = AuthorizationDetail.DigitalOceanApi.TYPE),
    @JsonSubTypes.Type(value = AuthorizationDetail.ContainerRegistry.class, name = AuthorizationDetail.ContainerRegistry.TYPE)})
public sealed interface AuthorizationDetail {
    /** The resource, or with {@code *} the resources. */
    ResourceName identifier();

    /** Returns the actions in policy's vocabulary: {@code firewall:open}, the provider's scopes, {@code registry:pull}, {@code registry:push}. */
    @JsonIgnore
    List<String> policyActions();

    /** The {@code type} member. */
    @JsonIgnore
    String type();

    /**
     * Some sources reach some ports of a protected service.
     *
     * @param identifier {@code service:<name>}
     * @param protocol   tcp or udp
     * @param ports      one port or a range
     * @param sources    1 to 100 addresses or blocks
     */
    record FirewallOpening(ResourceName identifier, Protocol protocol, PortRange ports, List<SourceAddress> sources) implements AuthorizationDetail {
        /** The {@code type} member in JSON. */
        public static final String TYPE = "firewall_opening";

        /** Copies the list. */
        public FirewallOpening {
            sources = List.copyOf(sources);
        }

        @Override
        public List<String> policyActions() {
            return List.of("firewall:open");
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * Calls of the DigitalOcean API on one resource.
     *
     * @param identifier  {@code do:<type>:<id>}, or {@code do:<type>:*}
     * @param actions     DigitalOcean's own custom scopes, as {@code firewall:update}
     * @param constraints what narrows the calls further; empty for none
     */
    record DigitalOceanApi(ResourceName identifier, List<String> actions, Optional<Constraints> constraints) implements AuthorizationDetail {
        /** The {@code type} member in JSON. */
        public static final String TYPE = "digitalocean_api";

        /** Copies the list. */
        public DigitalOceanApi {
            actions = List.copyOf(actions);
            constraints = constraints == null ? Optional.empty() : constraints;
        }

        @Override
        public List<String> policyActions() {
            return actions;
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * Pulls and pushes of one image repository.
     *
     * @param identifier {@code do:repository:<registry>/<name>}
     * @param actions    {@code pull}, {@code push}, or both
     */
    record ContainerRegistry(ResourceName identifier, List<String> actions) implements AuthorizationDetail {
        /** The {@code type} member in JSON. */
        public static final String TYPE = "container_registry";

        /** Copies the list. */
        public ContainerRegistry {
            actions = List.copyOf(actions);
        }

        @Override
        public List<String> policyActions() {
            return actions.stream().map(action -> "registry:" + action).toList();
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * Limits on API calls beyond resource and action. An absent member does not limit.
     *
     * @param methods           HTTP methods that may be used
     * @param bodySchema        a JSON Schema (2020-12) that every body must fulfil
     * @param query             query parameter → the values that it may have. Where the operation has the parameter, the call must give it, once for each
     *                          of one or more of these values; a parameter that is not listed must not be given, but for {@code page} and {@code per_page}
     * @param maxCalls          calls in all, over all replicas
     * @param maxCallsPerMinute calls in each minute of the clock, over all replicas
     * @param clientAddresses   where the caller may be
     * @param ownCreated        true: with an identifier that ends in {@code *}, the actions reach what this entry creates and has created, and nothing else
     * @param outlives          true: the provider may hand out credentials that live longer than the grant
     */
    record Constraints(Optional<List<String>> methods, Optional<JsonNode> bodySchema, Optional<Map<String, List<String>>> query,
                       Optional<Integer> maxCalls, Optional<Integer> maxCallsPerMinute, Optional<List<SourceAddress>> clientAddresses,
                       Optional<Boolean> ownCreated, Optional<Boolean> outlives) {
        /** Nothing is narrowed. */
        public static final Constraints NONE = new Constraints(null, null, null, null, null, null, null, null);

        /** Absent members become empty; for a schema, Jackson makes JSON's null out of absence. */
        public Constraints {
            methods = methods == null ? Optional.empty() : methods.map(List::copyOf);
            bodySchema = bodySchema == null ? Optional.empty() : bodySchema.filter(schema -> !schema.isNull());
            query = query == null ? Optional.empty() : query.map(Constraints::copy);
            maxCalls = maxCalls == null ? Optional.empty() : maxCalls;
            maxCallsPerMinute = maxCallsPerMinute == null ? Optional.empty() : maxCallsPerMinute;
            clientAddresses = clientAddresses == null ? Optional.empty() : clientAddresses.map(List::copyOf);
            ownCreated = ownCreated == null ? Optional.empty() : ownCreated;
            outlives = outlives == null ? Optional.empty() : outlives;
        }

        /** Constraints by which no credential outlives the grant. */
        public Constraints(Optional<List<String>> methods, Optional<JsonNode> bodySchema, Optional<Map<String, List<String>>> query,
                           Optional<Integer> maxCalls, Optional<Integer> maxCallsPerMinute, Optional<List<SourceAddress>> clientAddresses,
                           Optional<Boolean> ownCreated) {
            this(methods, bodySchema, query, maxCalls, maxCallsPerMinute, clientAddresses, ownCreated, Optional.empty());
        }

        private static Map<String, List<String>> copy(Map<String, List<String>> query) {
            Map<String, List<String>> copy = new LinkedHashMap<>();
            query.forEach((parameter, values) -> copy.put(parameter, List.copyOf(values)));
            return Collections.unmodifiableMap(copy);
        }
    }
}
