/* SPDX-License-Identifier: MIT */
/* The page's head and styles, and texts and numbers in it. */
#include "stream/side_report.h"

#include "base/count_text.h"
#include "base/visible.h"

/*
 * Light and dark by the reader's choice, one column on a phone, no colours but what the
 * printer needs.  All contrasts are above 4.5 : 1.
 */
static const char style[] =
	":root{--ink:#1c2430;--soft:#566070;--page:#fbfaf8;--card:#fff;--line:#e2ddd5;"
	"--c0:#2f6f9f;--c1:#c2711f;--c2:#4b8255;--c3:#8a5a9e;--warn:#a3341f}"
	"@media(prefers-color-scheme:dark){:root{--ink:#e8e6e1;--soft:#a9b0bb;"
	"--page:#15181d;--card:#1e232a;--line:#353c46;--c0:#6aa9d8;--c1:#e5a05a;"
	"--c2:#82bf8d;--c3:#c39ad6;--warn:#f0907c}}"
	"*{box-sizing:border-box}html{font:16px/1.5 system-ui,sans-serif;"
	"color:var(--ink);background:var(--page)}"
	"body{margin:0 auto;max-width:62rem;padding:1.5rem 1rem 4rem}"
	"h1{font-size:2rem;margin:0;line-height:1.2;overflow-wrap:anywhere}"
	"h2{font-size:1.25rem;margin:2.5rem 0 .75rem}h3{font-size:1rem;margin:1.25rem 0 "
	".5rem;overflow-wrap:anywhere}p{margin:.5rem 0;max-width:44rem}"
	"code,pre{font-family:ui-monospace,monospace;font-size:.875rem;"
	"overflow-wrap:anywhere}pre{background:var(--card);border:1px solid var(--line);"
	"border-radius:.5rem;padding:1rem;overflow-x:auto;white-space:pre-wrap}"
	".cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(7.5rem,1fr));"
	"gap:.75rem;margin:1.25rem 0 0}.card{background:var(--card);border:1px solid "
	"var(--line);border-radius:.75rem;padding:.75rem 1rem}.card dt{color:var(--soft);"
	"font-size:.875rem}.card dd{margin:0;font-size:1.375rem;font-variant-numeric:"
	"tabular-nums}"
	"table{border-collapse:collapse;width:100%}caption{text-align:left;"
	"color:var(--soft);padding-bottom:.5rem}th,td{padding:.25rem .5rem .25rem 0;"
	"text-align:left;vertical-align:middle;font-weight:400;border-bottom:1px solid "
	"var(--line)}thead th{color:var(--soft);font-size:.875rem}td.n,th.n{text-align:"
	"right;font-variant-numeric:tabular-nums;white-space:nowrap}tbody "
	"th{min-width:4.5rem;overflow-"
	"wrap:anywhere}td.bar{width:45%}.b{display:flex;height:.875rem;border-radius:"
	".25rem;overflow:hidden}.b i{display:block;height:100%}.k{display:inline-block;"
	"width:.75rem;height:.75rem;border-radius:.2rem;margin-right:.375rem}"
	".s0{background:var(--c0)}.s1{background:repeating-linear-gradient(45deg,"
	"var(--c1) 0 4px,var(--page) 4px 5px)}.s2{background:repeating-linear-gradient("
	"90deg,var(--c2) 0 3px,var(--page) 3px 4px)}.s3{background:var(--c3)}"
	".two{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:"
	"0 "
	"2.5rem}.warn{color:var(--warn)}"
	".grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(5.5rem,1fr));"
	"gap:.5rem;padding:0;margin:0;list-style:none}.grid li{background:var(--card);"
	"border:1px solid var(--line);border-radius:.5rem;aspect-ratio:1;display:flex;"
	"align-items:center;justify-content:center;overflow:hidden;font-size:.6875rem;"
	"color:var(--soft);text-align:center;overflow-wrap:anywhere}.grid img{width:100%;"
	"height:100%;object-fit:contain;display:block}.grid .t{image-rendering:pixelated}"
	"@media(max-width:34rem){.p{display:none}td.bar{width:30%}h1{font-size:1.625rem}"
	"th,td{font-size:.875rem}}"
	"@media print{:root{--ink:#000;--soft:#333;--page:#fff;--card:#fff;--line:#bbb}"
	"body{max-width:none;padding:0}section{break-inside:auto}h2,h3{break-after:avoid}"
	"tr,li{break-inside:avoid}.b i,.k{print-color-adjust:exact;-webkit-print-color-"
	"adjust:exact}}";

static void put_character(struct trfs_buffer *out, uint32_t c, const uint8_t *bytes,
			  size_t len)
{
	if (c == '<')
		trfs_buffer_printf(out, "&lt;");
	else if (c == '>')
		trfs_buffer_printf(out, "&gt;");
	else if (c == '&')
		trfs_buffer_printf(out, "&amp;");
	else if (c == '"' || c == '\'')
		trfs_buffer_printf(out, "&#%u;", c);
	else if (c == '\n' && len == 1)
		trfs_buffer_put_u8(out, '\n');
	else if (trfs_is_hidden(c))
		trfs_buffer_printf(out, "\\u%04x", c);
	else
		trfs_buffer_put(out, bytes, len);
}

void trfs_report_put_text(struct trfs_buffer *out, struct trfs_bytes text)
{
	while (text.len > 0) {
		uint32_t c = 0;
		size_t len = trfs_utf8_take(text, &c);

		if (len > 0) {
			put_character(out, c, text.data, len);
		} else {
			trfs_buffer_printf(out, "\\x%02x", text.data[0]);
			len = 1;
		}
		text.data += len;
		text.len -= len;
	}
}

void trfs_report_put_count(struct trfs_buffer *out, uint64_t count)
{
	char text[TRFS_COUNT_SIZE];

	trfs_buffer_printf(out, "%s", trfs_count_text(count, text));
}

void trfs_report_put_bytes(struct trfs_buffer *out, uint64_t bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB" };
	double value = (double)bytes;
	size_t unit = 0;

	for (; value >= 999.5 && unit + 1 < TRFS_COUNT(units); unit++)
		value /= 1000;
	trfs_buffer_printf(out, value < 9.95 && unit > 0 ? "%.1f %s" : "%.0f %s", value,
			   units[unit]);
}

void trfs_report_put_head(struct trfs_buffer *out, struct trfs_bytes title)
{
	trfs_buffer_printf(out, "<!doctype html>\n<html lang=en>\n<head>\n<meta "
				"charset=utf-8>\n<meta name=viewport "
				"content=\"width=device-width,initial-scale=1\">\n<meta "
				"name=color-scheme content=\"light dark\">\n<title>");
	trfs_report_put_text(out, title);
	trfs_buffer_printf(out,
			   ": images as TFRecord</title>\n<style>%s</style>\n</head>\n"
			   "<body>\n<header>\n<h1>",
			   style);
	trfs_report_put_text(out, title);
	trfs_buffer_printf(out, "</h1>\n");
}
