// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy;

import dev.postern.events.AccountName;
import dev.postern.events.CanonicalName;
import dev.postern.events.ResourceName;
import dev.postern.events.ServiceName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Checks the words that Cedar's schema cannot check: names of entities that nothing can have, functions whose value is never known, and a permit
 * that has no condition at all. An error is what can never take effect; a warning is what probably does not mean what it says.
 */
final class PolicyVocabulary {
    private static final int FINDINGS_MAX = 20;
    private static final Set<String> FUNCTIONS = Set.of("ip", "decimal", "datetime", "duration");
    private static final Set<String> KEYWORDS = Set.of("permit", "forbid", "when", "unless", "if", "then", "else", "in", "has", "like", "is", "true", "false");
    private static final Set<String> ROLES = Set.of("requester", "approver", "policy-author", "operator", "auditor");
    private static final Pattern PROJECT = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?/[^/\"]{1,100}");
    private static final Pattern SUBJECT = Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final String NO_WORKLOAD = "no requester is a Workload: a pipeline asks as the Portal of its client id";
    private static final List<String> EVERYTHING = List.of("permit", "(", "principal", ",", "action", ",", "resource", ")", ";");

    private final String text;
    private final List<PolicyToken> tokens;
    private final Set<String> services;
    private final List<PolicyFinding> errors = new ArrayList<>();
    private final List<PolicyFinding> warnings = new ArrayList<>();

    private PolicyVocabulary(String text, List<PolicyToken> tokens, Set<String> services) {
        this.text = text;
        this.tokens = tokens;
        this.services = services;
    }

    /**
     * Reads a policy.
     *
     * @param services the protected services, of those that the policy names; empty where they are not known
     */
    static PolicyVocabulary of(String text, List<PolicyToken> tokens, Optional<Set<String>> services) {
        PolicyVocabulary read = new PolicyVocabulary(text, tokens, services.orElse(null));
        EntityLiteral.in(tokens).stream().takeWhile(literal -> !read.enough()).forEach(read::entity);
        read.wordsInPlace();
        return read;
    }

    /** Returns the escapes in names of entities. Nothing that can be named needs one, and a reader could take the name for another. */
    static List<PolicyFinding> escapes(String text, List<PolicyToken> tokens) {
        return EntityLiteral.in(tokens).stream().filter(literal -> literal.id().indexOf('\\') >= 0).limit(FINDINGS_MAX)
            .map(literal -> PolicyFinding.at("entity", text, literal.index(), "the id of an entity has no escapes; write the character itself")).toList();
    }

    /** To find the place of each of thousands of findings, and the nearest word, takes time. */
    private boolean enough() {
        return errors.size() >= FINDINGS_MAX;
    }

    List<PolicyFinding> errors() {
        return errors;
    }

    List<PolicyFinding> warnings() {
        return warnings;
    }

    private void entity(EntityLiteral entity) {
        switch (entity.type()) {
            case "Action" -> action(entity);
            case "Resource" -> resource(entity);
            case "Service" -> service(entity);
            case "Project" -> {
                if (!PROJECT.matcher(entity.id()).matches()) {
                    error(entity, "names no project: write Project::\"<account>/<project>\", as Project::\"acme/shop\"");
                }
            }
            case "Account" -> valid(entity, AccountName::new, "is no name of an account");
            case "Role" -> {
                if (!ROLES.contains(entity.id())) {
                    warning(entity, "is none of Postern's own roles" + meant("Role", Nearest.to(entity.id(), ROLES)));
                }
            }
            case "Workload" -> error(entity, "names nobody: " + NO_WORKLOAD);
            case "Portal", "Person" -> {
                if (entity.id().isBlank()) {
                    error(entity, "names nobody");
                } else if (entity.type().equals("Person") && !SUBJECT.matcher(entity.id()).matches()) {
                    warning(entity, "is no sub of an access token, which is a UUID: a username names nobody");
                }
            }
            default -> {}
        }
    }

    private void action(EntityLiteral entity) {
        Set<String> known = PolicySchema.provided().actions();
        if (!known.contains(entity.id())) {
            errors.add(PolicyFinding.at("schema", text, entity.index(),
                "unrecognized action `" + entity.written() + "`" + meant("Action", Nearest.to(entity.id(), known))));
        }
    }

    private void resource(EntityLiteral entity) {
        ResourceName name;
        try {
            name = new ResourceName(entity.id());
        } catch (IllegalArgumentException impossible) {
            error(entity, "names no resource of the provider: write Resource::\"do:<type>:<id>\", as Resource::\"do:droplet:123\"");
            return;
        }
        if (name.service().isPresent()) {
            error(entity, "is a protected service: write Service::\"" + name.id() + "\"");
            return;
        }
        if (name.wildcard() && comparedWithEquals(entity)) {
            warning(entity, "equals a request for the whole of it alone; write `in` for each resource of it, too");
        }
        CanonicalName.Spelling spelling = CanonicalName.of(name);
        if (spelling instanceof CanonicalName.Spelling.Another another) {
            error(entity, "never matches: it " + another.why() + "; write Resource::\"" + another.right() + "\"");
        } else if (spelling instanceof CanonicalName.Spelling.Unknown unknown) {
            error(entity, "never matches: it " + unknown.why());
        }
    }

    private boolean comparedWithEquals(EntityLiteral entity) {
        for (int each = 1; each < tokens.size(); each++) {
            if (tokens.get(each).index() == entity.index()) {
                return tokens.get(each - 1).is("==") || tokens.get(each - 1).is("!=");
            }
        }
        return false;
    }

    private void service(EntityLiteral entity) {
        String prefix = "service:";
        if (entity.id().startsWith(prefix)) {
            error(entity, "names no service: write Service::\"" + entity.id().substring(prefix.length()) + "\"");
        } else if (valid(entity, ServiceName::new, "is no name of a service") && services != null && !services.contains(entity.id())) {
            warning(entity, "is not a protected service now");
        }
    }

    private boolean valid(EntityLiteral entity, Consumer<String> constructor, String otherwise) {
        try {
            constructor.accept(entity.id());
            return true;
        } catch (IllegalArgumentException impossible) {
            error(entity, otherwise + ": it " + impossible.getMessage());
            return false;
        }
    }

    private void wordsInPlace() {
        int statement = -1;
        for (int each = 0; each < tokens.size() && !enough(); each++) {
            PolicyToken token = tokens.get(each);
            boolean called = token.word() && each + 1 < tokens.size() && tokens.get(each + 1).is("(");
            boolean bare = each == 0 || !tokens.get(each - 1).is(".") && !tokens.get(each - 1).is("@");
            if (called && bare && !FUNCTIONS.contains(token.text()) && !KEYWORDS.contains(token.text())) {
                errors.add(PolicyFinding.at("function", text, token.index(), "`" + token.text()
                    + "` is no function whose value is known when a request is decided; these are: ip, decimal, datetime, duration"));
            }
            if (each > 0 && each + 2 < tokens.size() && tokens.get(each - 1).is(".") && tokens.get(each + 2).kind() == PolicyToken.Kind.STRING) {
                attribute(token, tokens.get(each + 1), tokens.get(each + 2));
            }
            if (token.is(PermitTerms.APPROVAL) && each > 0 && tokens.get(each - 1).is("@")) {
                approver(each);
            }
            if (token.is("Workload") && each > 0 && tokens.get(each - 1).is("is")) {
                errors.add(PolicyFinding.at("entity", text, token.index(), NO_WORKLOAD));
            }
            if (called && bare && statement < 0 && (token.is("permit") || token.is("forbid"))) {
                statement = each;
            }
        }
        if (statement >= 0 && tokens.subList(statement, tokens.size()).stream().map(PolicyToken::text).toList().equals(EVERYTHING)) {
            warnings.add(PolicyFinding.at("warning", text, tokens.get(statement).index(),
                "permits everything to everybody: it has no condition on principal, action, resource or context"));
        }
    }

    /** Resources have one spelling each, so that an attribute which is compared with another one never equals it. */
    private void attribute(PolicyToken name, PolicyToken operator, PolicyToken value) {
        boolean equals = operator.is("==") || operator.is("!=");
        if (warnings.size() >= FINDINGS_MAX || !equals && !operator.is("like")) {
            return;
        }
        if (name.is("kind") && equals && CanonicalName.otherTypeNames().contains(value.text())) {
            warnings.add(PolicyFinding.at("warning", text, value.index(), "no resource is of the kind \"" + value.text() + "\"; write \""
                + CanonicalName.type(value.text()) + "\""));
        } else if (name.is("urn")) {
            urn(value, equals);
        }
    }

    private void urn(PolicyToken value, boolean equals) {
        String[] parts = value.text().split(":", 3);
        if (parts.length == 3 && CanonicalName.otherTypeNames().contains(parts[1])) {
            warnings.add(PolicyFinding.at("warning", text, value.index(), "no URN begins with \"" + parts[0] + ":" + parts[1] + "\"; write \"" + parts[0]
                + ":" + CanonicalName.type(parts[1]) + "\""));
        } else if (equals) {
            try {
                if (CanonicalName.of(new ResourceName(value.text())) instanceof CanonicalName.Spelling.Another another) {
                    warnings.add(PolicyFinding.at("warning", text, value.index(), "no resource has the URN \"" + value.text() + "\": it " + another.why()
                        + "; write \"" + another.right() + "\""));
                }
            } catch (IllegalArgumentException impossible) {
                warnings.add(PolicyFinding.at("warning", text, value.index(), "no resource has the URN \"" + value.text() + "\""));
            }
        }
    }

    /** A role that nobody has would leave every request of the permit waiting. @param annotation the place of the annotation's name */
    private void approver(int annotation) {
        int role = annotation + 2;
        if (role < tokens.size() && tokens.get(role).kind() == PolicyToken.Kind.STRING && !ROLES.contains(tokens.get(role).text())
            && warnings.size() < FINDINGS_MAX) {
            warnings.add(PolicyFinding.at("warning", text, tokens.get(role).index(), "@" + PermitTerms.APPROVAL + " names none of Postern's own roles"
                + Nearest.to(tokens.get(role).text(), ROLES).map(near -> "; did you mean \"" + near + "\"?").orElse("")));
        }
    }

    private void error(EntityLiteral entity, String message) {
        errors.add(PolicyFinding.at("entity", text, entity.index(), entity.written() + " " + message));
    }

    private void warning(EntityLiteral entity, String message) {
        if (warnings.size() < FINDINGS_MAX) {
            warnings.add(PolicyFinding.at("warning", text, entity.index(), entity.written() + " " + message));
        }
    }

    private static String meant(String type, Optional<String> name) {
        return name.map(near -> "; did you mean " + type + "::\"" + near + "\"?").orElse("");
    }
}
