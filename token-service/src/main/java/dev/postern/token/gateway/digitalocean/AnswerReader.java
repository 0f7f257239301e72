// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.events.ApiCalled.HandedOut;
import dev.postern.events.ResourceName;
import dev.postern.token.LogKeys;
import dev.postern.token.call.AnswerFilter;
import dev.postern.token.call.CallVerdict;
import dev.postern.token.call.GrantEntry;
import dev.postern.token.port.CallJournal;
import dev.postern.token.upstream.AnswerJson;
import dev.postern.token.upstream.BodyMemory;
import dev.postern.token.upstream.LinkRewriter;
import dev.postern.token.upstream.ProviderLinks;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/** Reads a whole answer of the provider and writes what the client gets of it. Runs outside the event loop where the answer is large. */
record AnswerReader(CheckedCall checked, CallVerdict verdict, ProviderLinks links, CredentialsHandedOut credentials) {
    private static final Logger LOG = Logger.getLogger(AnswerReader.class);

    /** An answer as the client gets it, what it says was created, and the credentials in it. */
    record Prepared(Buffer body, Optional<CallJournal.Created> created, List<HandedOut> handsOut) {}

    /** Returns the entry of the grant that owns what the call creates. */
    Optional<GrantEntry> creator() {
        return verdict instanceof CallVerdict.Allowed yes ? yes.creator() : ((CallVerdict.AllowedFiltered) verdict).creator();
    }

    /** Returns the answer as the client gets it; empty if the token may not see it. */
    Optional<Prepared> prepare(Buffer whole) {
        JsonNode shown = AnswerJson.read(whole).orElseThrow(() -> new UnusableAnswer("the answer is no JSON"));
        if (!shown.isObject()) {
            throw new UnusableAnswer("the answer is no JSON object");
        }
        Optional<CallJournal.Created> created = created(shown);
        if (verdict instanceof CallVerdict.AllowedFiltered filtered) {
            AnswerFilter.Filtered left = filtered.filter().filter(shown);
            if (left instanceof AnswerFilter.Hidden) {
                return Optional.empty();
            }
            if (left instanceof AnswerFilter.Unreadable unreadable) {
                throw new UnusableAnswer("the answer " + unreadable.why());
            }
            shown = ((AnswerFilter.Shown) left).body();
        }
        return Optional.of(new Prepared(LinkRewriter.whole(links, AnswerJson.write(shown)), created, handsOut(shown)));
    }

    /** Returns a filtered list with its links rewritten; nothing was created. */
    Prepared written(JsonNode shown) {
        return new Prepared(LinkRewriter.whole(links, AnswerJson.write(shown)), Optional.empty(), handsOut(shown));
    }

    /** Returns the reason for which an answer is withheld, whatever went wrong while it was read. */
    static Throwable unreadable(Throwable fault) {
        if (fault instanceof UnusableAnswer || fault instanceof BodyMemory.Full) {
            return fault;
        }
        LOG.error("Provider answer unreadable; withheld from the client " + LogKeys.REASON + fault.getClass().getName() + " at " + fault.getStackTrace()[0]);
        return new UnusableAnswer("it does not have its form");
    }

    private Optional<CallJournal.Created> created(JsonNode tree) {
        return creator().flatMap(entry -> checked.operation().creates().map(creation -> {
            Set<ResourceName> resources = CreatedResources.of(creation, tree);
            return new CallJournal.Created(entry.index(), resources);
        })).filter(created -> !created.resources().isEmpty());
    }

    private List<HandedOut> handsOut(JsonNode shown) {
        return checked.head().method().equals("HEAD") || !credentials.any() ? List.of() : credentials.in(shown, Instant.now());
    }
}
