// SPDX-License-Identifier: Apache-2.0
package dev.postern.firewall.plan;

import dev.postern.events.ServiceName;
import java.util.Optional;
import java.util.Set;

/**
 * The limits of a provider, and the form in which it holds addresses.
 *
 * @param addressesPerRuleMax    sources of one rule
 * @param rulesPerFirewallMax    rules of one object
 * @param firewallsPerServiceMax objects of one service and one part of its attachment
 * @param tagsPerFirewallMax     tags that one object is attached to
 * @param dropletsPerFirewallMax Droplets that one object is attached to
 * @param ipv4PrefixBitsMin      the widest IPv4 block
 * @param ipv6PrefixBitsMin      the widest IPv6 block
 * @param ipv6PrefixBitsMax      the narrowest IPv6 block; 128 where single addresses can be held
 * @param form                   what an object is
 */
public record ProviderLimits(int addressesPerRuleMax, int rulesPerFirewallMax, int firewallsPerServiceMax, int tagsPerFirewallMax,
                             int dropletsPerFirewallMax, int ipv4PrefixBitsMin, int ipv6PrefixBitsMin, int ipv6PrefixBitsMax, Form form) {
    /** The kind of object that a provider holds. */
    public enum Form {
        /** A firewall: rules of ports and addresses, attached to tags and Droplets; it can't be without rules. */
        FIREWALL,
        /**
         * A list of addresses without ports, to which a rule of the operator's refers: it stands, empty if need be, for as long as the service is protected.
         * Its addresses reach whatever that rule covers, so the service has exactly one range of ports, and nobody is granted a part of it.
         */
        LIST
    }

    private static final int NAMES_MAX = 9_999;
    private static final int DIGITALOCEAN_TAGS = 5;
    private static final int DIGITALOCEAN_DROPLETS = 10;
    private static final int ATTACHED_MAX = 1_000_000;
    private static final int IPV6_BITS = 128;

    /**
     * DigitalOcean: 1,000 sources in a rule, 50 rules in a firewall, inbound and outbound together; 5 tags and 10 Droplets for a firewall
     * (the API's document, "firewalls").
     */
    public static final ProviderLimits DIGITALOCEAN = new ProviderLimits(1_000, 50, NAMES_MAX, DIGITALOCEAN_TAGS,
        DIGITALOCEAN_DROPLETS, 0, 0, IPV6_BITS, Form.FIREWALL);

    /**
     * Cloudflare's lists of addresses: 10,000 items in an account that has no larger plan; IPv4 /8 to /32, IPv6 /12 to /64 ("Custom lists",
     * "Lists API"). A list has no number behind its name, so that the operator's rule can name it: there is one.
     */
    public static final ProviderLimits CLOUDFLARE = new ProviderLimits(10_000, 1, 1, ATTACHED_MAX, ATTACHED_MAX, 8, 12, 64, Form.LIST);

    /** @throws IllegalArgumentException unless all that count something are at least 1 */
    public ProviderLimits {
        if (addressesPerRuleMax < 1 || rulesPerFirewallMax < 1 || firewallsPerServiceMax < 1 || tagsPerFirewallMax < 1 || dropletsPerFirewallMax < 1) {
            throw new IllegalArgumentException("a limit is at least 1");
        }
    }

    /** Firewalls as DigitalOcean's, but with other sizes. */
    public ProviderLimits(int addressesPerRuleMax, int rulesPerFirewallMax) {
        this(addressesPerRuleMax, rulesPerFirewallMax, NAMES_MAX, DIGITALOCEAN_TAGS, DIGITALOCEAN_DROPLETS, 0, 0, IPV6_BITS, Form.FIREWALL);
    }

    /** Returns true if an object remains although it allows no address. */
    public boolean standsEmpty() {
        return form == Form.LIST;
    }

    /** Returns the reason for which the provider can't allow exactly {@code access}, in words; empty if it can. An access is never widened until it fits. */
    public Optional<String> refusal(Access access, ServiceContent content) {
        boolean ipv6 = access.source().ipv6();
        int bits = access.source().prefixBits();
        if (ipv6 && bits > ipv6PrefixBitsMax) {
            return Optional.of("source-too-narrow: the provider holds IPv6 blocks of /" + ipv6PrefixBitsMax + " or wider, which would let in more than "
                + access.source());
        }
        if (bits < (ipv6 ? ipv6PrefixBitsMin : ipv4PrefixBitsMin)) {
            return Optional.of("source-too-wide: the provider does not hold " + access.source());
        }
        boolean whole = content.ports().stream().anyMatch(port -> port.protocol() == access.protocol() && port.ports().equals(access.ports()));
        if (form == Form.LIST && !whole) {
            return Optional.of("port-not-offered: the provider tells no ports apart, so all of the service's are granted or none");
        }
        return Optional.empty();
    }

    /**
     * The reason for which a provider can't hold a service.
     *
     * @param member the member of the service that is at fault
     * @param rule   which rule it breaks
     * @param reason in words
     */
    public record Unfit(String member, String rule, String reason) {}

    /** Returns the reason for which the provider can't hold such a service; empty if it can. */
    public Optional<Unfit> refusal(ServiceContent content) {
        boolean attached = !content.attachment().tags().isEmpty() || !content.attachment().droplets().isEmpty();
        if (form == Form.FIREWALL) {
            return attached ? Optional.empty() : Optional.of(new Unfit("/attachment", "attachment-empty", "must name at least one tag or Droplet"));
        }
        if (attached) {
            return Optional.of(new Unfit("/attachment", "attachment-not-empty", "must be empty: a list is attached to nothing, a rule of yours refers to it"));
        }
        return content.ports().size() > 1
            ? Optional.of(new Unfit("/ports", "ports-not-apart", "must be one port or range: a list tells no ports apart")) : Optional.empty();
    }

    /** The first name of an object of the service that is not taken; empty if the service can have no more. */
    Optional<String> freeName(ObjectNames names, ServiceName service, Set<String> taken) {
        if (form == Form.LIST) {
            return Optional.of(names.list(service)).filter(name -> !taken.contains(name));
        }
        return Optional.of(names.firewall(service, taken));
    }
}
