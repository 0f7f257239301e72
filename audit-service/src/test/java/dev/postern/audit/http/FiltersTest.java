// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.audit.Fact;
import dev.postern.audit.Filter;
import dev.postern.edge.Problem;
import dev.postern.edge.Query;
import jakarta.ws.rs.core.MultivaluedHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiltersTest {
    @ParameterizedTest
    @CsvSource({
        "request_id, 0C4E1F9A-6B1D-4C63-9D0E-0A5A9B0B9E11, 0c4e1f9a-6b1d-4c63-9d0e-0a5a9b0b9e11",
        "token_id, 0C4E1F9A-6B1D-4C63-9D0E-0A5A9B0B9E11, 0c4e1f9a-6b1d-4c63-9d0e-0a5a9b0b9e11",
        "key, 0C4E1F9A-6B1D-4C63-9D0E-0A5A9B0B9E11, 0c4e1f9a-6b1d-4c63-9d0e-0a5a9b0b9e11", "key, Shop, Shop",
        "service, BUG-A, bug-a", "service, service:bug-a, bug-a", "account, ACME, acme", "policy, P-1, p-1", "outcome, GRANTED, granted",
        "hands_out, Kubeconfig, kubeconfig",
        "resource, service:SHOP-DB, service:shop-db", "resource, do:droplet:300201, do:droplet:300201",
        "resource, do:droplet:0300201, do:droplet:300201", "resource, do:domain:Billing.Example., do:domain:billing.example",
        "resource, do:tag:Billing, do:tag:billing",
        "resource, do:dbaas:9CC10173-E9EA-4176-9DBC-A4CEE4C4FF30, do:database:9cc10173-e9ea-4176-9dbc-a4cee4c4ff30",
        "resource, do:floatingip:192.0.2.7, do:reserved_ip:192.0.2.7",
        "resource, do:reserved_ipv6:2001:DB8::1, do:reserved_ip:2001:db8::1", "resource, do:droplet:*, do:droplet:*", "client, Portal, Portal"})
    void otherSpellingsOfOneThingFindIt(String parameter, String asked, String found) {
        assertThat(of(parameter, asked).facts()).containsExactly(new Fact(Fact.Kind.valueOf(parameter.toUpperCase(java.util.Locale.ROOT)), found));
    }

    @ParameterizedTest
    @CsvSource({"2001:DB8::77, 2001:db8::77", "203.0.113.77/32, 203.0.113.77", "::ffff:203.0.113.77, 203.0.113.77", "::FFFF:203.0.113.77, 203.0.113.77",
        "203.0.113.7/24, 203.0.113.0/24", "::ffff:203.0.113.0/120, 203.0.113.0/24", "::ffff:203.0.113.7/128, 203.0.113.7", "2001:db8:0:0::/48, 2001:db8::/48",
        "0.0.0.0/0, 0.0.0.0/0"})
    void addressIsReadInEverySpelling(String asked, String found) {
        assertThat(of("address", asked).address().orElseThrow()).hasToString(found);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "address|nonsense|203.0.113.0/24", "address|203.0.113|203.0.113.0/24", "request_id|order-17|UUID", "token_id|x|UUID", "outcome|won|granted",
        "hands_out|a b|kubeconfig",
        "resource|shop-db|service:shop-db", "resource|do:droplet:web|number", "resource|do:project:default|UUID",
        "address|::ffff:203.0.113.0/24|203.0.113.0/24", "type|nothing|access-ended", "service|a_b|[a-z0-9]", "from|2026-11-27|2026-11-27T00:00:00Z",
        "to|2026-11-27T00:00:00|2026-11-27T00:00:00Z", "from|yesterday|RFC 3339"})
    void valueThatNoEventCanHaveIsRefusedWithWhatWouldBeRight(String parameter, String asked, String said) {
        assertThatThrownBy(() -> of(parameter, asked)).isInstanceOfSatisfying(Problem.class, problem -> {
            assertThat(problem.status()).isEqualTo(400);
            assertThat(problem.pointer()).contains("?" + parameter);
            assertThat(problem.detail()).contains(said);
        });
    }

    @Test
    void decomposedNameOfACustomerIsComposed() {
        assertThat(of("on_behalf_of", "Mu\u0308ller").facts()).containsExactly(new Fact(Fact.Kind.ON_BEHALF_OF, "M\u00fcller"));
    }

    private static Filter of(String parameter, String value) {
        return Filters.of(Query.of(new MultivaluedHashMap<>(java.util.Map.of(parameter, value)), Filters.parametersAnd()));
    }
}
