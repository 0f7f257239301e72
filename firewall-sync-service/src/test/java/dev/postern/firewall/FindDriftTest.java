// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall;

import static dev.postern.firewall.Examples.NOW;
import static dev.postern.firewall.Examples.TAGGED;
import static dev.postern.firewall.Examples.attached;
import static dev.postern.firewall.Examples.granted;
import static dev.postern.firewall.Examples.shown;
import static dev.postern.firewall.Examples.strange;
import static dev.postern.firewall.Examples.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.Event;
import dev.postern.events.EventJson;
import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.events.Topic;
import dev.postern.firewall.plan.Access;
import dev.postern.firewall.plan.AttachedGroup;
import dev.postern.firewall.plan.DesiredState;
import dev.postern.firewall.plan.ProviderLimits;
import dev.postern.firewall.plan.ShownFirewall;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Telling what others did from what we are about to do. */
class FindDriftTest {
    private static final String ONE = "postern-shop-db-1";
    private static final Map<String, String> KNOWN = Map.of("a", ONE);
    private static final Access ACCESS = tcp(5432, "203.0.113.7");
    private static final Opening OPEN = new Opening.Open(granted(ACCESS), NOW);
    private static final Opening AWAITED = new Opening.Awaited(granted(ACCESS), NOW, Optional.empty());
    private static final Opening CLOSING = new Opening.Closing(granted(ACCESS), NOW, Optional.of("revoked"));
    private static final ShownFirewall AS_IT_WAS = shown("a", ONE, Set.of(ACCESS));

    @Test
    void anObjectAsWeLeftItIsNoDrift() {
        assertThat(drift(AS_IT_WAS, OPEN)).isEmpty();
    }

    @Test
    void ownPendingChangeIsNoDrift() {
        assertThat(drift(AS_IT_WAS, CLOSING)).as("still to be closed").isEmpty();
        assertThat(drift(AS_IT_WAS, AWAITED)).as("put, but a crash kept us from saying so").isEmpty();
        assertThat(drift(shown("a", ONE, Set.of()), AWAITED)).as("still to be opened").isEmpty();
        assertThat(drift(shown("a", ONE, Set.of()), CLOSING)).as("closed, but a crash kept us from saying so").isEmpty();
    }

    @Test
    void anAccessThatNobodyWasGrantedIsDrift() {
        assertThat(drift(shown("a", ONE, Set.of(ACCESS, tcp(22, "198.51.100.1"))), OPEN))
            .containsExactly(ONE + ": let in tcp 22 from 198.51.100.1, which nobody was granted");
    }

    @Test
    void anAccessThatWasOpenAndIsNotShownIsDrift() {
        assertThat(drift(shown("a", ONE, Set.of()), OPEN)).containsExactly("lacked tcp 5432 from 203.0.113.7");
    }

    @Test
    void aDeletedObjectIsDriftUnlessItWasLeaving() {
        assertThat(in(KNOWN, groups(), List.of(), true)).containsExactly(ONE + ": was deleted");
        assertThat(in(Map.of(), groups(), List.of(), true)).isEmpty();
    }

    @Test
    void strangeThingsAndAnotherNameAreDrift() {
        assertThat(drift(strange(AS_IT_WAS.named("mine"), "a rule for tcp 5432 with action deny"), OPEN)).hasSize(1);
        ShownFirewall renamed = new ShownFirewall("a", "mine", AS_IT_WAS.inbound(), List.of(), TAGGED, ShownFirewall.Progress.DONE);
        assertThat(drift(renamed.named(ONE), OPEN)).containsExactly(ONE + ": had the name mine");
    }

    @Test
    void anotherAttachmentIsDriftUnlessTheServiceJustChanged() {
        ShownFirewall detached = attached(AS_IT_WAS, new Attachment(List.of(), List.of()));
        assertThat(drift(detached, OPEN)).containsExactly(ONE + ": was attached to tags [] and Droplets []");
        assertThat(in(KNOWN, groups(detached), List.of(OPEN), false)).isEmpty();
    }

    @Test
    void manyLinesAreShortened() {
        Set<Access> many = IntStream.range(0, 200).mapToObj(host -> tcp(22, "198.51.100." + host)).collect(java.util.stream.Collectors.toSet());
        assertThat(drift(shown("a", ONE, many), AWAITED)).hasSize(50).last().isEqualTo("and 151 more");
    }

    @Test
    void foreignTextInDriftFitsIntoAnEvent() throws EventJson.Unreadable {
        List<String> drift = drift(strange(AS_IT_WAS, "the name \u0000\u009f\n" + "\ud83d\ude00".repeat(600), "the name \ud83d"), OPEN);
        assertThat(drift).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(1_001)).anyMatch(line -> line.endsWith("the name ?"));
        Event event = new FirewallNews(List.of(), drift).events(Examples.SHOP, Examples.ACME, 1, NOW).get(0);
        assertThat(EventJson.read(Topic.FIREWALL_CHANGED, EventJson.write(event))).isEqualTo(event);
    }

    private static List<String> drift(ShownFirewall shown, Opening... openings) {
        return in(KNOWN, groups(shown), List.of(openings), true);
    }

    private static List<String> in(Map<String, String> known, List<AttachedGroup> groups, List<Opening> openings, boolean applied) {
        return FindDrift.in(new FindDrift.Known(known, Set.of(), openings, Set.of(), Examples.NOW, applied), groups);
    }

    @Test
    void addressRestoredByOwnLateCallIsNoDrift() {
        assertThat(FindDrift.in(new FindDrift.Known(KNOWN, Set.of(), List.of(), Set.of(ACCESS), Examples.NOW, true), groups(AS_IT_WAS))).isEmpty();
    }

    @Test
    void anObjectThatWeDetachedToDeleteItIsNoDrift() {
        ShownFirewall detached = attached(AS_IT_WAS, DesiredState.NOTHING);
        assertThat(FindDrift.in(new FindDrift.Known(Map.of(), Set.of("a"), List.of(CLOSING), Set.of(), Examples.NOW, true), groups(detached))).isEmpty();
    }

    private static List<AttachedGroup> groups(ShownFirewall... own) {
        return AttachedGroup.of(Optional.of(TAGGED), List.of(own), ProviderLimits.DIGITALOCEAN);
    }
}
