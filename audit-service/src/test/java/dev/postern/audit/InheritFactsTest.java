// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.EventId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InheritFactsTest {
    private static final Fact CUSTOMER = new Fact(Fact.Kind.ON_BEHALF_OF, "customer-17");
    private static final Fact SHOP = new Fact(Fact.Kind.RESOURCE, "service:shop-db");
    private static final Arrival REQUESTED = arrival("access-requested", "r1", request("r1"), CUSTOMER, SHOP);

    @Test
    void everythingThatComesOfARequestIsFoundByItsCustomer() {
        List<Arrival> inherited = InheritFacts.inherit(List.of(REQUESTED, arrival("access-ended", "r1", request("r1")),
            arrival("firewall-changed", "shop-db", request("r1"), request("r2")), arrival("token-issued", "t1", request("r1")),
            arrival("token-revoked", "t1", request("r1")), arrival("api-called", "t1", request("r1"))), Map.of());
        assertThat(inherited).allSatisfy(arrival -> assertThat(arrival.facts()).contains(CUSTOMER));
    }

    @Test
    void eventsWithoutAResourceInheritItAndOthersKeepTheirOwn() {
        List<Arrival> inherited = InheritFacts.inherit(List.of(REQUESTED, arrival("access-ended", "r1", request("r1")),
            arrival("api-called", "t1", request("r1"), new Fact(Fact.Kind.RESOURCE, "do:droplet:1"))), Map.of());
        assertThat(inherited.get(1).facts()).contains(SHOP);
        assertThat(inherited.get(2).facts()).contains(CUSTOMER).doesNotContain(SHOP);
    }

    @Test
    void eventThatNamesNobodyInheritsTheRequesterAndOthersKeepTheirOwnActor() {
        Fact portal = new Fact(Fact.Kind.ACTOR, "portal");
        Fact client = new Fact(Fact.Kind.CLIENT, "client-portal");
        Fact operator = new Fact(Fact.Kind.ACTOR, "olga");
        List<Arrival> inherited = InheritFacts.inherit(List.of(arrival("access-requested", "r1", request("r1"), portal, client),
            arrival("api-called", "t1", request("r1")), arrival("access-ended", "r1", request("r1"), operator)), Map.of());
        assertThat(inherited.get(1).facts()).contains(portal, client);
        assertThat(inherited.get(2).facts()).contains(operator).doesNotContain(portal, client);
    }

    @Test
    void requestThatIsInTheLogAlreadyIsInheritedFrom() {
        assertThat(InheritFacts.inherit(List.of(arrival("access-ended", "r1", request("r1"))), Map.of("r1", List.of(CUSTOMER))).get(0).facts())
            .contains(CUSTOMER);
    }

    @Test
    void batchesDoNotMatterOnlyTheOrderOfTheLog() {
        Arrival before = arrival("access-ended", "r1", request("r1"));
        Arrival after = arrival("api-called", "t1", request("r1"));
        List<Arrival> together = InheritFacts.inherit(List.of(before, REQUESTED, after), Map.of());
        List<Arrival> apart = Stream.of(InheritFacts.inherit(List.of(before), Map.of()), InheritFacts.inherit(List.of(REQUESTED), Map.of()),
            InheritFacts.inherit(List.of(after), Map.of("r1", InheritFacts.ofRequest(REQUESTED)))).flatMap(List::stream).toList();
        assertThat(together).extracting(Arrival::facts).isEqualTo(apart.stream().map(Arrival::facts).toList());
    }

    @Test
    void endInheritsFromItsOwnRequestAndNotFromTheOneThatReplacesIt() {
        Arrival ended = arrival("access-ended", "r1", request("r1"), request("r2"));
        assertThat(InheritFacts.inherit(List.of(ended), Map.of("r2", List.of(CUSTOMER))).get(0).facts()).doesNotContain(CUSTOMER);
    }

    @Test
    void leafStaysAsItIs() {
        List<Arrival> inherited = InheritFacts.inherit(List.of(REQUESTED, arrival("access-ended", "r1", request("r1"))), Map.of());
        assertThat(inherited.get(1).entry().leaf()).isEqualTo(arrival("access-ended", "r1", request("r1")).entry().leaf());
    }

    @Test
    void composedAndDecomposedSpellingAreOneFact() {
        assertThat(new Fact(Fact.Kind.ON_BEHALF_OF, "Mu\u0308ller")).isEqualTo(new Fact(Fact.Kind.ON_BEHALF_OF, "M\u00fcller"));
    }

    @Test
    void wordOfTheIndexIsReadAsTheFactThatItIs() {
        for (String value : List.of("customer-17", "a\nb", "a\\nb", "\\", "key:value", "")) {
            Fact fact = new Fact(Fact.Kind.ON_BEHALF_OF, value);
            assertThat(Fact.ofWord(fact.word())).isEqualTo(fact);
        }
    }

    private static Fact request(String id) {
        return new Fact(Fact.Kind.REQUEST_ID, id);
    }

    private static Arrival arrival(String topic, String key, Fact... facts) {
        LogEntry entry = new LogEntry(topic, key, new TreeMap<>(Map.of("ce_id", "e")), new byte[] {'{', '}'});
        SortedSet<Fact> all = new TreeSet<>(List.of(facts));
        all.add(new Fact(Fact.Kind.TOPIC, topic));
        return new Arrival(entry, new EventRef("/s", new EventId("e")), "type", Instant.EPOCH, all);
    }
}
