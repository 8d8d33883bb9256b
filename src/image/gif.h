/* SPDX-License-Identifier: MIT */
/* What the walk over a GIF's blocks and the decoding of its frames share. */
#ifndef TRFS_IMAGE_GIF_H
#define TRFS_IMAGE_GIF_H

#include "image/cursor.h"

#define TRFS_IMAGE_GIF_OPAQUE (-1)

/**
 * struct trfs_image_gif_frame - one image descriptor
 * @nr_colours: of its own palette or else the common one; 0: it has none
 * @transparent: colour that is not drawn, or TRFS_IMAGE_GIF_OPAQUE
 */
struct trfs_image_gif_frame {
	uint16_t left, top, width, height;
	uint16_t nr_colours;
	int transparent;
	bool interlaced;
};

/**
 * struct trfs_image_gif - the frames that TensorFlow finds
 * @width, @height: of the largest frame in each direction, which is the size of its
 *	tensor; what the file's header says is not looked at
 * @nr_frames: whole frames from the start on
 * @ended: the walk met the trailer, rather than damage or the end of the bytes
 * @without_palette: one of the frames has no colours
 */
struct trfs_image_gif {
	uint32_t width;
	uint32_t height;
	uint32_t nr_frames;
	bool ended;
	bool without_palette;
};

/*
 * Called with the cursor before a frame's pixel data.  Leaves it behind them; false
 * where they are damaged or end early, which ends the walk before this frame.
 */
typedef bool trfs_image_gif_frame_fn(void *user, struct trfs_image_cursor *c,
				     const struct trfs_image_gif_frame *frame);

/* Walk all blocks, from the start of the file on; false where not even a header is. */
bool trfs_image_gif_walk(struct trfs_image_cursor *c, trfs_image_gif_frame_fn *on_frame,
			 void *user, struct trfs_image_gif *ret);

/* Step over data blocks to behind the empty one that ends them. */
bool trfs_image_gif_skip_blocks(struct trfs_image_cursor *c);

#endif
