package dev.postern.policy;

import com.cedarpolicy.model.exception.CacheException;
import com.cedarpolicy.model.exception.InternalException;
import com.cedarpolicy.model.schema.Schema;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What policies can speak about: {@code postern.cedarschema}, and the provider's scopes that are actions in it. Both are part of the program;
 * Cedar's reading of the schema is kept beside the policy sets (Cedar takes its slow way unless both are).
 */
public final class PolicySchema {
    private static final String SCHEMA = "/postern.cedarschema";
    private static final String SCOPES = "/digitalocean-scopes.txt";
    private static final PolicySchema PROVIDED = read();

    private final Schema cedar;
    private final Set<String> providerScopes;

    private PolicySchema(Schema cedar, Set<String> providerScopes) {
        this.cedar = cedar;
        this.providerScopes = providerScopes;
    }

    /** The one that this program was built with. */
    public static PolicySchema provided() {
        return PROVIDED;
    }

    /** The scopes of the DigitalOcean API that can be asked for. */
    public Set<String> providerScopes() {
        return providerScopes;
    }

    Schema cedar() {
        return cedar;
    }

    private static PolicySchema read() {
        try {
            Schema schema = Schema.parse(Schema.JsonOrCedar.Cedar, text(SCHEMA));
            schema.cache();
            Set<String> scopes = text(SCOPES).lines().filter(line -> !line.startsWith("#")).collect(Collectors.toUnmodifiableSet());
            return new PolicySchema(schema, scopes);
        } catch (InternalException | CacheException unreadable) {
            throw new IllegalStateException("the schema in this program is no Cedar schema", unreadable);
        }
    }

    private static String text(String resource) {
        try (InputStream in = PolicySchema.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
