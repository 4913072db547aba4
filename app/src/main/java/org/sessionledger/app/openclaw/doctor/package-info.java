/**
 * Holds what a gateway shows against the ledger, all of it at one moment, and changes neither. Read
 * {@link org.sessionledger.app.openclaw.doctor.Doctor} first.
 */
@NullMarked
package org.sessionledger.app.openclaw.doctor;

import org.jspecify.annotations.NullMarked;
