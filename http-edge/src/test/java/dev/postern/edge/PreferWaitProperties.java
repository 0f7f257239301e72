// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;

class PreferWaitProperties {
    @Property
    void aWaitIsGrantedUpToAMinute(@ForAll @LongRange(min = 0, max = 100) long seconds) {
        assertThat(PreferWait.of("wait=" + seconds)).contains(Duration.ofSeconds(Math.min(seconds, 60)));
    }

    @Property
    void anyHeaderIsAWaitOfAtMostAMinuteOrNone(@ForAll @StringLength(max = 1_200) String header) {
        PreferWait.of(header).ifPresent(wait -> assertThat(wait).isBetween(Duration.ZERO, PreferWait.WAIT_MAX));
    }

    @Property
    void otherPreferencesBesideItDoNotMatter(@ForAll @LongRange(min = 0, max = 60) long seconds) {
        Duration wait = Duration.ofSeconds(seconds);
        for (String header : new String[] {"respond-async, wait=%s", "wait = %s, x", "handling=lenient; a=b; c , WAIT=\"%s\"", "a=\"x, wait=1\", wait=%s",
            "wait=%s; foo=\"b\\\"ar\"", " wait=%s ,"}) {
            assertThat(PreferWait.of(String.format(header, seconds))).as(header).contains(wait);
        }
    }

    @Example
    void whatIsMalformedIsIgnored() {
        for (String header : new String[] {"wait", "wait=", "wait=-1", "wait=1.5", "wait=1s", "wait=\"\"", "wait=+5", "wait=٣", "=wait", ";wait=1", "wait=1 2",
            "wait==1", "\"wait\"=1", ""}) {
            assertThat(PreferWait.of(header)).as(header).isEmpty();
        }
        assertThat(PreferWait.of(null)).isEmpty();
    }

    @Example
    void theFirstOfTwoWaitsCounts() {
        assertThat(PreferWait.of("wait=5, wait=10")).contains(Duration.ofSeconds(5));
        assertThat(PreferWait.of("wait=x, wait=10")).isEmpty();
    }

    @Example
    void aWaitWithoutEndIsAMinute() {
        assertThat(PreferWait.of("wait=" + "9".repeat(500))).contains(PreferWait.WAIT_MAX);
    }

    @Example
    void aHeaderOfManyEmptyParametersTakesNoTime() {
        for (String part : new String[] {" ; ", "  ;\t ", " ; a ", ";a = b ", " ;a=\"b\" "}) {
            String header = "wait=1" + part.repeat(1_000 / part.length() - 2) + "!!=";
            org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(Duration.ofSeconds(2), () -> PreferWait.of(header), part);
        }
    }
}
