package dev.postern.firewall;

/**
 * What a provider takes.
 *
 * @param addressesPerRuleMax sources of one rule
 * @param rulesPerFirewallMax rules of one firewall object
 */
public record ProviderLimits(int addressesPerRuleMax, int rulesPerFirewallMax) {
    /** DigitalOcean: 1,000 sources in a rule, 50 rules in a firewall, inbound and outbound together. */
    public static final ProviderLimits DIGITALOCEAN = new ProviderLimits(1_000, 50);

    /** @throws IllegalArgumentException unless both are at least 1 */
    public ProviderLimits {
        if (addressesPerRuleMax < 1 || rulesPerFirewallMax < 1) {
            throw new IllegalArgumentException("a limit is at least 1");
        }
    }
}
