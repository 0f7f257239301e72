// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.real;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.postern.events.AccessDecided;
import dev.postern.events.AccessEnded;
import dev.postern.events.AccessRequestId;
import dev.postern.events.AccountName;
import dev.postern.events.AuthorizationDetail;
import dev.postern.events.FirewallChanged;
import dev.postern.events.FirewallChanged.OpeningChange;
import dev.postern.events.FirewallChanged.OpeningState;
import dev.postern.events.PolicyId;
import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.Requester;
import dev.postern.events.ResourceName;
import dev.postern.events.ServiceName;
import dev.postern.events.SourceAddress;
import dev.postern.local.digitalocean.ByHand;
import dev.postern.local.digitalocean.Rule;
import dev.postern.local.parts.RealParts;
import dev.postern.local.parts.UnavailableRetry;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** A protected service of one test: the operator who puts it, the grants that open it, what the provider shows of it, what is told of it. */
public final class Shop {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    static { // what is waited for has often happened already: asking costs little, and a tenth of a second at each of hundreds of waits adds up
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(Duration.ofMillis(20));
    }

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final UnavailableRetry<Response> RETRY = UnavailableRetry.of(Response::statusCode,
        response -> Optional.ofNullable(response.header("Retry-After")), Response::asString);
    private static final Map<String, String> TOKENS = new ConcurrentHashMap<>();
    /** Every class loader of the JVM has shops of its own, and all their news are on one broker. */
    private static final String RUN = UUID.randomUUID().toString().substring(0, 8);
    private final ServiceName name = new ServiceName("shop-" + COUNT.incrementAndGet() + "-" + RUN);
    private String account;
    private String ports = "{\"protocol\": \"tcp\", \"ports\": \"5432\"}";
    private String attachment = "{\"tags\": [\"shop-db\"]}";
    private String rules = "";
    private boolean acknowledges = true;

    private Shop(String account) {
        this.account = account;
    }

    /** A service that an operator has protected. */
    public static Shop isProtected() {
        Shop shop = new Shop(SimulatedCloud.ACME);
        shop.put().then().statusCode(201);
        return shop;
    }

    /** A service that nobody protects. */
    public static Shop unknown() {
        return new Shop(SimulatedCloud.ACME);
    }

    /** A service in another account. */
    public static Shop of(String account) {
        return new Shop(account);
    }

    public ServiceName name() {
        return name;
    }

    public Shop offers(String protocol, String... offered) {
        ports = Arrays.stream(offered).map(port -> "{\"protocol\": \"" + protocol + "\", \"ports\": \"" + port + "\"}").collect(Collectors.joining(","));
        return this;
    }

    public Shop attachedTo(String json) {
        attachment = json;
        return this;
    }

    /** The operator does not say that a missing base firewall is fine. */
    public Shop withoutAcknowledging() {
        acknowledges = false;
        return this;
    }

    /** The operator says that a missing base firewall is fine. */
    public Shop acknowledging() {
        acknowledges = true;
        return this;
    }

    /** The operator wants it in another account from the next put on. */
    public Shop movesTo(String other) {
        account = other;
        return this;
    }

    public Shop lets(String sourceRules) {
        rules = ", \"source_rules\": " + sourceRules;
        return this;
    }

    /** Returns the body of an operator's PUT. */
    public String body() {
        return "{\"account\": \"" + account + "\", \"attachment\": " + attachment + ", \"ports\": [" + ports + "]" + rules
            + (acknowledges ? ", \"without_base_firewall\": true" : "") + "}";
    }

    /** The operator puts it. */
    public Response put() {
        return write(() -> olga().contentType("application/json").body(body()).put("/services/" + name));
    }

    /** The operator puts it at the installation that listens there. */
    public Response putAt(int port) {
        return write(() -> olga().port(port).contentType("application/json").body(body()).put("/services/" + name));
    }

    /** The operator takes it away. */
    public Response remove() {
        return write(() -> olga().delete("/services/" + name));
    }

    /** Repeats a write while the service asks for that: one that was just started is busy, and its broker may be late. */
    private static Response write(Supplier<Response> call) {
        return RETRY.call(call);
    }

    /** A call of the operator's. */
    public static RequestSpecification olga() {
        return as("olga");
    }

    /** A call of a person's of the realm. */
    public static RequestSpecification as(String person) {
        return given().auth().oauth2(TOKENS.computeIfAbsent(person, who -> RealParts.keycloak().tokens().password(who)));
    }

    /** A grant of port 5432 for these sources. */
    public AccessDecided decision(String... sources) {
        return decision(AccessRequestId.of(UUID.randomUUID().toString()), Instant.now().plusSeconds(3600), Optional.empty(), sources);
    }

    public AccessDecided decision(AccessRequestId id, Instant validUntil, Optional<AccessRequestId> replaces, String... sources) {
        AuthorizationDetail opening = new AuthorizationDetail.FirewallOpening(ResourceName.of(name), Protocol.TCP, PortRange.of("5432"),
            Arrays.stream(sources).map(SourceAddress::new).toList());
        return new AccessDecided(id, new AccountName(account), new Requester(Requester.Kind.PORTAL, "portal", "client-portal", List.of("requester")),
            Optional.of("customer-17"), AccessDecided.Decision.GRANTED, List.of(opening), List.of(), Optional.of(validUntil),
            List.of(new PolicyId("portal-opens")), 1, List.of(), "a".repeat(64), replaces, Instant.now());
    }

    /** Policy grants; the id of the grant. */
    public AccessRequestId isGranted(String... sources) {
        return granted(decision(sources));
    }

    public AccessRequestId granted(AccessDecided decision) {
        Wire.send("policy-service", decision);
        return decision.requestId();
    }

    /** A grant ends. */
    public void ends(AccessRequestId id) {
        Wire.send("token-service", new AccessEnded(id, new AccountName(account), AccessEnded.Cause.REVOKED, Optional.of("olga"), Optional.empty(),
            Instant.now()));
    }

    /** Returns the published changes of the service so far, by sequence number. */
    public List<FirewallChanged> told() {
        return Wire.seen(FirewallChanged.class, event -> event.service().equals(name));
    }

    /** The states of the grant's openings that were told, in order; why they wait is told of besides. */
    public List<OpeningState> told(AccessRequestId id) {
        return told().stream().flatMap(event -> event.changes().stream()).filter(change -> change.requestId().equals(id) && !waits(change))
            .map(OpeningChange::state).toList();
    }

    /** Returns whether a change only says why an opening waits. */
    public static boolean waits(OpeningChange change) {
        return change.state() == OpeningState.OPENING && change.detail().orElse("").startsWith("waiting: ");
    }

    /** Returns why the grant's opening was said to wait, in order. */
    public List<String> waitingReasons(AccessRequestId id) {
        return told().stream().flatMap(event -> event.changes().stream()).filter(change -> change.requestId().equals(id) && waits(change))
            .map(change -> change.detail().orElseThrow()).toList();
    }

    /** Waits until exactly these states were told of the grant's one opening. */
    public void awaits(AccessRequestId id, OpeningState... states) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(told(id)).containsExactly(states));
    }

    public OpeningChange lastTold(AccessRequestId id) {
        return told().stream().flatMap(event -> event.changes().stream()).filter(change -> change.requestId().equals(id)).reduce((one, two) -> two).get();
    }

    /** The service's objects at the provider. */
    public List<ByHand.FirewallSnapshot> objects() {
        return hand().firewalls().stream().filter(firewall -> firewall.content().name().startsWith("postern-" + name + "-")).toList();
    }

    /** A service at Cloudflare that an operator has protected. */
    public static Shop isProtectedAtTheEdge() {
        return isProtectedAtTheEdge(SimulatedCloud.EDGE);
    }

    /** The same in one of the accounts there. */
    public static Shop isProtectedAtTheEdge(String account) {
        Shop shop = new Shop(account).attachedTo("{}");
        shop.put().then().statusCode(201);
        return shop;
    }

    /** The name of the service's list, where it has one. */
    public String list() {
        return "postern_" + name.toString().replace('-', '_');
    }

    /** The path below which all calls for the service's one object are. */
    public String pathOfObject() {
        return SimulatedCloud.isEdge(account)
            ? "/client/v4/accounts/*/rules/lists/" + SimulatedCloud.lists(account).list(list()).orElseThrow().id() + "/**"
            : "/v2/firewalls/" + objects().get(0).id();
    }

    /** The sources that the provider lets in, in effect. */
    public Set<String> letIn() {
        if (SimulatedCloud.isEdge(account)) {
            return SimulatedCloud.lists(account).list(list()).map(list -> Set.copyOf(list.items().keySet())).orElse(Set.of());
        }
        return objects().stream().flatMap(object -> object.inEffect().inboundRules().stream()).map(Rule::targets)
            .flatMap(targets -> targets.addresses().stream())
            .collect(Collectors.toSet());
    }

    /** Calls of the provider that wrote objects of this service. */
    public long writes() {
        Set<String> ids = objects().stream().map(ByHand.FirewallSnapshot::id).collect(Collectors.toSet());
        return SimulatedCloud.digitalOcean().calls().stream().filter(call -> !call.method().equals("GET"))
            .filter(call -> ids.stream().anyMatch(id -> call.path().contains(id)) || call.requestBody() != null && call.requestBody().contains(name.toString()))
            .count();
    }

    public ByHand hand() {
        return SimulatedCloud.digitalOcean().byHand(account);
    }
}
