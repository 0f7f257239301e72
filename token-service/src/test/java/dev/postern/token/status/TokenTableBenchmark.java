// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.status;

import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.TokenId;
import dev.postern.events.TokenIssued;
import dev.postern.token.Examples;
import dev.postern.token.TokenSecret;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Measures a token lookup: from the text of the secret to the grant, with 100,000 live tokens in the table. A main, not part of verify. */
final class TokenTableBenchmark {
    private static final int TOKENS = 100_000;
    private static final int LOOKS = 2_000_000;
    private static final int ROUNDS = 7;
    private static final int PROOF_EVERY = 20_000;

    private TokenTableBenchmark() {}

    public static void main(String[] arguments) {
        TokenTable table = new TokenTable();
        List<TokenStatus> all = new ArrayList<>();
        String[] secrets = new String[TOKENS];
        Instant end = Instant.now().plusSeconds(3_600);
        AccountName account = new AccountName("acme");
        for (int i = 0; i < TOKENS; i++) {
            TokenSecret secret = TokenSecret.of(ByteBuffer.allocate(TokenSecret.RANDOM_BYTES).putLong(0x9e3779b97f4a7c15L * i).putInt(i).array());
            secrets[i] = secret.reveal();
            AccessRequestId id = new AccessRequestId(new UUID(1, i));
            TokenId token = new TokenId(new UUID(2, i));
            all.add(new TokenStatus(id, false,
                Optional.of(new TokenStatus.Token(token, secret.digest(), account, "portal", TokenTableTest.DETAILS, end, Map.of()))));
        }
        table.everything(all, new Freshness(System.nanoTime(), System.currentTimeMillis(), System.currentTimeMillis()));
        for (TokenStatus standing : all) {
            TokenStatus.Token token = standing.token().orElseThrow();
            table.issued(new TokenIssued(token.id(), standing.requestId(), account, token.digest().value(), Examples.oneOfEach(), Instant.now(), end),
                TokenTableTest.DETAILS, 0);
        }
        for (int round = 1; round <= ROUNDS; round++) {
            long live = 0;
            long start = System.nanoTime();
            for (int i = 0; i < LOOKS; i++) {
                if (i % PROOF_EVERY == 0) {
                    table.changes(List.of(), List.of(), new Freshness(System.nanoTime(), System.currentTimeMillis(), System.currentTimeMillis()));
                }
                long now = System.nanoTime();
                byte[] digest = TokenSecret.read(secrets[i % TOKENS]).orElseThrow().sha256();
                TokenTable.Answer answer = table.find(digest, now, System.currentTimeMillis(), now);
                live += answer instanceof TokenTable.Answer.Known known && known.state() instanceof TokenState.Live ? 1 : 0;
            }
            System.out.printf("round %d: %d ns a look, %d of %d live%n", round, (System.nanoTime() - start) / LOOKS, live, LOOKS);
        }
    }
}
