/**
 * The Management API (contract management-api): one OpenAPI document says what there is, one
 * resource class per kind of entity does it. Importing and exporting tenants goes through the same
 * operations.
 */
@NullMarked
package dev.cambio.gateway.management;

import org.jspecify.annotations.NullMarked;
