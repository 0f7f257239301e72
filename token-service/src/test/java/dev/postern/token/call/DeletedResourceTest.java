// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import static dev.postern.token.call.Calls.OPERATIONS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.ResourceName;
import dev.postern.events.TokenId;
import dev.postern.token.operation.OperationId;
import dev.postern.token.operation.Place;
import dev.postern.token.status.LiveGrant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A thing that was deleted is no grant's own: somebody else may make one of the same name. */
class DeletedResourceTest {
    @ParameterizedTest
    @CsvSource({"domains_delete, domain", "droplets_destroy, droplet", "firewalls_delete, firewall",
        "droplets_destroy_withAssociatedResourcesDangerous, droplet",
        "kubernetes_destroy_associatedResourcesSelective, kubernetes", "genai_detach_knowledge_base,", "genai_detach_agent,",
        "registries_delete_repository, repository", "domains_delete_record,", "firewalls_delete_rules,", "droplets_destroy_byTag,", "domains_get,"})
    void tableSaysWhichResourceIsDeleted(String operation, String type) {
        assertThat(OPERATIONS.byId(new OperationId(operation)).orElseThrow().deletes().map(Place::type)).isEqualTo(Optional.ofNullable(type));
    }

    @Test
    void everyResourceThatCanBeOwnCreatedCanBeDeleted() {
        Set<String> deleted = new java.util.TreeSet<>();
        OPERATIONS.all().forEach(operation -> operation.deletes().ifPresent(place -> deleted.add(place.type())));
        assertThat(deleted).contains("domain", "droplet", "firewall", "volume", "database", "kubernetes", "load_balancer", "ssh_key", "app", "tag", "vpc")
            .hasSizeGreaterThan(30);
    }

    @Test
    void grantOpensWhatItCreatedUntilItIsDeleted() {
        ResourceName own = new ResourceName("do:domain:new.example");
        LiveGrant grant = new LiveGrant(TokenId.of(UUID.randomUUID().toString()), AccessRequestId.of(UUID.randomUUID().toString()), new AccountName("acme"),
            "portal",
            List.of(Calls.entry("do:domain:* domain:create,domain:read,domain:delete {\"own_created\": true}")), Calls.LATER, Map.of(0, Set.of(own)));
        ApiCall read = Calls.call("GET", "/v2/domains/new.example", null);
        assertThat(Calls.AUTHORIZE.decide(read, grant.grant(), Calls.NOON)).isNotInstanceOf(CallVerdict.Refused.class);
        LiveGrant after = grant.withoutCreated(0, Set.of(own));
        assertThat(Calls.AUTHORIZE.decide(read, after.grant(), Calls.NOON)).isInstanceOf(CallVerdict.Refused.class);
        assertThat(Calls.AUTHORIZE.decide(read, after.withCreated(0, Set.of(own)).grant(), Calls.NOON)).isNotInstanceOf(CallVerdict.Refused.class);
    }
}
