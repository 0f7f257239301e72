// SPDX-License-Identifier: Apache-2.0
package dev.postern.policy.kafka;

import dev.postern.local.parts.RealPartsResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The policy service on a real broker, a real database and a real Keycloak: one application for all tests. */
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@QuarkusTestResource(value = RealPartsResource.class, initArgs = {
    @ResourceArg(name = "database", value = "policy"),
    @ResourceArg(name = "topics", value = "access-requested:3,access-requested.dead-letter:3,service-protected:3,service-protected.dead-letter:3,"
        + "access-decided:3,policy-changed:3,attempts-refused:3"),
    @ResourceArg(name = "keycloak", value = "true")})
public @interface RealPolicyService {}
