// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.firewall.AccountView.SeenDroplet;
import dev.postern.firewall.AttachmentReport.Warning;
import dev.postern.firewall.plan.ShownFirewall;
import dev.postern.firewall.plan.ShownFirewall.Progress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Reports about tags, Droplets and base firewalls for an operator. */
class AttachmentReportTest {
    private static final SeenDroplet TAGGED = new SeenDroplet(11, "shop-1", Set.of("shop-db"));
    private static final SeenDroplet NAMED = new SeenDroplet(12, "shop-2", Set.of("other"));
    private static final Attachment ATTACHMENT = new Attachment(List.of("shop-db", "mistyped"), List.of(12L, 13L));

    private static ShownFirewall firewall(String name, List<String> tags, List<Long> droplets) {
        return new ShownFirewall("id-of-" + name, name, List.of(), List.of(), new Attachment(tags, droplets), Progress.DONE);
    }

    @Test
    void unknownTagsAndDropletsAreNamedByPointer() {
        AttachmentReport report = AttachmentReport.of(ATTACHMENT, new AccountView(Set.of("shop-db"), List.of(TAGGED, NAMED),
            List.of(firewall("base", List.of("shop-db"), List.of(12L)))));
        assertThat(report.warnings(ATTACHMENT)).extracting(Warning::rule, Warning::pointer).containsExactly(
            org.assertj.core.groups.Tuple.tuple("tag-unknown", "/attachment/tags/1"),
            org.assertj.core.groups.Tuple.tuple("droplet-unknown", "/attachment/droplets/1"));
    }

    @Test
    void firewallOfPosternIsNoWall() {
        AttachmentReport report = AttachmentReport.of(ATTACHMENT, new AccountView(Set.of("shop-db", "mistyped"), List.of(TAGGED, NAMED),
            List.of(firewall("postern-shop-1", List.of("shop-db"), List.of(12L)))));
        assertThat(report.withoutWall()).containsExactly(TAGGED, NAMED);
        assertThat(report.warnings(ATTACHMENT)).filteredOn(warning -> warning.rule().equals("wall-missing")).singleElement()
            .extracting(Warning::message).asString().contains("11 (shop-1), 12 (shop-2)", "attach a base firewall");
    }

    @Test
    void wallReachesDropletByAnyOfItsTags() {
        AttachmentReport report = AttachmentReport.of(ATTACHMENT, new AccountView(Set.of("shop-db", "mistyped"), List.of(TAGGED, NAMED),
            List.of(firewall("base", List.of("other"), List.of(11L)))));
        assertThat(report.withoutWall()).isEmpty();
    }

    @Test
    void dropletThatDoesNotExistIsUnknown() {
        AttachmentReport report = AttachmentReport.of(ATTACHMENT, new AccountView(Set.of("shop-db", "mistyped"), List.of(TAGGED), List.of()));
        assertThat(report.withoutWall()).containsExactly(TAGGED);
        assertThat(report.unknownDroplets()).containsExactly(12L, 13L);
    }

    @Test
    void dropletIsReachedByItsTagAsByItsId() {
        AccountView view = new AccountView(Set.of("shop-db"), List.of(TAGGED, NAMED), List.of());
        assertThat(AttachmentReport.of(ATTACHMENT, view).reached()).as("13 does not exist").containsExactlyInAnyOrder(11L, 12L);
        assertThat(AttachmentReport.of(new Attachment(List.of("shop-db"), List.of()), view).reached())
            .isEqualTo(AttachmentReport.of(new Attachment(List.of(), List.of(11L)), view).reached()).containsExactly(11L);
    }

    @Test
    void denyRuleOfAnotherFirewallIsNamed() {
        ShownFirewall denying = new ShownFirewall("id", "geo-block", List.of(), List.of("a rule for tcp 5432 with action deny"),
            new Attachment(List.of("other"), List.of()), Progress.DONE);
        assertThat(AttachmentReport.of(ATTACHMENT, new AccountView(Set.of("shop-db", "mistyped"), List.of(TAGGED, NAMED), List.of(denying)))
            .warnings(ATTACHMENT)).extracting(Warning::rule).contains("denied-elsewhere");
        Attachment elsewhere = new Attachment(List.of("shop-db"), List.of());
        assertThat(AttachmentReport.of(elsewhere, new AccountView(Set.of("shop-db"), List.of(TAGGED), List.of(denying))).denying()).isEmpty();
    }
}
