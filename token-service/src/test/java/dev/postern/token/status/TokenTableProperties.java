// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.events.TokenRevoked;
import dev.postern.token.Examples;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** However the news of PostgreSQL and of Kafka are mixed. */
class TokenTableProperties {
    private static final long MS = 1_000_000;

    /** The tokens of one request live one after another: 1, 2, 3 …; each step is a rotation, and at each the two sources may tell what they know. */
    @Property(tries = 2_000)
    void noTokenLivesThatWasRotatedBeforeTheLastAnswerWasAskedFor(@ForAll @Size(min = 1, max = 60) List<@IntRange(min = 0, max = 5) Integer> steps) {
        TokenTable table = new TokenTable();
        List<Integer> kafka = new ArrayList<>(List.of(1));
        int now = 1;
        int heard = 0;
        long ms = 1;
        for (int step : steps) {
            ms++;
            switch (step) {
                case 0:
                    now++;
                    kafka.add(now);
                    break;
                case 1:
                    table.changes(List.of(TokenTableTest.with(now)), List.of(), TokenTableTest.at(ms));
                    heard = now;
                    break;
                case 2:
                    table.everything(List.of(TokenTableTest.with(now)), TokenTableTest.at(ms));
                    heard = now;
                    break;
                case 3:
                    if (!kafka.isEmpty()) {
                        table.issued(TokenTableTest.issued(kafka.remove(0)), TokenTableTest.DETAILS, ms * MS);
                    }
                    break;
                case 4:
                    if (now > 1) {
                        table.revoked(TokenTableTest.revoked(now - 1, TokenRevoked.Cause.ROTATED));
                    }
                    break;
                default:
                    table.issued(TokenTableTest.issued(now), TokenTableTest.DETAILS, ms * MS);
                    break;
            }
            Optional<Integer> alive = alive(table, now, ms);
            assertThat(alive.orElse(heard)).isEqualTo(heard);
            assertThat(table.size()).isLessThanOrEqualTo(1);
        }
    }

    private static Optional<Integer> alive(TokenTable table, int last, long ms) {
        List<Integer> alive = new ArrayList<>();
        for (int token = 1; token <= last; token++) {
            TokenTable.Answer answer = table.find(Examples.secret(token).sha256(), ms * MS, ms, ms * MS);
            if (answer instanceof TokenTable.Answer.Known known && known.state() instanceof TokenState.Live) {
                alive.add(token);
            }
        }
        assertThat(alive).hasSizeLessThanOrEqualTo(1);
        return alive.stream().findFirst();
    }
}
