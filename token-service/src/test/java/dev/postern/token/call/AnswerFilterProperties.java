// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.call;

import static dev.postern.token.call.Calls.decide;
import static dev.postern.token.call.Calls.filter;
import static dev.postern.token.call.Calls.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.token.call.AnswerFilter.Shown;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class AnswerFilterProperties {
    @Property(tries = 200)
    void theFilterKeepsExactlyWhatIsCovered(@ForAll @Size(max = 30) List<@IntRange(min = 1, max = 20) Integer> ids,
                                            @ForAll @Size(min = 1, max = 10) List<@IntRange(min = 1, max = 20) Integer> granted) {
        String[] entries = granted.stream().map(id -> "do:droplet:" + id + " droplet:read").toArray(String[]::new);
        String list = "{\"droplets\": " + ids.stream().map(id -> "{\"id\": " + id + "}").toList() + "}";
        Shown shown = (Shown) filter(decide("GET", "/v2/droplets", null, entries)).filter(json(list));
        assertThat(shown.kept().stream().map(item -> item.get("id").intValue())).containsExactlyElementsOf(ids.stream().filter(granted::contains).toList());
    }
}
