// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.gateway.digitalocean;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.token.call.AnswerFilter;
import dev.postern.token.port.BudgetBook;
import dev.postern.token.upstream.AnswerJson;
import dev.postern.token.upstream.BodyMemory;
import dev.postern.token.upstream.ReadBody;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Reads all provider pages of a list that is filtered, in the largest page size, so that the client's page is full if there are enough items and the
 * total counts what the token may see. Bounded in pages and bytes; any failure withholds the whole list.
 */
final class FilteredListReader {
    private static final int PROVIDER_PAGE = 200;
    private static final int PER_PAGE_DEFAULT = 20;

    private final GatewayContext context;
    private final Supplier<Future<Optional<BudgetBook.Quota>>> charge;
    private final Function<String, Future<WholeAnswer>> pages;
    private final AnswerReader answers;
    private final CheckedCall checked;
    private final BodyMemory.Lease memory;
    private final AnswerFilter filter;
    /** Without page and per_page, which are the walk's own. */
    private final Map<String, List<String>> others = new LinkedHashMap<>();
    private final List<JsonNode> kept = new ArrayList<>();
    private int page;
    private int perPage;
    private long bytes;
    private JsonNode firstPage;
    private MultiMap firstHeaders;
    private Optional<BudgetBook.Quota> quota;

    /** The end of reading. */
    sealed interface Result {
        /** The client's page, and what the token has left after the last page of the provider. */
        record Page(MultiMap headers, AnswerReader.Prepared prepared, Optional<BudgetBook.Quota> quota) implements Result {}

        /** The provider's first page is no list: its answer is passed on. */
        record NoList(WholeAnswer answer) implements Result {}
    }

    /**
     * @param charge  pays for one more page
     * @param pages   sends a target to the provider and reads the whole answer
     * @param answers writes the client's page
     * @param quota   what the token has left after the call itself, which pays for the first page
     */
    FilteredListReader(GatewayContext context, Supplier<Future<Optional<BudgetBook.Quota>>> charge, Function<String, Future<WholeAnswer>> pages,
                       AnswerReader answers, CheckedCall checked, AnswerFilter filter, BodyMemory.Lease memory, Optional<BudgetBook.Quota> quota) {
        this.context = context;
        this.charge = charge;
        this.pages = pages;
        this.answers = answers;
        this.checked = checked;
        this.filter = filter;
        this.memory = memory;
        this.quota = quota;
    }

    /** Reads all pages; fails if nothing of the list can be shown, with a {@link CallRefusal} where the client or the budget is why. */
    Future<Result> read() {
        others.putAll(checked.query());
        page = number("page", 1, Integer.MAX_VALUE / PROVIDER_PAGE);
        perPage = number("per_page", PER_PAGE_DEFAULT, PROVIDER_PAGE);
        if (page < 1 || perPage < 1) {
            return Future.failedFuture(CallRefusal.of(422, "paging", "page and per_page must be whole numbers, per_page between 1 and " + PROVIDER_PAGE));
        }
        others.remove("page");
        others.remove("per_page");
        return next(1);
    }

    /** 0 if it is none that the provider would take. */
    private int number(String name, int otherwise, int most) {
        List<String> values = others.get(name);
        if (values == null) {
            return otherwise;
        }
        String text = values.get(0);
        if (!text.matches("[1-9][0-9]{0,8}")) {
            return 0;
        }
        int value = Integer.parseInt(text);
        return value <= most ? value : 0;
    }

    private Future<Result> next(int number) {
        if (number > context.pagesMax()) {
            return Future.failedFuture(new UnusableAnswer("the list has too many pages"));
        }
        if (number == 1) {
            // Charged with the call itself.
            return ask(number);
        }
        return charge.get().compose(left -> {
            quota = left;
            return ask(number);
        });
    }

    private Future<Result> ask(int number) {
        Map<String, List<String>> query = new LinkedHashMap<>(others);
        query.put("page", List.of(Integer.toString(number)));
        query.put("per_page", List.of(Integer.toString(PROVIDER_PAGE)));
        return pages.apply(UpstreamTarget.of(checked.operation(), checked.found().parameters(), query)).compose(whole -> {
            try {
                return came(number, whole);
            } catch (RuntimeException fault) {
                return Future.failedFuture(AnswerReader.unreadable(fault));
            }
        });
    }

    private Future<Result> came(int number, WholeAnswer whole) {
        if (whole.status() != 200) {
            return number == 1 ? Future.succeededFuture(new Result.NoList(whole))
                : Future.failedFuture(new UnusableAnswer("a page of the list could not be read"));
        }
        bytes += whole.body().length();
        if (!memory.parsed(whole.body().length())) {
            return Future.failedFuture(new BodyMemory.Full());
        }
        if (bytes > ReadBody.DOWN_BYTES_MAX) {
            return Future.failedFuture(new ReadBody.TooLarge());
        }
        return context.offLoop().run(whole.body().length(), () -> filtered(whole.body()))
            .recover(fault -> Future.failedFuture(AnswerReader.unreadable(fault))).compose(read -> kept(number, whole, read));
    }

    /** One page, filtered. */
    private record Page(AnswerFilter.Shown shown, boolean last) {}

    /** Runs outside the event loop where the page is large. */
    private Page filtered(Buffer body) {
        JsonNode tree = AnswerJson.read(body).orElseThrow(() -> new UnusableAnswer("the answer is no JSON"));
        boolean last = !tree.at("/links/pages/next").isTextual();
        if (tree.isObject() && filter.filter(tree) instanceof AnswerFilter.Shown shown) {
            return new Page(shown, last);
        }
        throw new UnusableAnswer("the list does not have its form");
    }

    private Future<Result> kept(int number, WholeAnswer whole, Page read) {
        AnswerFilter.Shown shown = read.shown();
        kept.addAll(shown.kept());
        memory.keeps(whole.body().length(), shown.kept().size(), shown.kept().size() + shown.dropped());
        if (number == 1) {
            firstPage = shown.body();
            firstHeaders = whole.headers();
        }
        if (!read.last()) {
            return next(number + 1);
        }
        return context.offLoop().run((int) Math.min(Integer.MAX_VALUE, bytes), this::list)
            .recover(fault -> Future.failedFuture(AnswerReader.unreadable(fault)))
            .map(list -> new Result.Page(firstHeaders, list, quota));
    }

    /** The client's page, written; runs outside the event loop where the list is large. */
    private AnswerReader.Prepared list() {
        JsonNode list = firstPage.at(checked.operation().collectionAt().orElseThrow());
        if (kept.isEmpty() && firstPage.isObject() && (list.isNull() || list.isMissingNode())) {
            // The provider has written null, or nothing, for a list without elements.
            return answers.written(firstPage);
        }
        if (checked.query().containsKey("per_page")) {
            others.put("per_page", List.of(Integer.toString(perPage)));
        }
        String query = UpstreamTarget.query(others);
        String path = UpstreamTarget.of(checked.operation(), checked.found().parameters(), Map.of());
        String url = context.publicUrl() + path + (query.isEmpty() ? "" : "?" + query);
        return answers.written(filter.page(firstPage, kept, page, perPage, url));
    }
}
