// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.PolicyId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
        "@max_duration(\"PT8H\") @approval(\"approver\") @note(\"anything\") @x_ticket(\"OPS-1\") permit(principal, action, resource);",
        "@max_duration(\"P90D\") permit(principal, action, resource);",
        "permit(principal is Portal, action == Action::\"firewall:open\", resource in Project::\"acme/shop\") when { context.source.isIpv4() };",
        "permit(principal, action in Action::\"digitalocean\", resource in Account::\"acme\") unless { resource.wildcard };",
        "permit(principal, action == Action::\"kubernetes:access_cluster\", resource == Resource::\"do:kubernetes:bb4b2611-3d72-467b-8602-280330ecd65c\");"})
    void theseArePolicies(String text) {
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
    void theseAreNotAndTheFindingSaysWhere(String text, String rule, int line, int column, String message) {
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
    void placesAreToldInLinesAndCharacters() {
        PolicyCheck check = CheckPolicy.check(ID, "// 🙂 ä\r\npermit(principal, action,\n  resource) when { \"🙂\" == \"\" && oops };\n");
        PolicyFinding finding = ((PolicyCheck.Unsound) check).findings().get(0);
        assertThat(finding.line()).isEqualTo(3);
        assertThat(finding.column()).isEqualTo(33);
        assertThat(finding.inWords()).startsWith("line 3, column 33: ");
    }

    @Test
    void policyThatCanNeverApplyIsRefused() {
        for (String text : List.of("permit(principal, action, resource) when { false };",
            "forbid(principal, action, resource is Resource in Project::\"acme/shop\");",
            "permit(principal, action == Action::\"droplet:read\", resource is Service);")) {
            assertThat(refusal(text)).as(text).extracting(PolicyFinding::rule, PolicyFinding::message).asString()
                .containsAnyOf("never-applies", "schema");
        }
    }

    private static PolicyFinding refusal(String text) {
        PolicyCheck check = CheckPolicy.check(ID, text);
        assertThat(check).as(text).isInstanceOf(PolicyCheck.Unsound.class);
        return ((PolicyCheck.Unsound) check).findings().get(0);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        "@aproval(\"approver\")          | there is no annotation @aproval; did you mean @approval?",
        "@maxduration(\"PT1H\")          | did you mean @max_duration?",
        "@max_Duration(\"PT1H\")         | did you mean @max_duration?",
        "@Approval(\"approver\")         | did you mean @approval?",
        "@break_glass                      | @break_glass is not supported yet",
        "@breakglass                       | did you mean @break_glass?",
        "@valid_until(\"2026-12-31\")    | @valid_until is not supported yet",
        "@approvals(\"2\")               | @approvals is not supported yet",
        "@approval_timeout(\"PT1H\")     | @approval_timeout is not supported yet",
        "@description(\"x\")             | Free ones are @note and those that begin with @x_",
        "@x_(\"x\")                      | there is no annotation @x_"})
    void annotationWithoutEffectIsRefusedOnPermitAndForbid(String annotation, String message) {
        for (String statement : List.of("permit(principal, action, resource is Service);", "forbid(principal, action, resource is Service);")) {
            PolicyFinding finding = refusal("// a comment\n" + annotation + " " + statement);
            assertThat(finding.rule()).isEqualTo("annotation");
            assertThat(finding.message()).contains(message);
            assertThat(finding.line()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        "Resource::\"do:droplet:0300201\"                              | write Resource::\"do:droplet:300201\"",
        "Resource::\"do:dbaas:9cc10173-e9ea-4176-9dbc-a4cee4c4ff30\"   | write Resource::\"do:database:9cc10173-e9ea-4176-9dbc-a4cee4c4ff30\"",
        "Resource::\"do:firewall:9CC10173-e9ea-4176-9dbc-a4cee4c4ff30\"| write Resource::\"do:firewall:9cc10173-e9ea-4176-9dbc-a4cee4c4ff30\"",
        "Resource::\"do:domain:Billing.Example\"                       | write Resource::\"do:domain:billing.example\"",
        "Resource::\"do:domain:billing.example.\"                      | write Resource::\"do:domain:billing.example\"",
        "Resource::\"do:project:default\"                              | stands for another",
        "Resource::\"do:registry:account.default\"                     | stands for another",
        "Resource::\"droplet:1\"                                       | write Resource::\"do:<type>:<id>\"",
        "Resource::\"service:shop-db\"                                 | write Service::\"shop-db\"",
        "Resource::\"do:droplet:3002\\x301\"                         | no escapes",
        "Service::\"service:shop-db\"                                  | write Service::\"shop-db\"",
        "Service::\"Shop_DB\"                                          | is no name of a service",
        "Project::\"shop\"                                             | write Project::\"<account>/<project>\"",
        "Project::\"x-shop\"                                           | write Project::\"<account>/<project>\"",
        "Account::\"Acme\"                                             | is no name of an account"})
    void entityThatNothingCanBeIsRefusedWithTheRightSpelling(String entity, String message) {
        String operator = entity.startsWith("Resource") || entity.startsWith("Service") ? "==" : "in";
        for (String text : List.of("forbid(principal, action, resource " + operator + " " + entity + ");",
            "forbid(principal, action, resource) when { resource " + operator + " " + entity + " };")) {
            PolicyFinding finding = refusal(text);
            assertThat(finding.rule()).as(finding.inWords()).isEqualTo("entity");
            assertThat(finding.message()).contains(message);
            assertThat(finding.column()).isEqualTo(text.indexOf(entity) + 1);
        }
    }

    @Test
    void policyAboutWorkloadsIsRefusedForNobodyIsOne() {
        for (String principal : List.of("principal == Workload::\"ci\"", "principal is Workload")) {
            PolicyFinding finding = refusal("permit(" + principal + ", action, resource is Service);");
            assertThat(finding.rule()).isEqualTo("entity");
            assertThat(finding.message()).contains("no requester is a Workload");
        }
    }

    @Test
    void functionWhoseValueIsNeverKnownIsRefused() {
        for (String function : List.of("unknown", "error", "partial")) {
            PolicyFinding finding = refusal("permit(principal, action, resource) when { " + function + "(\"x\") };");
            assertThat(finding.rule()).isIn("function", "syntax");
        }
        assertThat(refusal("permit(principal, action, resource) when { unknown(\"x\") };").rule()).isEqualTo("function");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        forbid(principal, action, resource == Resource::"do:droplet:*");                          | write `in` for each resource
        forbid(principal == Person::"olga", action, resource);                                    | a username names nobody
        forbid(principal, action, resource is Resource) when { resource.kind == "dbaas" };        | write "database"
        forbid(principal, action, resource is Resource) when { resource.kind != "floating_ip" };  | write "reserved_ip"
        forbid(principal, action, resource is Resource) when { resource.urn like "do:dbaas:*" };  | write "do:database"
        forbid(principal, action, resource is Resource) when { resource.urn == "do:droplet:007" }; | write "do:droplet:7"
        forbid(principal, action, resource is Resource) when { resource.urn == "droplet" };       | no resource has the URN
        """)
    void conditionThatNothingFulfilsIsWarnedOf(String text, String advice) {
        assertThat(warnings(text)).singleElement().asString().contains(advice);
    }

    @ParameterizedTest
    @ValueSource(strings = {"forbid(principal, action, resource in Resource::\"do:droplet:*\");",
        "forbid(principal == Person::\"85937848-4966-546c-8c4a-b8218a2b7ede\", action, resource);",
        "forbid(principal, action, resource is Resource) when { resource.kind == \"database\" && resource.urn like \"do:database:*\" };",
        "forbid(principal, action, resource is Resource) when { resource.urn == \"do:droplet:7\" || resource.id == \"7\" };"})
    void conditionThatSomethingFulfilsIsNotWarnedOf(String text) {
        assertThat(warnings(text)).isEmpty();
    }

    @Test
    void misspelledActionAndRoleNameTheNearestOne() {
        assertThat(refusal("permit(principal, action == Action::\"droplet:raed\", resource);").message()).contains("did you mean Action::\"droplet:read\"?");
        assertThat(warnings("permit(principal in Role::\"opertor\", action, resource is Service);")).first().asString()
            .contains("none of Postern's own roles; did you mean Role::\"operator\"?");
        assertThat(warnings("permit(principal in Role::\"operator\", action, resource is Service);")).isEmpty();
        assertThat(warnings("@approval(\"aprover\") permit(principal, action, resource is Service);")).first().asString()
            .contains("@approval names none of Postern's own roles; did you mean \"approver\"?");
        assertThat(warnings("@approval(\"approver\") permit(principal, action, resource is Service);")).isEmpty();
    }

    @Test
    void manyFindingsAreFoundInTimeAndHideNoError() {
        String manyUnknown = "permit(principal, action in [" + "Action::\"droplet:raed\",".repeat(1_000) + "Action::\"droplet:read\"], resource);";
        long before = System.nanoTime();
        assertThat(((PolicyCheck.Unsound) CheckPolicy.check(ID, manyUnknown)).findings()).hasSizeLessThanOrEqualTo(20);
        assertThat(System.nanoTime() - before).isLessThan(5_000_000_000L);
        assertThat(refusal("permit(principal, action, resource is Service) when { " + "principal in Role::\"x\" || ".repeat(100) + "unknown(\"x\") };").rule())
            .isEqualTo("function");
    }

    @Test
    void permitWithoutAnyConditionWarnsThatItPermitsEverything() {
        assertThat(warnings("// all\n@id(\"my-policy\")\npermit (principal, action, resource);")).first().asString().contains("permits everything");
        assertThat(warnings("forbid(principal, action, resource);")).isEmpty();
        assertThat(warnings("permit(principal, action, resource is Service);")).isEmpty();
    }

    @Test
    void serviceThatIsNotProtectedIsWarnedOf() {
        String text = "permit(principal, action, resource == Service::\"shop-bd\");";
        assertThat(CheckPolicy.servicesNamed(text)).containsExactly("shop-bd");
        assertThat(((PolicyCheck.Sound) CheckPolicy.check(ID, text, Optional.of(Set.of()))).warnings()).extracting(PolicyFinding::message)
            .first().asString().contains("is not a protected service now");
        assertThat(CheckPolicy.check(ID, text, Optional.of(Set.of("shop-bd")))).isEqualTo(new PolicyCheck.Sound(List.of()));
    }

    private static List<String> warnings(String text) {
        return ((PolicyCheck.Sound) CheckPolicy.check(ID, text)).warnings().stream().map(PolicyFinding::message).toList();
    }
}
