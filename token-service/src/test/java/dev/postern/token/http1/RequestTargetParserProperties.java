// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.token.gateway.digitalocean.UpstreamTarget;
import dev.postern.token.operation.Answer;
import dev.postern.token.operation.KnownMembers;
import dev.postern.token.operation.Operation;
import dev.postern.token.operation.OperationId;
import dev.postern.token.operation.ScopeRule;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class RequestTargetParserProperties {
    private static final String PIECES = "/ . % ; \\ ? # & = + : @ a 1 v2 .. %2e %2F %5c %25 %00 %c0%af %e2%80%ae %ef%bc%8f %C3%A9 ~ ! [ ] \" \u00e9 \u0000 \n";

    @Property(tries = 20_000)
    void nothingThatPassesHasWhatAnotherReaderCouldTakeForAnotherPath(@ForAll("targets") String target) {
        if (RequestTargetParser.read(target) instanceof RequestTarget read) {
            for (String segment : read.segments()) {
                assertThat(segment).isNotEmpty().doesNotContain("/", "\\", ";", "%", "?", "#", "\u0000", "\n").doesNotMatch("[. ]*");
            }
        }
    }

    @Property(tries = 5_000)
    void forwardedTargetIsParsedAsTheSame(@ForAll("targets") String target) {
        if (RequestTargetParser.read(target) instanceof RequestTarget read && !read.segments().isEmpty()) {
            String sent = sent(read);
            assertThat(sent).matches("[!-~]+");
            RequestTarget again = (RequestTarget) RequestTargetParser.read(sent);
            assertThat(again.segments()).as(sent).isEqualTo(read.segments());
            assertThat(again.query()).as(sent).containsExactlyInAnyOrderElementsOf(read.query());
            assertThat(URI.create("http://upstream" + sent).normalize().getRawPath()).isEqualTo(sent.split("\\?")[0]);
        }
    }

    @Property(tries = 5_000)
    void noTextMakesTheReaderThrow(@ForAll String anything) {
        assertThat(RequestTargetParser.read(anything)).isNotNull();
    }

    @Provide
    Arbitrary<String> targets() {
        return Arbitraries.of(PIECES.split(" ")).list().ofMinSize(1).ofMaxSize(12).map(pieces -> "/v2/" + String.join("", pieces));
    }

    private static String sent(RequestTarget read) {
        Map<String, String> parameters = new LinkedHashMap<>();
        List<String> template = new java.util.ArrayList<>();
        for (String segment : read.segments()) {
            parameters.put("p" + template.size(), segment);
            template.add("{p" + template.size() + "}");
        }
        Map<String, List<String>> query = new LinkedHashMap<>();
        read.query().forEach(parameter -> query.merge(parameter.name(), List.of(parameter.value()),
            (one, two) -> java.util.stream.Stream.concat(one.stream(), two.stream()).toList()));
        Operation operation = new Operation(new OperationId("x"), "GET", template, true, new ScopeRule(List.of()), List.of(), List.of(), Set.of(), Set.of(),
            false,
            new Answer.Unfiltered(), Optional.empty(), Optional.empty(), Optional.empty(), List.of(), Optional.empty(), Optional.empty(), List.of(),
            KnownMembers.NONE);
        return UpstreamTarget.of(operation, parameters, query);
    }
}
