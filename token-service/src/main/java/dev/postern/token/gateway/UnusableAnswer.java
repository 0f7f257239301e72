package dev.postern.token.gateway;

/** An answer of the provider that cannot be passed on to the client. */
final class UnusableAnswer extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnusableAnswer(String message) {
        super(message, null, false, false);
    }
}
