// SPDX-License-Identifier: Apache-2.0
package dev.postern.token.operation;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.Optional;

/**
 * Says that the body of an operation replaces what the provider holds: values that the body leaves out are taken away.
 *
 * @param partial whether members that are absent stay as they are (PATCH): only the members that the body has are replaced
 * @param shownAt where the GET of the same path shows what is there, in the form of the body; empty if no operation shows it
 */
public record Replacement(boolean partial, Optional<JsonPointer> shownAt) {}
