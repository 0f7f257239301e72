// SPDX-License-Identifier: Apache-2.0
package dev.postern.audit.http;

import jakarta.ws.rs.NameBinding;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks a route whose {@code Last-Event-ID} or {@code after} must be the index of an entry of the log. */
@NameBinding
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface WithinLog {}
