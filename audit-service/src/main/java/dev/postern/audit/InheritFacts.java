// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit;

import dev.postern.events.Topic;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Gives an arrival the facts of the request that it is about: the customer; the resources where the event itself carries none; the requester and
 * its client where the event itself names no actor, as a gateway's call, a change at the provider or an expiry. Only a request that comes before it in
 * the log counts, so that the same log always gives the same facts. The leaf stays as it is.
 */
public final class InheritFacts {
    private static final Set<Fact.Kind> OF_REQUEST = EnumSet.of(Fact.Kind.ON_BEHALF_OF, Fact.Kind.RESOURCE, Fact.Kind.SERVICE, Fact.Kind.ACTOR,
        Fact.Kind.CLIENT);
    private static final Set<Fact.Kind> RESOURCES = EnumSet.of(Fact.Kind.RESOURCE, Fact.Kind.SERVICE);
    private static final Set<Fact.Kind> ACTORS = EnumSet.of(Fact.Kind.ACTOR, Fact.Kind.CLIENT);
    /** Topics whose events name no resource of their own. */
    private static final Set<String> WITHOUT_RESOURCE = Set.of(Topic.ACCESS_ENDED.topicName(), Topic.APPROVAL_GIVEN.topicName(),
        Topic.TOKEN_REVOKED.topicName());

    private InheritFacts() {}

    /** Returns the ids of the requests that an arrival is about: its key if that is one, else all that it names. */
    public static Set<String> requests(Arrival arrival) {
        Set<String> named = arrival.facts().stream().filter(fact -> fact.kind() == Fact.Kind.REQUEST_ID).map(Fact::value).collect(Collectors.toSet());
        String key = arrival.entry().key();
        return named.contains(key) ? Set.of(key) : named;
    }

    /** Returns what entries inherit from a request; empty for an arrival that is none. */
    public static List<Fact> ofRequest(Arrival arrival) {
        return arrival.entry().topic().equals(Topic.ACCESS_REQUESTED.topicName())
            ? arrival.facts().stream().filter(fact -> OF_REQUEST.contains(fact.kind())).toList() : List.of();
    }

    /**
     * Returns the arrivals with what they inherit, in their order.
     *
     * @param known what is inherited from requests that are in the log already, by request id
     */
    public static List<Arrival> inherit(List<Arrival> arrivals, Map<String, List<Fact>> known) {
        Map<String, List<Fact>> requests = new HashMap<>(known);
        List<Arrival> inherited = new ArrayList<>(arrivals.size());
        for (Arrival arrival : arrivals) {
            if (arrival.entry().topic().equals(Topic.ACCESS_REQUESTED.topicName())) {
                requests.putIfAbsent(arrival.entry().key(), ofRequest(arrival));
                inherited.add(arrival);
            } else {
                inherited.add(inherit(arrival, requests));
            }
        }
        return inherited;
    }

    private static Arrival inherit(Arrival arrival, Map<String, List<Fact>> requests) {
        Set<Fact.Kind> wanted = EnumSet.of(Fact.Kind.ON_BEHALF_OF);
        if (WITHOUT_RESOURCE.contains(arrival.entry().topic())) {
            wanted.addAll(RESOURCES);
        }
        if (arrival.facts().stream().noneMatch(fact -> fact.kind() == Fact.Kind.ACTOR)) {
            wanted.addAll(ACTORS);
        }
        SortedSet<Fact> facts = new TreeSet<>(arrival.facts());
        for (String request : requests(arrival)) {
            requests.getOrDefault(request, List.of()).stream().filter(fact -> wanted.contains(fact.kind())).forEach(facts::add);
        }
        return new Arrival(arrival.entry(), arrival.ref(), arrival.type(), arrival.time(), facts);
    }
}
