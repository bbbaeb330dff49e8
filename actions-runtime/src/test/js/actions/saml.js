// A SAML response as subject token: xml-crypto checks the signature, xml2js reads what was signed.
const { DOMParser } = require('@xmldom/xmldom')
const { SignedXml } = require('xml-crypto')
const xpath = require('xpath')
const { parseStringPromise, processors } = require('xml2js')

/** The signed assertion, or an error. */
async function verify(xml, publicCert) {
  const document = new DOMParser().parseFromString(xml, 'text/xml')
  const [signature] = xpath.select(
    "//*[local-name(.)='Signature' and namespace-uri(.)='http://www.w3.org/2000/09/xmldsig#']",
    document,
  )
  if (!signature) {
    throw new Error('not signed')
  }
  const signed = new SignedXml({ publicCert })
  signed.loadSignature(signature)
  if (!signed.checkSignature(xml)) {
    throw new Error('invalid signature')
  }
  const [reference] = signed.getSignedReferences()
  const options = { explicitArray: false, tagNameProcessors: [processors.stripPrefix] }
  return (await parseStringPromise(reference, options)).Assertion
}

exports.onExecuteCustomTokenExchange = async (event, api) => {
  const certificate = event.given.publicPems.RS256
  let assertion
  try {
    assertion = await verify(Buffer.from(event.transaction.subject_token, 'base64').toString(), certificate)
  } catch (error) {
    console.log('refused:', error.message)
    api.access.rejectInvalidSubjectToken(error.message)
    return
  }
  const { Subject, Issuer, AttributeStatement } = assertion
  console.log(Subject.NameID, Issuer, AttributeStatement.Attribute)
  const profile = { user_id: Subject.NameID, email: Subject.NameID, name: AttributeStatement.Attribute.AttributeValue }
  api.authentication.setUserByConnection('acme-idp', profile, {
    creationBehavior: 'create_if_not_exists',
    updateBehavior: 'none',
  })

  const { saml } = event.given
  for (const tampered of [
    saml.replace('jane@acme.example', 'sam@acme.example'),
    saml.replace(/<Signature.*<\/Signature>/s, ''),
    saml.replace(/(SignatureValue>)(.)/, (_, tag, first) => tag + (first === 'A' ? 'B' : 'A')),
  ]) {
    console.log(
      tampered !== saml,
      await verify(tampered, certificate).then(
        (found) => found.Subject,
        (error) => error.message,
      ),
    )
  }
  // Signed, and by somebody else.
  await verify(saml, event.given.publicPems.PS256).then(
    () => console.log('accepted'),
    (error) => console.log(error.message),
  )
}
