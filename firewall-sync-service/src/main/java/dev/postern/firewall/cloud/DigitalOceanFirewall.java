package dev.postern.firewall.cloud;

import dev.postern.firewall.FirewallContent;
import dev.postern.firewall.ProviderLimits;
import dev.postern.firewall.ShownFirewall;
import io.quarkus.rest.client.reactive.QuarkusRestClientBuilder;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.client.ClientRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.client.api.QuarkusRestClientProperties;

/** DigitalOcean's firewalls of one account, over its HTTP API. */
final class DigitalOceanFirewall implements CloudFirewall {
    private static final URI PUBLIC_API = URI.create("https://api.digitalocean.com");
    private static final int PER_PAGE = 200;
    private static final int PAGES_MAX = 100;
    private static final int CONNECTIONS_MAX = 16;
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERROR = 500;

    private final DigitalOceanApi api;
    private final DigitalOceanJson json = new DigitalOceanJson();
    private volatile CallBudget budget = CallBudget.UNKNOWN;

    DigitalOceanFirewall(CloudAccounts.Account account) {
        String authorization = "Bearer " + account.token();
        ClientRequestFilter credential = request -> request.getHeaders().putSingle(HttpHeaders.AUTHORIZATION, authorization);
        api = QuarkusRestClientBuilder.newBuilder()
            .baseUri(account.url().orElse(PUBLIC_API))
            .connectTimeout(account.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
            .readTimeout(account.answerTimeout().toMillis(), TimeUnit.MILLISECONDS)
            .followRedirects(false)
            .disableDefaultMapper(true)
            .userAgent("postern-firewall-sync")
            .property(QuarkusRestClientProperties.CONNECTION_POOL_SIZE, CONNECTIONS_MAX)
            .register(credential)
            .build(DigitalOceanApi.class);
    }

    @Override
    public ProviderLimits limits() {
        return ProviderLimits.DIGITALOCEAN;
    }

    @Override
    public CallBudget budget() {
        return budget;
    }

    @Override
    public Uni<List<ShownFirewall>> read(Collection<String> ids) {
        if (ids.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        return Uni.join().all(ids.stream().map(this::readOne).toList()).andFailFast()
            .map(shown -> shown.stream().flatMap(Optional::stream).toList());
    }

    private Uni<Optional<ShownFirewall>> readOne(String id) {
        return answer("GET firewall", api.get(id), OK, NOT_FOUND)
            .map(answer -> answer.getStatus() == NOT_FOUND ? Optional.empty() : Optional.of(json.firewall("GET firewall", body(answer))));
    }

    @Override
    public Uni<List<ShownFirewall>> readAll() {
        return pages(1, new ArrayList<>());
    }

    private Uni<List<ShownFirewall>> pages(int page, List<ShownFirewall> before) {
        return answer("GET firewalls", api.list(PER_PAGE, page), OK).chain(answer -> {
            DigitalOceanJson.Page shown = json.page("GET firewalls", body(answer));
            before.addAll(shown.firewalls());
            if (!shown.more()) {
                return Uni.createFrom().item(before);
            }
            if (page == PAGES_MAX) {
                return Uni.createFrom().failure(new CloudFailure(CloudFailure.Kind.REFUSED, "GET firewalls: more than " + PAGES_MAX + " pages",
                    Optional.empty()));
            }
            return pages(page + 1, before);
        });
    }

    @Override
    public Uni<String> create(FirewallContent content) {
        return answer("POST firewall", api.create(DigitalOceanJson.body(content)), OK, 201, 202)
            .map(answer -> json.firewall("POST firewall", body(answer)).id());
    }

    @Override
    public Uni<Void> replace(String id, FirewallContent content) {
        return answer("PUT firewall", api.replace(id, DigitalOceanJson.body(content)), OK).replaceWithVoid();
    }

    @Override
    public Uni<Void> delete(String id) {
        return answer("DELETE firewall", api.delete(id), 204, NOT_FOUND).replaceWithVoid();
    }

    private Uni<RestResponse<byte[]>> answer(String call, Uni<RestResponse<byte[]>> request, Integer... expected) {
        return request
            .onFailure(failure -> !(failure instanceof CloudFailure)).transform(failure -> withoutAnswer(call, failure))
            .invoke(this::readBudget)
            .invoke(answer -> {
                if (!List.of(expected).contains(answer.getStatus())) {
                    throw refused(call, answer);
                }
            });
    }

    /** The failure's own message can quote a header or a body, so it stays out. */
    private static CloudFailure withoutAnswer(String call, Throwable failure) {
        boolean notSent = false;
        for (Throwable cause = failure; cause != null && !notSent; cause = cause.getCause()) {
            notSent = cause instanceof java.net.ConnectException || cause instanceof java.net.UnknownHostException;
        }
        boolean broken = failure instanceof IOException || failure.getCause() instanceof IOException;
        return new CloudFailure(notSent ? CloudFailure.Kind.UNAVAILABLE : CloudFailure.Kind.UNCLEAR,
            call + ": " + (notSent ? "no connection" : broken ? "connection broken" : "no answer") + " (" + failure.getClass().getSimpleName() + ")",
            Optional.empty());
    }

    private static CloudFailure refused(String call, RestResponse<byte[]> answer) {
        int status = answer.getStatus();
        CloudFailure.Kind kind = status == 401 || status == 403 ? CloudFailure.Kind.CREDENTIAL
            : status == TOO_MANY_REQUESTS ? CloudFailure.Kind.BUDGET
            : status == CONFLICT ? CloudFailure.Kind.CONFLICT
            : status == NOT_FOUND ? CloudFailure.Kind.GONE
            : status >= SERVER_ERROR ? CloudFailure.Kind.UNAVAILABLE
            : status >= 400 ? CloudFailure.Kind.REFUSED : CloudFailure.Kind.UNCLEAR;
        return new CloudFailure(kind, call + ": " + status + DigitalOceanJson.reason(body(answer)), retryAfter(answer));
    }

    /** The client gives the body of a refusal as a stream (of bytes that are there already), whatever type was asked for. */
    private static byte[] body(RestResponse<?> answer) {
        Object entity = answer.getEntity();
        if (entity instanceof InputStream stream) {
            try (stream) {
                return stream.readAllBytes();
            } catch (IOException broken) {
                return new byte[0];
            }
        }
        return (byte[]) entity;
    }

    private static Optional<Duration> retryAfter(RestResponse<byte[]> answer) {
        OptionalLong seconds = number(answer, "retry-after");
        return seconds.isPresent() ? Optional.of(Duration.ofSeconds(Math.min(seconds.getAsLong(), 3_600))) : Optional.empty();
    }

    private void readBudget(RestResponse<byte[]> answer) {
        OptionalLong remaining = number(answer, "ratelimit-remaining");
        if (remaining.isPresent()) {
            OptionalLong reset = number(answer, "ratelimit-reset");
            budget = new CallBudget(number(answer, "ratelimit-limit"), remaining,
                reset.isPresent() ? Instant.ofEpochSecond(reset.getAsLong()) : null, Instant.now());
        }
    }

    private static OptionalLong number(RestResponse<byte[]> answer, String header) {
        String text = Objects.requireNonNullElse(answer.getHeaderString(header), "");
        return text.matches("[0-9]{1,15}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }
}
