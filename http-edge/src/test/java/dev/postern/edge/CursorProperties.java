// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;

class CursorProperties {
    @Property
    void whatIsEncodedIsDecodedAsItWas(@ForAll long position, @ForAll @CharRange(from = ' ', to = '~') @StringLength(max = 200) String id) {
        Cursor cursor = Cursor.of(position, id);
        assertThat(Cursor.decode(cursor.encode())).isEqualTo(cursor);
    }

    @Property
    void aCursorStandsInAUrlAsItIs(@ForAll long position, @ForAll @CharRange(from = ' ', to = '~') @StringLength(max = 200) String id) {
        assertThat(Cursor.of(position, id).encode()).matches("[A-Za-z0-9_-]+");
    }

    @Property
    void anInstantKeepsItsMicroseconds(@ForAll @LongRange(min = -62_135_596_800L, max = 253_402_300_799L) long second,
                                       @ForAll @LongRange(min = 0, max = 999_999_999) long nano) {
        Instant instant = Instant.ofEpochSecond(second, nano);
        assertThat(Cursor.of(instant, "x").instant()).isEqualTo(instant.truncatedTo(ChronoUnit.MICROS));
    }

    @Property
    void anyTextIsACursorOrABadRequestAtTheCursor(@ForAll @StringLength(max = 400) String text) {
        try {
            assertThat(Cursor.decode(text).encode()).isEqualTo(text);
        } catch (Problem refused) {
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.rule()).isEqualTo("invalid-cursor");
            assertThat(refused.pointer()).contains("?cursor");
        }
    }

    @Property
    void aCursorWithAnythingBehindItIsRefused(@ForAll long position, @ForAll @CharRange(from = 'a', to = 'z') @StringLength(max = 20) String id) {
        assertThatThrownBy(() -> Cursor.decode(Cursor.of(position, id).encode() + "=")).isInstanceOf(Problem.class);
        assertThatThrownBy(() -> Cursor.decode(Cursor.of(position, id).encode() + "!")).isInstanceOf(Problem.class);
    }
}
