// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.PolicyId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Texts that would end or stall the process, if Cedar saw them. */
class PolicyBoundsTest {
    private static final PolicyId ID = new PolicyId("p");
    private static final int SMALL_STACK_BYTES = 512 * 1024;

    private static String when(String condition) {
        return "permit(principal, action == Action::\"firewall:open\", resource) when { " + condition + " };";
    }

    /** Ways to make Cedar recurse or search, each as deep as {@code n}. */
    static Map<String, String> shapes(int n) {
        Map<String, String> shapes = new LinkedHashMap<>();
        shapes.put("parentheses", when("(".repeat(n) + "true" + ")".repeat(n)));
        shapes.put("negated parentheses", when("!(".repeat(n) + "true" + ")".repeat(n)));
        shapes.put("unclosed parentheses", when("(".repeat(n)));
        shapes.put("sets", when("[".repeat(n) + "1" + "]".repeat(n) + " == [1]"));
        shapes.put("records", when("{a:".repeat(n) + "1" + "}".repeat(n) + " == {a:1}"));
        shapes.put("calls", when("ip(\"1.2.3.4\")" + ".isInRange(ip(\"1.2.3.4\")".repeat(n) + ")".repeat(n)));
        shapes.put("else if", when("if true then true else ".repeat(n) + "true"));
        shapes.put("if if", when("if ".repeat(n) + "true" + " then true else true".repeat(n)));
        shapes.put("members", when("context" + ".a".repeat(n)));
        shapes.put("has members", when("context has a" + ".a".repeat(n)));
        shapes.put("indexes", when("context" + "[\"a\"]".repeat(n)));
        shapes.put("sums", when("0 == 1" + " + 1".repeat(n)));
        shapes.put("differences", when("0 == 1" + " - 1".repeat(n)));
        shapes.put("products", when("0 == 1" + " * 1".repeat(n)));
        shapes.put("after a comment", when("// \"\r" + "(".repeat(n) + "true" + ")".repeat(n)));
        shapes.put("after a string", when("\"\\\"//\" == \"\" || " + "(".repeat(n) + "true" + ")".repeat(n)));
        shapes.put("brackets of all kinds", when("([{a:".repeat(n) + "1" + "}])".repeat(n)));
        return shapes;
    }

    /** Long, but flat: Cedar takes them without recursion. */
    static Map<String, String> flat(int n) {
        Map<String, String> shapes = new LinkedHashMap<>();
        shapes.put("and", when("true" + " && true".repeat(n)));
        shapes.put("or", when("true" + " || true".repeat(n)));
        shapes.put("set", when("[1" + ",1".repeat(n) + "] == [1]"));
        shapes.put("conditions", "permit(principal, action, resource)" + " when {true}".repeat(n) + ";");
        shapes.put("annotations", IntStream.range(0, n).mapToObj(each -> "@a" + each + "(\"x\")").collect(Collectors.joining())
            + "permit(principal, action, resource);");
        shapes.put("pattern", when("context.protocol like \"" + "*a".repeat(n) + "\""));
        shapes.put("type", "permit(principal is A" + "::A".repeat(n) + ", action, resource);");
        shapes.put("nots", when("!".repeat(n) + "true"));
        shapes.put("minuses", when("0 == " + "-".repeat(n) + "1"));
        return shapes;
    }

    static Stream<String> deep() {
        return shapes(2_000).keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("deep")
    void deepShapesNeverReachCedar(String shape) {
        PolicyCheck check = CheckPolicy.check(ID, shapes(2_000).get(shape));
        assertThat(check).isInstanceOf(PolicyCheck.Unsound.class);
        assertThat(((PolicyCheck.Unsound) check).findings()).extracting(PolicyFinding::rule).containsExactly("nesting");
    }

    @Test
    void whatTheBoundsLetThroughFitsIntoAStackAHundredTimesSmallerThanThatOfCedarsThreads() throws Exception {
        for (int n : List.of(10, PolicyBounds.NESTING_MAX - 4, PolicyBounds.CHAIN_MAX)) {
            for (String text : shapes(n).values()) {
                if (PolicyBounds.broken(text).isEmpty()) {
                    Thread small = new Thread(null, () -> CheckPolicy.check(ID, text), "small", SMALL_STACK_BYTES);
                    small.start();
                    small.join();
                }
            }
        }
    }

    @Test
    void flatTextsOfTheFullLengthAreAnsweredWithinSeconds() {
        flat(3_000).forEach((shape, text) -> {
            if (PolicyBounds.broken(text).isEmpty()) {
                long before = System.nanoTime();
                CheckPolicy.check(ID, text);
                assertThat((System.nanoTime() - before) / 1_000_000).as(shape).isLessThan(5_000);
            }
        });
    }

    @Test
    void textThatAReaderCannotSeeIsRefusedAtItsPlace() {
        for (String character : List.of("\u0000", "\u001b", "\u0085", "\u200b", "\u202e", "\u2066", "\ufeff", "\u2028", "\ue000", "\ud800",
            "\u3164", "\u115f", "\uffa0", "\u2800", "\u034f", "\ufe0f", "\u180b")) {
            PolicyFinding finding = PolicyBounds.broken("// line\npermit" + character + "(principal, action, resource);").orElseThrow();
            assertThat(finding.rule()).isEqualTo("character");
            assertThat(finding.line()).isEqualTo(2);
            assertThat(finding.column()).isEqualTo(7);
        }
        assertThat(PolicyBounds.broken("// äöü 日本 🙂\n\tpermit(principal, action, resource);\r\n")).isEmpty();
    }

    @Test
    void bracketsInStringsAndCommentsDoNotCount() {
        assertThat(PolicyBounds.broken("// " + "(".repeat(1_000) + "\n" + when("\"" + "(".repeat(1_000) + "\\\"" + "[".repeat(100) + "\" == \"\""))).isEmpty();
    }

    @Test
    void aTextHas64KibAtMost() {
        String policy = "permit(principal, action, resource);";
        assertThat(PolicyBounds.broken(policy + " ".repeat(PolicyBounds.TEXT_BYTES_MAX - policy.length()))).isEmpty();
        assertThat(PolicyBounds.broken(policy + " ".repeat(PolicyBounds.TEXT_BYTES_MAX - policy.length() + 1)).orElseThrow().rule()).isEqualTo("too-long");
        assertThat(PolicyBounds.broken("// " + "ä".repeat(PolicyBounds.TEXT_BYTES_MAX / 2)).orElseThrow().rule()).isEqualTo("too-long");
    }
}
