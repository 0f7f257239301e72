// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.digitalocean;

/**
 * Behaviour that DigitalOcean's documentation leaves open. A client must be right under either answer, so both can be set.
 *
 * @param addedRules what POST …/rules does with a rule whose protocol, ports and action equal those of an existing one
 * @param removedRules what DELETE …/rules does with a rule that names only a part of an existing rule's sources
 * @param echo how a bare address is shown again
 */
public record Undocumented(AddedRules addedRules, RemovedRules removedRules, Echo echo) {

    /** Rules stay separate, addresses can be removed one by one, an address is shown as it was given. */
    public static final Undocumented DEFAULT = new Undocumented(AddedRules.SEPARATE, RemovedRules.PARTS, Echo.AS_GIVEN);

    /** POST …/rules. */
    public enum AddedRules {
        /** The rule is added beside the existing one; a rule equal in every member is not added twice. */
        SEPARATE,
        /** Its sources join the existing rule. */
        MERGED
    }

    /** DELETE …/rules. */
    public enum RemovedRules {
        /** The sources named are taken out of every rule with that protocol, ports and action; a rule left without any is gone. */
        PARTS,
        /** Only a rule equal in every member is removed; anything else is passed over in silence. */
        WHOLE_RULES
    }

    /** 1.2.3.4 given. */
    public enum Echo {
        /** 1.2.3.4 shown. */
        AS_GIVEN,
        /** 1.2.3.4/32 shown (IPv6: /128). */
        AS_NETWORK
    }
}
