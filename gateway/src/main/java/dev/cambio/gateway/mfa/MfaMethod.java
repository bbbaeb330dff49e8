package dev.cambio.gateway.mfa;

import dev.cambio.model.oauth.GrantTypes;

/** How a second factor is proved: a grant type and its log entries (contract §8, §10.1). */
enum MfaMethod {
  OTP(GrantTypes.MFA_OTP, "seotpft", "feotpft", "one-time password"),
  OOB(GrantTypes.MFA_OOB, "seoobft", "feoobft", "out-of-band challenge"),
  RECOVERY_CODE(GrantTypes.MFA_RECOVERY_CODE, "sercft", "fercft", "recovery code");

  private final String grantType;
  private final String successType;
  private final String failureType;
  private final String words;

  MfaMethod(String grantType, String successType, String failureType, String words) {
    this.grantType = grantType;
    this.successType = successType;
    this.failureType = failureType;
    this.words = words;
  }

  String grantType() {
    return grantType;
  }

  String successType() {
    return successType;
  }

  String failureType() {
    return failureType;
  }

  String successText() {
    return "Successful exchange of " + words + " for tokens";
  }
}
