/* Where a value comes from: the sites whose fields its text was made of.
 *
 * `"db.\(self.site.region).example.com"` and everything made of it, through slots, defaults, lets, lists and loops, says so. Who runs a
 * command knows by that where its words lead. A value has the number of a set, 0 for none; joining two sets takes constant time. */
#ifndef DRC_MODEL_PLACES_H
#define DRC_MODEL_PLACES_H

#include "model/entity.h"

uint32_t places_of(struct model *model, const struct entity *site); /* the set of this site alone */
uint32_t places_join(struct model *model, uint32_t a, uint32_t b);
/* Of a list or an object: of all that is in it. A site that stands as a word is its name. */
uint32_t places_in(struct model *model, struct value value);
/* With the set added, in lists and objects to each text in them; references, truth values and quantities come from nowhere. */
struct value places_add(struct model *model, struct value value, uint32_t set);
struct value places_drop(struct model *model, struct value value); /* from nowhere, for certain */

/* Calls `visit` for the sites of a set, each once, until it returns true; that site, or NULL. */
struct entity *places_find(struct model *model, uint32_t set, bool (*visit)(void *context, struct entity *site), void *context);

/* The address by which the provider, or a network, knows the place; NULL. */
const char *place_address(const struct entity *site);

/* Two declarations of what is one place: a Region in two accounts. Hosts of one address may stand in two networks, and are not. */
bool places_are_one(const struct entity *a, const struct entity *b);

#endif
