// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud.digitalocean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.events.SourceAddress;
import dev.postern.firewall.budget.CloudFailure;
import dev.postern.firewall.plan.Access;
import dev.postern.firewall.plan.FirewallContent;
import dev.postern.firewall.plan.FirewallRule;
import dev.postern.firewall.plan.ShownFirewall;
import dev.postern.firewall.plan.ShownFirewall.Progress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** DigitalOcean's JSON of firewalls: what we write, and what we make of what is shown. */
class DigitalOceanJsonTest {
    private static final Access.Ports POSTGRES = new Access.Ports(Protocol.TCP, PortRange.of("5432"));

    @Test
    void writtenContentNamesEveryMemberThatHasADefault() {
        FirewallContent content = new FirewallContent("postern-shop-1", List.of(new FirewallRule(POSTGRES, List.of(new SourceAddress("203.0.113.7"),
            new SourceAddress("2001:db8::/64")))), new Attachment(List.of("shop-db"), List.of(7L)));
        assertThat(new String(DigitalOceanJson.body(content), StandardCharsets.UTF_8)).isEqualTo(
            "{\"name\":\"postern-shop-1\",\"inbound_rules\":[{\"protocol\":\"tcp\",\"ports\":\"5432\",\"sources\":{\"addresses\":[\"203.0.113.7\",\"2001:db8::/64\"]}}],"
                + "\"outbound_rules\":[],\"droplet_ids\":[7],\"tags\":[\"shop-db\"]}");
    }

    @Test
    void aRuleOfOursIsReadAsOursHoweverItsAddressesAreWritten() {
        ShownFirewall shown = rule("{\"protocol\":\"tcp\",\"ports\":\"5432\",\"sources\":{\"addresses\":[\"203.0.113.7/32\",\"2001:DB8:0::7/128\"]}}");
        assertThat(shown.strange()).isEmpty();
        assertThat(shown.inbound()).containsExactly(new FirewallRule(POSTGRES, List.of(new SourceAddress("203.0.113.7"), new SourceAddress("2001:db8::7"))));
    }

    @Test
    void membersThatSayNothingAreNotStrange() {
        assertThat(rule("{\"protocol\":\"tcp\",\"ports\":\"5432\",\"action\":\"allow\",\"note\":null,\"sources\":{\"addresses\":[\"203.0.113.7\"],"
            + "\"droplet_ids\":[],\"tags\":[],\"load_balancer_uids\":[],\"kubernetes_ids\":null}}").strange()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{'protocol':'tcp','ports':'5432','action':'deny','sources':{'addresses':['203.0.113.7']}} | a rule for tcp 5432 with action deny",
        "{'protocol':'tcp','ports':'5432','priority':1,'sources':{'addresses':['203.0.113.7']}} | a rule for tcp 5432 with priority",
        "{'protocol':'tcp','ports':'5432','sources':{'addresses':['203.0.113.7'],'tags':['office']}} | a rule for tcp 5432 from tags",
        "{'protocol':'tcp','ports':'5432','sources':{'droplet_ids':[1]}} | a rule for tcp 5432 from droplet_ids",
        "{'protocol':'tcp','ports':'5432','sources':{'addresses':['office']}} | a rule for tcp 5432 from office",
        "{'protocol':'icmp','ports':'0','sources':{'addresses':['203.0.113.7']}} | a rule for icmp 0",
        "{'protocol':'tcp','ports':'0','sources':{'addresses':['203.0.113.7']}} | a rule for tcp 0",
        "{'protocol':'tcp','ports':'all','sources':{'addresses':['203.0.113.7']}} | a rule for tcp all"})
    void contentThatWeNeverWriteIsStrange(String json, String strange) {
        assertThat(rule(json.replace('\'', '"')).strange()).containsExactly(strange);
    }

    @Test
    void aDenyIsNeverReadAsLettingIn() {
        assertThat(rule("{\"protocol\":\"tcp\",\"ports\":\"5432\",\"action\":\"deny\",\"sources\":{\"addresses\":[\"203.0.113.7\"]}}").accesses()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"succeeded, [], DONE", "waiting, [], PENDING", "succeeded, '[{\"droplet_id\":1,\"removing\":false,\"status\":\"waiting\"}]', PENDING",
        "failed, [], FAILED", "'', [], PENDING", "unheard-of, [], PENDING"})
    void onlyWhatIsInEffectIsDone(String status, String pending, Progress progress) {
        assertThat(firewall("{\"firewall\":{\"id\":\"a\",\"name\":\"x\",\"status\":\"" + status + "\",\"pending_changes\":" + pending + "}}").progress())
            .isEqualTo(progress);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no json", "[]", "{}", "{\"firewall\":[]}", "{\"firewall\":{\"id\":1,\"name\":\"x\"}}", "{\"firewall\":{\"id\":\"a\"}}",
        "{\"firewall\":{\"id\":\"a\",\"name\":\"x\",\"inbound_rules\":\"none\"}}", "{\"firewall\":{\"id\":\"a\",\"name\":\"x\""})
    void anAnswerThatIsBrokenIsUnclear(String body) {
        assertThatThrownBy(() -> firewall(body)).isInstanceOfSatisfying(CloudFailure.class,
            failure -> assertThat(failure.kind()).isEqualTo(CloudFailure.Kind.UNCLEAR));
    }

    @Test
    void aPageSaysWhetherThereIsAnother() {
        assertThat(new DigitalOceanJson().page("test", bytes("{\"firewalls\":[],\"links\":{}}")).more()).isFalse();
        assertThat(new DigitalOceanJson().page("test", bytes("{\"firewalls\":[],\"links\":{\"pages\":{\"next\":\"https://x/?page=2\"}}}")).more()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{'id':'conflict','message':'duplicate name'} | 'duplicate name'",
        "{'error':'no such thing','messages':[],'root_causes':[]} | 'no such thing'", "<html> | ''", "{} | ''", "[] | ''"})
    void aRefusalSaysItsReasonInEitherShape(String body, String reason) {
        assertThat(DigitalOceanJson.reason(bytes(body.replace('\'', '"')))).isEqualTo(reason);
    }

    private static ShownFirewall rule(String rule) {
        return firewall("{\"firewall\":{\"id\":\"a\",\"name\":\"x\",\"status\":\"succeeded\",\"inbound_rules\":[" + rule + "]}}");
    }

    private static ShownFirewall firewall(String body) {
        return new DigitalOceanJson().firewall("test", bytes(body));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
