// SPDX-License-Identifier: Apache-2.0
package dev.postern.messaging;

import dev.postern.local.parts.RealPartsResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The ledger on a real broker and a real database: one application for all tests. */
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@QuarkusTestResource(value = RealPartsResource.class, initArgs = {
    @ResourceArg(name = "database", value = "ledger"),
    @ResourceArg(name = "topics", value = "access-requested:3,access-requested.dead-letter:3,access-ended:3,access-ended.dead-letter:3")})
@interface LedgerApplication {}
