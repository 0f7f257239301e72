// SPDX-License-Identifier: Apache-2.0
package dev.postern.local.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which address lies in which range. */
class AddressRangeTest {

    @ParameterizedTest
    @CsvSource({"10.0.0.0/8,10.255.0.1,true", "10.0.0.0/8,11.0.0.1,false", "10.0.0.0/9,10.127.0.1,true", "10.0.0.0/9,10.128.0.1,false",
        "0.0.0.0/0,255.255.255.255,true", "1.2.3.4,1.2.3.4,true", "1.2.3.4,1.2.3.5,false", "1.2.3.4/31,1.2.3.5,true", "10.0.0.7/24,10.0.0.9,true",
        "2001:db8::/33,2001:db8:7fff::1,true", "2001:db8::/33,2001:db8:8000::1,false", "::/0,1.2.3.4,false", "0.0.0.0/0,::1,false",
        "1.2.3.0/24,1.2.0.0/16,false", "1.2.0.0/16,1.2.3.0/24,true"})
    void aRangeContainsWhatSharesItsPrefix(String range, String address, boolean contained) {
        assertThat(AddressRange.parse(range).contains(AddressRange.parse(address))).isEqualTo(contained);
    }
}
