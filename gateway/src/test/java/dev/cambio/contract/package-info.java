/** What of the contract is tested: the table in the README. */
@NullMarked
package dev.cambio.contract;

import org.jspecify.annotations.NullMarked;
