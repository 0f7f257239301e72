// SPDX-License-Identifier: Apache-2.0
package dev.postern.system.actors;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** Looks at the lists of an account at Cloudflare, as its own customer can: with the account's credential. */
public final class Edge {
    private final Caller caller;
    private final String lists;

    /** The account of that id at an API with that base URL. */
    public Edge(Caller caller, String url, String accountId) {
        this.caller = caller;
        this.lists = url + "/client/v4/accounts/" + accountId + "/rules/lists";
    }

    /** The addresses on the list of that name, to which a rule of the account's owner refers; empty if there is no such list. */
    public Optional<List<String>> list(String name) {
        for (JsonNode list : caller.get(lists).expect(200).json().path("result")) {
            if (name.equals(list.path("name").asText())) {
                JsonNode items = caller.get(lists + "/" + list.path("id").asText() + "/items").expect(200).json().path("result");
                return Optional.of(StreamSupport.stream(items.spliterator(), false).map(item -> item.path("ip").asText()).toList());
            }
        }
        return Optional.empty();
    }
}
