// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.postern.events.PortRange;
import dev.postern.events.Protocol;
import dev.postern.events.ServiceProtected.Attachment;
import dev.postern.events.SourceAddress;
import dev.postern.firewall.budget.CallPermit;
import dev.postern.firewall.budget.CloudFailure;
import dev.postern.firewall.cloud.cloudflare.CloudflareProviderFactory;
import dev.postern.firewall.cloud.digitalocean.DigitalOceanProviderFactory;
import dev.postern.firewall.plan.Access;
import dev.postern.firewall.plan.FirewallContent;
import dev.postern.firewall.plan.FirewallRule;
import dev.postern.firewall.plan.ProviderLimits.Form;
import dev.postern.firewall.plan.ShownFirewall;
import dev.postern.firewall.plan.ShownFirewall.Progress;
import dev.postern.firewall.real.RealFirewallService;
import dev.postern.local.cloudflare.SimulatedCloudflare;
import dev.postern.local.digitalocean.SimulatedDigitalOcean;
import dev.postern.local.digitalocean.Undocumented;
import dev.postern.local.simulated.Fault;
import dev.postern.local.simulated.FaultScope;
import dev.postern.local.simulated.Faults;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of {@link CloudFirewall}, for each provider against its simulation. */
@QuarkusTest
@RealFirewallService
public class CloudFirewallContractIT {
    private static final Access.Ports DOOR = new Access.Ports(Protocol.TCP, PortRange.of("5432"));
    private static final SimulatedDigitalOcean OCEAN = SimulatedDigitalOcean.start(0, dev.postern.local.digitalocean.Settings.forTests());
    private static final SimulatedCloudflare FLARE = SimulatedCloudflare.start(0, dev.postern.local.cloudflare.Settings.forTests());
    private static int names;

    /** The providers, with all that differs in them. */
    enum Provider {
        DIGITALOCEAN {
            @Override
            CloudFirewall with(String token) {
                return new DigitalOceanProviderFactory().create("acme", account(OCEAN.url(), token, Optional.empty()), credential(token))
                    .firewalls(CallPermit.FREE);
            }

            @Override
            String token() {
                return OCEAN.token();
            }

            @Override
            Faults faults() {
                return OCEAN.faults();
            }

            @Override
            void takes(Duration time) {
                OCEAN.change(settings -> settings.withPendingChangesDelay(time));
            }

            @Override
            void echoesNetworks(boolean networks) {
                OCEAN.change(settings -> settings.withUndocumented(new Undocumented(Undocumented.DEFAULT.addedRules(),
                    Undocumented.DEFAULT.removedRules(), Undocumented.Echo.values()[networks ? 1 : 0])));
            }

            @Override
            String fresh() {
                return "postern-contract-" + ++names;
            }

            @Override
            Attachment attachment() {
                return new Attachment(List.of("shop-db"), List.of());
            }

            @Override
            void tamper(ShownFirewall shown, String... ips) {
                OCEAN.byHand().editFirewall(shown.id(), content -> content.withInboundRules(List.of(
                    dev.postern.local.digitalocean.Rule.allowing("tcp", "5432", List.of(ips)))));
            }

            @Override
            void destroy(ShownFirewall shown) {
                OCEAN.byHand().deleteFirewall(shown.id());
            }
        },
        CLOUDFLARE {
            @Override
            CloudFirewall with(String token) {
                return new CloudflareProviderFactory().create("edge", account(FLARE.url(), token, Optional.of(FLARE.accountId())), credential(token))
                    .firewalls(CallPermit.FREE);
            }

            @Override
            String token() {
                return FLARE.token();
            }

            @Override
            Faults faults() {
                return FLARE.faults();
            }

            @Override
            void takes(Duration time) {
                FLARE.change(settings -> settings.withBulkOperationDelay(time));
            }

            @Override
            void echoesNetworks(boolean networks) {
                FLARE.change(settings -> settings.withEcho(dev.postern.local.cloudflare.Settings.Echo.values()[networks ? 1 : 0]));
            }

            @Override
            String fresh() {
                return "postern_contract_" + ++names;
            }

            @Override
            Attachment attachment() {
                return new Attachment(List.of(), List.of());
            }

            @Override
            void tamper(ShownFirewall shown, String... ips) {
                FLARE.byHand().replaceItems(shown.name(), ips);
            }

            @Override
            void destroy(ShownFirewall shown) {
                FLARE.byHand().deleteList(shown.name());
            }
        };

        abstract CloudFirewall with(String token);

        abstract String token();

        abstract Faults faults();

        /** Sets the duration of a change. */
        abstract void takes(Duration time);

        abstract void echoesNetworks(boolean networks);

        abstract String fresh();

        abstract Attachment attachment();

        abstract void tamper(ShownFirewall shown, String... ips);

        abstract void destroy(ShownFirewall shown);

        CloudFirewall cloud() {
            return with(token());
        }

        FirewallContent content(String name, String... ips) {
            return new FirewallContent(name, ips.length == 0 ? List.of() : List.of(new FirewallRule(DOOR, Arrays.stream(ips).map(SourceAddress::new).toList())),
                attachment());
        }
    }

    @AfterEach
    void well() {
        for (Provider provider : Provider.values()) {
            provider.faults().clear();
            provider.takes(Duration.ZERO);
            provider.echoesNetworks(false);
        }
    }

    @AfterAll
    static void end() {
        OCEAN.close();
        FLARE.close();
    }

    @ParameterizedTest
    @EnumSource
    void createdObjectIsShownAndAPutReplacesAllOfIt(Provider provider) {
        CloudFirewall cloud = provider.cloud();
        String name = provider.fresh();
        String id = get(cloud.create(provider.content(name, "203.0.113.7", "203.0.113.8")));
        assertThat(sources(settled(cloud, id))).containsExactlyInAnyOrder("203.0.113.7", "203.0.113.8");
        get(cloud.replace(id, provider.content(name, "203.0.113.9", "198.51.100.0/24", "2001:db8::/64")));
        assertThat(sources(settled(cloud, id))).containsExactlyInAnyOrder("203.0.113.9", "198.51.100.0/24", "2001:db8::/64");
        assertThat(settled(cloud, id).strange()).isEmpty();
        assertThat(settled(cloud, id).name()).isEqualTo(name);
    }

    @ParameterizedTest
    @EnumSource
    void aChangeThatIsUnderWayIsPendingUntilItIsDone(Provider provider) {
        CloudFirewall cloud = provider.cloud();
        String name = provider.fresh();
        String id = get(cloud.create(provider.content(name, "203.0.113.7")));
        settled(cloud, id);
        provider.takes(Duration.ofMillis(700));
        get(cloud.replace(id, provider.content(name, "203.0.113.8")));
        assertThat(get(cloud.read(List.of(id))).get(0).progress()).isEqualTo(Progress.PENDING);
        assertThat(sources(settled(cloud, id))).containsExactly("203.0.113.8");
    }

    @ParameterizedTest
    @EnumSource
    void deletedObjectIsLeftOutAndASecondDeleteSucceeds(Provider provider) {
        CloudFirewall cloud = provider.cloud();
        String name = provider.fresh();
        String id = get(cloud.create(provider.content(name, "203.0.113.7")));
        settled(cloud, id);
        get(cloud.delete(id));
        get(cloud.delete(id));
        assertThat(get(cloud.read(List.of(id)))).isEmpty();
        assertThat(kind(cloud.replace(id, provider.content(name, "203.0.113.7")))).isEqualTo(CloudFailure.Kind.GONE);
        String other = get(cloud.create(provider.content(provider.fresh(), "203.0.113.7")));
        provider.destroy(settled(cloud, other));
        assertThat(get(cloud.read(List.of(other)))).isEmpty();
    }

    static Stream<Arguments> statusesOfWhatIsGone() {
        return Arrays.stream(Provider.values()).flatMap(provider -> Stream.of(404, 410).map(status -> Arguments.of(provider, status)));
    }

    @ParameterizedTest
    @MethodSource("statusesOfWhatIsGone")
    void objectIsGoneWhicheverStatusSaysSo(Provider provider, int status) {
        CloudFirewall cloud = provider.cloud();
        String name = provider.fresh();
        String id = get(cloud.create(provider.content(name, "203.0.113.7")));
        settled(cloud, id);
        fault(provider, new Fault.Status(status, null, Fault.When.BEFORE_APPLYING));
        assertThat(get(cloud.read(List.of(id)))).isEmpty();
        assertThat(kind(cloud.replace(id, provider.content(name, "203.0.113.8")))).isEqualTo(CloudFailure.Kind.GONE);
        get(cloud.delete(id));
    }

    @ParameterizedTest
    @EnumSource
    void aListingShowsOursInFullAndTheNamesOfOthers(Provider provider) {
        CloudFirewall cloud = provider.cloud();
        String mine = provider.fresh();
        String other = provider.fresh();
        String id = get(cloud.create(provider.content(mine, "203.0.113.7")));
        settled(cloud, id);
        get(cloud.create(provider.content(other, "203.0.113.8")));
        await().untilAsserted(() -> {
            List<ShownFirewall> all = get(cloud.readAll(Set.of(id), Set.of()));
            assertThat(all).extracting(ShownFirewall::name).contains(mine, other);
            assertThat(all.stream().filter(shown -> shown.id().equals(id)).findFirst().map(CloudFirewallContractIT::sources).orElseThrow())
                .containsExactly("203.0.113.7");
        });
    }

    @ParameterizedTest
    @EnumSource
    void aNameCanBeHadOnce(Provider provider) {
        CloudFirewall cloud = provider.cloud();
        String name = provider.fresh();
        get(cloud.create(provider.content(name, "203.0.113.7")));
        assertThat(kind(cloud.create(provider.content(name, "203.0.113.7")))).isIn(CloudFailure.Kind.CONFLICT, CloudFailure.Kind.REFUSED);
    }

    @ParameterizedTest
    @EnumSource
    void editsByOthersAreShownInCanonicalFormHoweverTheProviderEchoesThem(Provider provider) {
        CloudFirewall cloud = provider.cloud();
        String id = get(cloud.create(provider.content(provider.fresh(), "203.0.113.7")));
        ShownFirewall made = settled(cloud, id);
        provider.echoesNetworks(true);
        get(cloud.replace(id, provider.content(made.name(), "203.0.113.7", "203.0.113.8")));
        assertThat(sources(settled(cloud, id))).containsExactlyInAnyOrder("203.0.113.7", "203.0.113.8");
        provider.tamper(made, "203.0.113.99", "203.0.113.7");
        assertThat(sources(settled(cloud, id))).containsExactlyInAnyOrder("203.0.113.99", "203.0.113.7");
    }

    @ParameterizedTest
    @EnumSource
    void manyAddressesComeBackWhole(Provider provider) {
        CloudFirewall cloud = provider.cloud();
        String[] many = IntStream.range(0, 1_000).mapToObj(at -> "198.18." + at / 250 + "." + (1 + at % 250)).toArray(String[]::new);
        String id = get(cloud.create(provider.content(provider.fresh(), many)));
        assertThat(sources(settled(cloud, id))).containsExactlyInAnyOrder(many);
    }

    @ParameterizedTest
    @EnumSource
    void refusalsSayWhatTheyMean(Provider provider) {
        CloudFirewall cloud = provider.cloud();
        String id = get(cloud.create(provider.content(provider.fresh(), "203.0.113.7")));
        settled(cloud, id);
        assertThat(kind(provider.with("refused").read(List.of(id)))).isEqualTo(CloudFailure.Kind.CREDENTIAL);
        fault(provider, new Fault.Status(429, 7, Fault.When.BEFORE_APPLYING));
        assertThatThrownBy(() -> get(cloud.read(List.of(id)))).isInstanceOfSatisfying(CloudFailure.class, failure -> {
            assertThat(failure.kind()).isEqualTo(CloudFailure.Kind.BUDGET);
            assertThat(failure.retryAfter()).contains(Duration.ofSeconds(7));
        });
        fault(provider, new Fault.Status(500, null, Fault.When.BEFORE_APPLYING));
        assertThat(kind(cloud.read(List.of(id)))).isEqualTo(CloudFailure.Kind.UNAVAILABLE);
        fault(provider, new Fault.Timeout(Duration.ofSeconds(4), Fault.When.BEFORE_APPLYING));
        assertThat(kind(cloud.read(List.of(id)))).isEqualTo(CloudFailure.Kind.UNCLEAR);
        fault(provider, new Fault.Garbled());
        assertThat(kind(cloud.read(List.of(id)))).isEqualTo(CloudFailure.Kind.UNCLEAR);
        fault(provider, new Fault.Trickle(Duration.ofSeconds(1)));
        assertThat(kind(cloud.read(List.of(id)))).isEqualTo(CloudFailure.Kind.UNCLEAR);
    }

    @ParameterizedTest
    @EnumSource
    void aChangeThatFailsAtTheProviderIsShownAsFailed(Provider provider) {
        CloudFirewall cloud = provider.cloud();
        String name = provider.fresh();
        String id = get(cloud.create(provider.content(name, "203.0.113.7")));
        settled(cloud, id);
        provider.faults().add(new Fault.Failed(), new FaultScope(Set.of("PUT"), "/**", null, 0, 1L, null, 1, 0));
        get(cloud.replace(id, provider.content(name, "203.0.113.8")));
        await().untilAsserted(() -> assertThat(get(cloud.read(List.of(id))).get(0).progress()).isEqualTo(Progress.FAILED));
    }

    @ParameterizedTest
    @EnumSource
    void theEndOfWhatAnotherProcessAskedIsKnownOnlyWhereTheProviderSaysIt(Provider provider) {
        CloudFirewall one = provider.cloud();
        String id = get(one.create(provider.content(provider.fresh(), "203.0.113.7")));
        assertThat(one.follows(id)).isTrue();
        assertThat(provider.cloud().follows(id)).isEqualTo(one.limits().form() == Form.FIREWALL);
    }

    private static void fault(Provider provider, Fault fault) {
        provider.faults().clear();
        provider.faults().add(fault, FaultScope.EVERYTHING);
    }

    private static ShownFirewall settled(CloudFirewall cloud, String id) {
        return await().until(() -> get(cloud.read(List.of(id))).get(0), shown -> shown.progress() == Progress.DONE);
    }

    private static List<String> sources(ShownFirewall shown) {
        return shown.inbound().stream().flatMap(rule -> rule.sources().stream()).map(SourceAddress::toString).collect(Collectors.toList());
    }

    private static CloudFailure.Kind kind(Uni<?> call) {
        try {
            get(call);
            return null;
        } catch (CloudFailure failure) {
            return failure.kind();
        }
    }

    private static <T> T get(Uni<T> call) {
        return call.await().atMost(Duration.ofSeconds(20));
    }

    public static Credential credential(String token) {
        return Credential.of("acme", account("http://unused.invalid", token, Optional.empty()));
    }

    public static CloudAccounts.Account account(String url, String token, Optional<String> id) {
        return new CloudAccounts.Account() {
            @Override
            public String provider() {
                return "";
            }

            @Override
            public Optional<URI> url() {
                return Optional.of(URI.create(url));
            }

            @Override
            public Optional<String> accountId() {
                return id;
            }

            @Override
            public Optional<String> token() {
                return Optional.of(token);
            }

            @Override
            public Optional<Path> tokenFile() {
                return Optional.empty();
            }

            @Override
            public Optional<String> identity() {
                return Optional.empty();
            }

            @Override
            public OptionalInt callsPerMinute() {
                return OptionalInt.empty();
            }

            @Override
            public OptionalInt callsPerHour() {
                return OptionalInt.empty();
            }

            @Override
            public int listWritesPer12Hours() {
                return 0;
            }

            @Override
            public int listItemChangesPer12Hours() {
                return 0;
            }

            @Override
            public Duration connectTimeout() {
                return Duration.ofSeconds(2);
            }

            @Override
            public Duration answerTimeout() {
                return Duration.ofSeconds(2);
            }
        };
    }
}
