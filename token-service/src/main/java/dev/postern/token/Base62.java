// SPDX-License-Identifier: Apache-2.0
package dev.postern.token;

import java.math.BigInteger;

/** Numbers in base 62 ({@code 0-9A-Za-z}), most significant digit first, in a fixed width: one number has one text. */
final class Base62 {
    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final BigInteger BASE = BigInteger.valueOf(DIGITS.length());

    private Base62() {}

    /** @throws IllegalArgumentException if the number is negative or needs more than {@code width} digits */
    static String encode(BigInteger number, int width) {
        if (number.signum() < 0) {
            throw new IllegalArgumentException("negative");
        }
        char[] text = new char[width];
        BigInteger rest = number;
        for (int i = width - 1; i >= 0; i--) {
            BigInteger[] quotientAndDigit = rest.divideAndRemainder(BASE);
            text[i] = DIGITS.charAt(quotientAndDigit[1].intValue());
            rest = quotientAndDigit[0];
        }
        if (rest.signum() != 0) {
            throw new IllegalArgumentException("needs more than " + width + " digits");
        }
        return new String(text);
    }

    /** Encodes like {@link #encode(BigInteger, int)}, for small non-negative numbers. */
    static String encode(long number, int width) {
        char[] text = new char[width];
        long rest = number;
        for (int i = width - 1; i >= 0; i--) {
            text[i] = DIGITS.charAt((int) (rest % DIGITS.length()));
            rest /= DIGITS.length();
        }
        if (rest != 0) {
            throw new IllegalArgumentException("needs more than " + width + " digits");
        }
        return new String(text);
    }

    /** Returns true for a base-62 digit. */
    static boolean digit(char character) {
        return character >= '0' && character <= '9' || character >= 'A' && character <= 'Z' || character >= 'a' && character <= 'z';
    }
}
