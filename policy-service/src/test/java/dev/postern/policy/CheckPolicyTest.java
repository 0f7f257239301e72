package dev.postern.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.PolicyId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckPolicyTest {
    private static final PolicyId ID = new PolicyId("my-policy");

    @ParameterizedTest
    @ValueSource(strings = {
        "permit(principal, action, resource);",
        "forbid(principal, action, resource);",
        "@id(\"my-policy\") permit(principal, action, resource);",
        "@max_duration(\"PT8H\") @approval(\"approver\") @description(\"anything\") permit(principal, action, resource);",
        "@max_duration(\"P90D\") permit(principal, action, resource);",
        "permit(principal is Portal, action == Action::\"firewall:open\", resource in Project::\"acme/shop\") when { context.source.isIpv4() };",
        "permit(principal, action in Action::\"digitalocean\", resource in Account::\"acme\") unless { resource.wildcard };",
        "permit(principal, action == Action::\"kubernetes:access_cluster\", resource == Resource::\"do:kubernetes:1\");"})
    void these_are_policies(String text) {
        assertThat(CheckPolicy.check(ID, text)).isInstanceOf(PolicyCheck.Sound.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        "permit(principal, action, resource) when { foo };                                  | syntax     | 1 | 44 | invalid variable: foo",
        "permit(principal, action, resource)                                                | syntax     | 1 | 84 | unexpected end of input",
        "permit(principal, action, resource); permit(principal, action, resource);          | syntax     | 1 | 38 | unexpected token `permit`",
        "permit(principal == ?principal, action, resource);                                 | syntax     | 1 | 21 | template",
        "// only a comment                                                                  | syntax     | 0 | 0  | unexpected end of input",
        "permit(principal, action, resource) when { \"äöü\" == \"a\" && };                   | syntax     | 1 | 60 | unexpected token `}`",
        "permit(principal, action, resource) when { resource.nope };                        | schema     | 1 | 44 | attribute `nope`",
        "permit(principal, action == Action::\"firewall:close\", resource);                  | schema     | 1 | 29 | unrecognized action",
        "permit(principal is Robot, action, resource);                                      | schema     | 1 | 21 | unrecognized entity type",
        "permit(principal is Account, action, resource);                                    | schema     | 1 | 1  | unable to find an applicable action",
        "permit(principal, action, resource) when { context.source.isIpv4() };              | schema     | 1 | 44 | attribute `source`",
        "permit(principal, action, resource) when { context.on_behalf_of == \"x\" };         | schema     | 1 | 44 | optional",
        "permit(principal, action, resource) when { ip(\"300.1.1.1\").isIpv4() };            | schema     | 1 | 44 | IP address",
        "@id(\"other\") permit(principal, action, resource);                                 | annotation | 0 | 0  | @id",
        "@max_duration(\"8h\") permit(principal, action, resource);                          | annotation | 0 | 0  | @max_duration",
        "@max_duration(\"PT-8H\") permit(principal, action, resource);                       | annotation | 0 | 0  | @max_duration",
        "@max_duration(\"PT0S\") permit(principal, action, resource);                        | annotation | 0 | 0  | @max_duration",
        "@max_duration(\"P91D\") permit(principal, action, resource);                        | annotation | 0 | 0  | @max_duration",
        "@max_duration(\"PT999999999999999999999H\") permit(principal, action, resource);    | annotation | 0 | 0  | @max_duration",
        "@max_duration permit(principal, action, resource);                                 | annotation | 0 | 0  | @max_duration",
        "@approval permit(principal, action, resource);                                     | annotation | 0 | 0  | @approval",
        "@approval(\"a b\") permit(principal, action, resource);                             | annotation | 0 | 0  | @approval",
        "@max_duration(\"PT8H\") forbid(principal, action, resource);                        | annotation | 0 | 0  | a forbid has no",
        "@approval(\"approver\") forbid(principal, action, resource);                        | annotation | 0 | 0  | a forbid has no"})
    void these_are_not_and_the_finding_says_where(String text, String rule, int line, int column, String message) {
        PolicyCheck check = CheckPolicy.check(ID, text.replace("\\\"", "\""));
        assertThat(check).isInstanceOf(PolicyCheck.Unsound.class);
        PolicyFinding finding = ((PolicyCheck.Unsound) check).findings().get(0);
        assertThat(finding.rule()).as(finding.inWords()).isEqualTo(rule);
        assertThat(finding.message()).containsIgnoringCase(message);
        if (line > 0 && column < 84) {
            assertThat(finding.line()).isEqualTo(line);
            assertThat(finding.column()).as(finding.inWords()).isEqualTo(column);
        }
        assertThat(finding.message()).doesNotContain("my-policy");
    }

    @Test
    void places_are_told_in_lines_and_characters() {
        PolicyCheck check = CheckPolicy.check(ID, "// 🙂 ä\r\npermit(principal, action,\n  resource) when { \"🙂\" == \"\" && oops };\n");
        PolicyFinding finding = ((PolicyCheck.Unsound) check).findings().get(0);
        assertThat(finding.line()).isEqualTo(3);
        assertThat(finding.column()).isEqualTo(33);
        assertThat(finding.inWords()).startsWith("line 3, column 33: ");
    }

    @Test
    void a_policy_that_can_never_match_is_taken_with_a_warning() {
        PolicyCheck check = CheckPolicy.check(ID, "permit(principal, action, resource) when { false };");
        assertThat(((PolicyCheck.Sound) check).warnings()).extracting(PolicyFinding::message).first().asString().contains("impossible");
    }
}
