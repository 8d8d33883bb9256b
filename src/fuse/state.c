/* SPDX-License-Identifier: MIT */
#include "fuse/state.h"

#include "fuse/reload.h"
#include "fuse/service.h"

void trfs_state_teller_init(struct trfs_state_teller *teller,
			    void (*changed)(void *user,
					    const struct trfs_mount_state *state),
			    void *user)
{
	*teller = (struct trfs_state_teller){ .changed = changed, .user = user };
	pthread_mutex_init(&teller->lock, NULL);
}

void trfs_state_teller_done(struct trfs_state_teller *teller)
{
	pthread_mutex_destroy(&teller->lock);
}

void trfs_state_tell(struct trfs_service *service, struct trfs_reload *reload)
{
	struct trfs_state_teller *teller = &service->teller;
	struct trfs_mount_state state = { .text = "" };
	struct trfs_served *served;

	if (!teller->changed)
		return;
	/* What is told last is what was seen last. */
	pthread_mutex_lock(&teller->lock);
	served = trfs_service_current(service);
	state.nr_shards = trfs_plan_nr_shards(served->generation->plan);
	state.nr_records = served->generation->plan->nr_records;
	trfs_service_release(service, served);
	state.nr_failing = trfs_failures_count(&service->failures).nr_files;
	if (reload)
		trfs_reload_look(reload, &state);
	teller->nr_failing = state.nr_failing;
	teller->changed(teller->user, &state);
	pthread_mutex_unlock(&teller->lock);
}

void trfs_state_tell_failing(struct trfs_service *service)
{
	struct trfs_state_teller *teller = &service->teller;
	uint64_t told;

	if (!teller->changed)
		return;
	pthread_mutex_lock(&teller->lock);
	told = teller->nr_failing;
	pthread_mutex_unlock(&teller->lock);
	if (trfs_failures_count(&service->failures).nr_files != told)
		trfs_state_tell(service, service->reload);
}
