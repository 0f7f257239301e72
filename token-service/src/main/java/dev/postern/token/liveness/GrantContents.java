// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.liveness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.EventJson;
import dev.postern.token.Decision;
import dev.postern.token.TokenDigest;
import dev.postern.token.postgres.Batches;
import dev.postern.token.status.TokenTable;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.List;

/**
 * Reads the contents of a live token's grant from its row: for tokens whose Kafka record has not arrived or has other details. Used only for tokens
 * that PostgreSQL reported live.
 */
public class GrantContents {
    private static final int WAITING_MAX = 10_000;
    private static final int BATCH_MAX = 100;
    private static final String ROWS = "select token_digest, decision from access_request where token_digest = any($1)";

    private final Pool pool;
    private final TokenTable table;
    private final Batches<TokenDigest, Void> batches = new Batches<>(WAITING_MAX, BATCH_MAX, this::load);

    /** @param table receives what is read */
    public GrantContents(Pool pool, TokenTable table) {
        this.pool = pool;
        this.table = table;
    }

    /** @return completes when it is in the table, or the token is gone; fails if PostgreSQL does not answer */
    public Future<Void> load(TokenDigest digest) {
        return batches.add(digest);
    }

    private Future<List<Void>> load(List<TokenDigest> digests) {
        String[] values = digests.stream().map(TokenDigest::value).distinct().toArray(String[]::new);
        return pool.preparedQuery(ROWS).execute(Tuple.of(values)).map(rows -> {
            rows.forEach(row -> table.opens(new TokenDigest(row.getString(0)), details(row.getString(1))));
            return Collections.nCopies(digests.size(), null);
        });
    }

    private static List<AuthorizationDetail> details(String decision) {
        try {
            return EventJson.mapper().readValue(decision, new TypeReference<Decision>() {}).authorizationDetails();
        } catch (JsonProcessingException broken) {
            throw new UncheckedIOException("a row is not readable", broken);
        }
    }
}
