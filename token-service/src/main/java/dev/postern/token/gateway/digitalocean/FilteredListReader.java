package dev.postern.token.gateway.digitalocean;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.token.call.AnswerFilter;
import dev.postern.token.port.BudgetBook;
import dev.postern.token.status.LiveGrant;
import dev.postern.token.upstream.AnswerJson;
import dev.postern.token.upstream.BodyMemory;
import dev.postern.token.upstream.ReadBody;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads all provider pages of a list that is filtered, in the largest page size, so that the client's page is full if there are enough items and the
 * total counts what the token may see. Bounded in pages and bytes; any failure withholds the whole list.
 */
final class FilteredListReader {
    private static final int PROVIDER_PAGE = 200;
    private static final int PER_PAGE_DEFAULT = 20;

    private final GatewayContext desk;
    private final Provider provider;
    private final UpstreamCall forwarding;
    private final CheckedCall checked;
    private final LiveGrant grant;
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

    FilteredListReader(GatewayContext desk, Provider provider, UpstreamCall forwarding, CheckedCall checked, LiveGrant grant, AnswerFilter filter,
             BodyMemory.Lease memory) {
        this.desk = desk;
        this.provider = provider;
        this.forwarding = forwarding;
        this.checked = checked;
        this.grant = grant;
        this.filter = filter;
        this.memory = memory;
    }

    void read() {
        others.putAll(checked.query());
        page = number("page", 1, Integer.MAX_VALUE / PROVIDER_PAGE);
        perPage = number("per_page", PER_PAGE_DEFAULT, PROVIDER_PAGE);
        if (page < 1 || perPage < 1) {
            forwarding.unprocessable("page and per_page must be whole numbers, per_page between 1 and " + PROVIDER_PAGE);
            return;
        }
        others.remove("page");
        others.remove("per_page");
        next(1);
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

    private void next(int number) {
        if (number > desk.pagesMax()) {
            forwarding.failed(new UnusableAnswer("the list has too many pages"));
            return;
        }
        if (number == 1) {
            // Charged with the call itself.
            ask(number);
            return;
        }
        provider.take(grant).onSuccess(taken -> {
            if (taken instanceof BudgetBook.Taken one) {
                forwarding.quota(one.quota());
                ask(number);
            } else {
                forwarding.overBudget(taken);
            }
        });
    }

    private void ask(int number) {
        Map<String, List<String>> query = new LinkedHashMap<>(others);
        query.put("page", List.of(Integer.toString(number)));
        query.put("per_page", List.of(Integer.toString(PROVIDER_PAGE)));
        forwarding.whole(UpstreamTarget.of(checked.operation(), checked.found().parameters(), query))
            .onComplete(forwarding.reading(whole -> came(number, whole)));
    }

    private void came(int number, UpstreamCall.Whole whole) {
        if (whole.status() != 200) {
            if (number == 1) {
                forwarding.pass(whole);
            } else {
                forwarding.failed(new UnusableAnswer("a page of the list could not be read"));
            }
            return;
        }
        bytes += whole.body().length();
        if (!memory.parsed(whole.body().length())) {
            forwarding.failed(new BodyMemory.Full());
            return;
        }
        if (bytes > ReadBody.DOWN_BYTES_MAX) {
            forwarding.failed(new ReadBody.TooLarge());
            return;
        }
        desk.offLoop().run(whole.body().length(), () -> filtered(whole.body())).onComplete(read -> {
            if (read.failed()) {
                forwarding.fault(read.cause());
            } else {
                kept(number, whole, read.result());
            }
        });
    }

    /** One page, filtered. */
    private record Page(AnswerFilter.Shown shown, boolean last) { }

    /** Runs outside the event loop where the page is large. */
    private Page filtered(Buffer body) {
        JsonNode tree = AnswerJson.read(body).orElseThrow(() -> new UnusableAnswer("the answer is no JSON"));
        boolean last = !tree.at("/links/pages/next").isTextual();
        if (tree.isObject() && filter.filter(tree) instanceof AnswerFilter.Shown shown) {
            return new Page(shown, last);
        }
        throw new UnusableAnswer("the list does not have its form");
    }

    private void kept(int number, UpstreamCall.Whole whole, Page read) {
        AnswerFilter.Shown shown = read.shown();
        kept.addAll(shown.kept());
        memory.keeps(whole.body().length(), shown.kept().size(), shown.kept().size() + shown.dropped());
        if (number == 1) {
            firstPage = shown.body();
            firstHeaders = whole.headers();
        }
        if (read.last()) {
            desk.offLoop().run((int) Math.min(Integer.MAX_VALUE, bytes), this::list).onComplete(list -> {
                if (list.failed()) {
                    forwarding.fault(list.cause());
                } else {
                    forwarding.show(200, firstHeaders, list.result());
                }
            });
        } else {
            next(number + 1);
        }
    }

    /** The client's page, written; runs outside the event loop where the list is large. */
    private UpstreamCall.Prepared list() {
        JsonNode list = firstPage.at(checked.operation().collectionAt().orElseThrow());
        if (kept.isEmpty() && firstPage.isObject() && (list.isNull() || list.isMissingNode())) {
            // The provider has written null, or nothing, for a list without elements.
            return forwarding.written(firstPage);
        }
        if (checked.query().containsKey("per_page")) {
            others.put("per_page", List.of(Integer.toString(perPage)));
        }
        String query = UpstreamTarget.query(others);
        String url = desk.publicUrl() + UpstreamTarget.of(checked.operation(), checked.found().parameters(), Map.of()) + (query.isEmpty() ? "" : "?" + query);
        return forwarding.written(filter.page(firstPage, kept, page, perPage, url));
    }
}
