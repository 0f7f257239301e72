// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.events.ServiceName;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of objects at a provider. */
class ObjectNamesTest {
    private static final ServiceName SHOP = new ServiceName("shop-db");
    private static final ObjectNames BLUE = new ObjectNames(Optional.of("blue"));

    @Test
    void theFirstFreeNumberIsTaken() {
        assertThat(ObjectNames.PLAIN.firewall(SHOP, Set.of("postern-shop-db-1", "postern-shop-db-3"))).isEqualTo("postern-shop-db-2");
        assertThat(BLUE.firewall(SHOP, Set.of("postern-shop-db-1"))).isEqualTo("postern-blue-shop-db-1");
    }

    @Test
    void aListHasNoDashesAndAtMostFiftyCharacters() {
        assertThat(ObjectNames.PLAIN.list(SHOP)).isEqualTo("postern_shop_db");
        assertThat(BLUE.list(SHOP)).isEqualTo("postern_blue_shop_db");
        String longest = "a" + "b".repeat(38);
        String one = BLUE.list(new ServiceName(longest + "c"));
        String other = BLUE.list(new ServiceName(longest + "d"));
        assertThat(one).hasSize(50).startsWith("postern_blue_abbb").isNotEqualTo(other);
        assertThat(ObjectNames.PLAIN.list(new ServiceName(longest + "c"))).isEqualTo("postern_" + longest + "c");
    }

    @Test
    void anotherInstallationsObjectsAreNotLikeOurs() {
        assertThat(BLUE.likeOurs("postern-blue-shop-1")).isTrue();
        assertThat(BLUE.likeOurs("postern-green-shop-1")).isFalse();
        assertThat(ObjectNames.PLAIN.likeOurs("postern-green-shop-1")).isTrue();
        assertThat(ObjectNames.PLAIN.likeOurs("base")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Blue", "blue-green", "1blue", "blue_green", "abcdefghijklm", "blue\n"})
    void anInstallationIsALetterAndAtMostElevenLettersAndDigits(String id) {
        assertThatThrownBy(() -> new ObjectNames(Optional.of(id))).hasMessageContaining("postern.installation");
    }
}
