/** Counts the exchanges of a key in the cluster's cache, and has the token tell what came of it. */
exports.onExecuteCustomTokenExchange = async (event, api) => {
  const key = event.transaction.subject_token;
  const before = api.cache.get(key);
  const set = api.cache.set(key, String(Number(before ? before.value : 0) + 1));
  api.transaction.setMetadata('cache', set.type === 'success' ? set.record.value : set.code);
  api.authentication.setUserByConnection(
    'acme-idp',
    { user_id: `counted-${key}`, email: `counted-${key}@partner.example`, email_verified: true },
    { creationBehavior: 'create_if_not_exists', updateBehavior: 'none' },
  );
};
