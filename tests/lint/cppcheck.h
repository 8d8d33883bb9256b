/* SPDX-License-Identifier: MIT */
/* What cppcheck has to know of headers that it does not read. */
#define json_array_foreach(array, index, value)                                          \
	for (index = 0;                                                                  \
	     index < json_array_size(array) && (value = json_array_get(array, index));   \
	     index++)
#define json_object_foreach(object, key, value)                                          \
	for (void *i = json_object_iter(object);                                         \
	     (key = json_object_iter_key(i)) && (value = json_object_iter_value(i));     \
	     i = json_object_iter_next(object, i))
