// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetParserTest {
    @Test
    void aPathIsReadInSegmentsAndDecodedOnce() {
        assertThat(RequestTargetParser.read("/v2/firewalls/bb4b/rules")).isEqualTo(new RequestTarget(List.of("v2", "firewalls", "bb4b", "rules"), List.of()));
        assertThat(RequestTargetParser.read("/v2/tags/caf%C3%A9%20bar")).isEqualTo(new RequestTarget(List.of("v2", "tags", "caf\u00e9 bar"), List.of()));
        assertThat(RequestTargetParser.read("/v2/a:b@c+d")).isEqualTo(new RequestTarget(List.of("v2", "a:b@c+d"), List.of()));
        assertThat(RequestTargetParser.read("/")).isEqualTo(new RequestTarget(List.of(), List.of()));
        assertThat(RequestTargetParser.read("/v2/x/?a=b")).as("one slash behind it")
            .isEqualTo(new RequestTarget(List.of("v2", "x"), List.of(new RequestTarget.Parameter("a", "b"))));
        assertThat(RequestTargetParser.read("/v2/x?")).isEqualTo(new RequestTarget(List.of("v2", "x"), List.of()));
    }

    @Test
    void repositoryNameOfSeveralPartsIsOneSegment() {
        assertThat(RequestTargetParser.read("/v2/registry/acme/repositories/shop%2Fapi%2fv2.x_y/tags")).isEqualTo(
            new RequestTarget(List.of("v2", "registry", "acme", "repositories", "shop/api/v2.x_y", "tags"), List.of()));
    }

    @Test
    void aQueryIsReadInParametersAndDecodedOnce() {
        assertThat(((RequestTarget) RequestTargetParser.read("/v2/droplets?tag_name=a+b&per_page=2&name=caf%C3%A9&x=100%25")).query()).containsExactly(
            new RequestTarget.Parameter("tag_name", "a b"), new RequestTarget.Parameter("per_page", "2"), new RequestTarget.Parameter("name", "caf\u00e9"),
            new RequestTarget.Parameter("x", "100%"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/x?a=1&", "/v2/x?&a=1", "/v2/x?&&a=1&&&"})
    void nothingBetweenTwoAmpersandsIsNoParameter(String target) {
        assertThat(RequestTargetParser.read(target)).isEqualTo(new RequestTarget(List.of("v2", "x"), List.of(new RequestTarget.Parameter("a", "1"))));
        assertThat(RequestTargetParser.read("/v2/x?&")).isEqualTo(new RequestTarget(List.of("v2", "x"), List.of()));
    }

    @TestFactory
    Stream<DynamicTest> whatCouldBeReadInTwoWaysIsRefused() {
        return Stream.of(
            "target-form http://localhost/v2", "target-form v2/x", "target-form *", "target-form localhost:80", "empty-segment //v2/x", "empty-segment /v2//x",
            "empty-segment /v2/x//", "empty-segment /v2/x//?a=b", "empty-segment //", "dot-segment /v2/x/./", "encoded-slash /v2/x/%2f", "dot-segment /v2/./x",
            "dot-segment /v2/../x", "dot-segment /v2/x/..", "dot-segment /v2/%2e%2e/x", "dot-segment /v2/%2E./x",
            "dot-segment /v2/.../x", "dot-segment /v2/%20./x", "dot-segment /v2/shop%2eexample", "encoded-slash /v2/1%2f2", "encoded-slash /v2/1%2F..%2F2",
            "encoded-slash /v2/registry/acme/repositories/a%2F..%2Fb/tags", "encoded-slash /v2/registry/acme/repositories/a%2F%2Fb/tags",
            "encoded-slash /v2/registry/acme/repositories/a%2F/tags", "encoded-slash /v2/registry/acme/repositories/%2Fa/tags",
            "encoded-slash /v2/registry/acme/repositories/A%2Fb/tags",
            "encoded-slash /v2/registry/acme/repositories/a/tags/b%2Fc", "encoded-slash /v2/registry/a%2Fb/repositories/a/tags",
            "encoded-slash /v2/domains/x/repositories/a%2Fb/tags/1",
            "backslash /v2/1\\2", "backslash /v2/1%5c2", "double-encoding /v2/1%252f2", "double-encoding /v2/%25", "double-encoding /v2/%252e%252e",
            "invalid-encoding /v2/%", "invalid-encoding /v2/%2", "invalid-encoding /v2/%zz", "invalid-encoding /v2/%u002f", "invalid-encoding /v2/%c0%af",
            "invalid-encoding /v2/%c0%ae%c0%ae", "invalid-encoding /v2/%e0%80%af", "invalid-encoding /v2/%f0%80%80%af", "invalid-encoding /v2/%ed%a0%80",
            "invalid-encoding /v2/%ff", "control-character /v2/1%00", "control-character /v2/%0d%0aX", "control-character /v2/1%7f",
            "control-character /v2/%c2%85",
            "control-character /v2/%e2%80%ae", "control-character /v2/%e2%80%a8", "control-character /v2/%ef%bb%bf1", "control-character /v2/1\u0001",
            "matrix-parameter /v2/1;x=2", "matrix-parameter /v2/..;/2", "matrix-parameter /v2/1%3bx", "encoded-delimiter /v2/1%3fx",
            "encoded-delimiter /v2/1%23",
            "illegal-character /v2/1#x", "illegal-character /v2/\"", "illegal-character /v2/{1}", "illegal-character /v2/\u00e9", "illegal-character /v2/1^2",
            "compatibility-character /v2/%ef%bc%8e%ef%bc%8e", "compatibility-character /v2/1%ef%bc%8f2", "compatibility-character /v2/%ef%bc%91",
            "matrix-parameter /v2/x?a=1;b=2", "duplicate-parameter /v2/x?a=1&A=2", "duplicate-parameter /v2/x?a=1&a[]=2", "parameter-name /v2/x?=1",
            "parameter-name /v2/x?&=&", "parameter-name /v2/x?a%00=1", "parameter-name /v2/x?a=1&=", "double-encoding /v2/x?a=%252e",
            "invalid-encoding /v2/x?a=%c0%af",
            "invalid-encoding /v2/x?a=%", "control-character /v2/x?a=%0d%0a", "backslash /v2/x?a=%5c", "method-override /v2/x?_method=DELETE",
            "long-target /v2/" + "a".repeat(RequestTargetParser.LENGTH_MAX), "many-segments " + "/a".repeat(RequestTargetParser.SEGMENTS_MAX + 1),
            "many-parameters /v2?a=1" + "&b=1".repeat(RequestTargetParser.PARAMETERS_MAX)).map(line -> {
                int blank = line.indexOf(' ');
                return DynamicTest.dynamicTest(line.length() > 80 ? line.substring(0, 80) : line, () -> {
                    ParsedTarget reading = RequestTargetParser.read(line.substring(blank + 1));
                    assertThat(reading).isInstanceOf(Refusal.class);
                    assertThat(((Refusal) reading).rule()).isEqualTo(line.substring(0, blank));
                });
            });
    }
}
