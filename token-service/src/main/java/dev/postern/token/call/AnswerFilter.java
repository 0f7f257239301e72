package dev.postern.token.call;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Leaves of an answer what the token may see. Pure; one per call. */
public final class AnswerFilter {
    private final Answer answer;
    private final CallGrant grant;

    AnswerFilter(Answer answer, CallGrant grant) {
        this.answer = answer;
        this.grant = grant;
    }

    /** What the answer is, for whoever reads further pages. */
    public Answer answer() {
        return answer;
    }

    /** What is left of an answer with status 2xx. */
    public sealed interface Filtered { }

    /**
     * Shown.
     *
     * @param body    the answer with just what the token may see; of a list, {@code meta.total} is not corrected yet ({@link #page})
     * @param kept    of a list, the elements that stayed, in order
     * @param dropped of a list, how many did not
     */
    public record Shown(JsonNode body, List<JsonNode> kept, int dropped) implements Filtered {
        /** Copies the list. */
        public Shown {
            kept = List.copyOf(kept);
        }
    }

    /** A single answer that the token may not see: 404 to the client. */
    public record Hidden() implements Filtered { }

    /** The answer does not have the form that the table says; nothing of it may be shown: 502. @param why without any content */
    public record Unreadable(String why) implements Filtered { }

    /** Filters one answer of the provider (for a list: one page). */
    public Filtered filter(JsonNode body) {
        return new Unreadable("not yet");
    }

    /**
     * The client's page of a list with {@link Answer.Paging#PAGES}: the gateway reads the provider's pages, filters each, and hands over everything
     * that was kept.
     *
     * @param anyPage a page of the provider, whose other members are kept
     * @param kept    elements of all pages that the token may see, in order
     * @param page    the client's page, from 1
     * @param perPage elements per page, from 1
     * @param url     the list's address for the client, with its query but {@code page}; {@code links} are built from it
     */
    public JsonNode page(JsonNode anyPage, List<JsonNode> kept, int page, int perPage, String url) {
        throw new UnsupportedOperationException("not yet");
    }
}
