// SPDX-License-Identifier: Apache-2.0
package dev.postern.edge;

import dev.postern.messaging.TraceContext;
import io.quarkus.logging.LoggingFilter;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logmanager.ExtLogRecord;

/**
 * Gives log lines of Postern the same keys in text and in JSON. A message is fixed words, then {@code key=value} pairs. Text shows it as it is; in JSON the
 * words are {@code message} and the pairs are members of {@code mdc}. Both have {@code trace_id} where the work carries a trace context.
 * It never drops a line.
 */
@LoggingFilter(name = "postern-fields")
public final class LogFields implements Filter {
    private static final String OWN_LOGGERS = "dev.postern.";
    private static final Pattern KEY = Pattern.compile("(?:^| )([a-z][a-z0-9_]*)=");
    /** Its value is words of other programs, so that it takes the rest of the line: a {@code key=} in these words is no key of ours. */
    private static final String DETAIL = "detail";
    private static final String TRACE_ID = "trace_id";

    private final boolean json;

    /** Takes the one setting for the format: {@code quarkus.log.console.json.enabled}. */
    public LogFields(@ConfigProperty(name = "quarkus.log.console.json.enabled") boolean json) {
        this.json = json;
    }

    @Override
    public boolean isLoggable(LogRecord record) {
        if (record instanceof ExtLogRecord ours && ours.getLoggerName() != null && ours.getLoggerName().startsWith(OWN_LOGGERS) && ours.getMessage() != null) {
            if (json) {
                toFields(ours);
            } else {
                TraceContext.carriedId().filter(id -> !ours.getMessage().contains(" " + TRACE_ID + "="))
                    .ifPresent(id -> ours.setMessage(ours.getFormattedMessage() + " " + TRACE_ID + "=" + id, ExtLogRecord.FormatStyle.NO_FORMAT));
            }
        }
        return true;
    }

    private static void toFields(ExtLogRecord record) {
        String line = record.getFormattedMessage();
        Matcher key = KEY.matcher(line);
        String words = line;
        boolean more = key.find();
        if (more) {
            words = line.substring(0, key.start());
        }
        while (more) {
            String name = key.group(1);
            int begin = key.end();
            more = !name.equals(DETAIL) && key.find();
            putOnce(record, name, line.substring(begin, more ? key.start() : line.length()));
        }
        record.setMessage(words.endsWith(":") ? words.substring(0, words.length() - 1) : words, ExtLogRecord.FormatStyle.NO_FORMAT);
        TraceContext.carriedId().ifPresent(id -> putOnce(record, TRACE_ID, id));
    }

    /** Keeps the first value of a key: a later one may come from text that another program wrote. */
    private static void putOnce(ExtLogRecord record, String key, String value) {
        if (record.getMdc(key) == null) {
            record.putMdc(key, value);
        }
    }
}
