# bash completion for tfrecordfs.  SPDX-License-Identifier: MIT
#
# The program itself says how a line may go on; here are only bash's ways with words.

_tfrecordfs()
{
	local rest=$COMP_LINE words=() shown trimmed word last i line typed path how

	# bash cuts words at '=' and ':' too, which are part of ours: only blanks end one.
	for ((i = 0; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		trimmed=${rest#"${rest%%[![:space:]]*}"}
		if ((i == 0)) || [[ $trimmed != "$rest" ]]; then
			words+=("$word")
		else
			words[-1]+=$word
		fi
		rest=${trimmed#"$word"}
	done
	# What bash leaves in front of what it completes: "--order=" of "--order=sh".
	last=${COMP_WORDS[COMP_CWORD]}
	[[ $last != [=:] ]] || last=
	shown=${words[-1]%"$last"}
	typed=${words[-1]//[\"\'\\]/}
	for i in "${!words[@]}"; do
		word=${words[i]//[\"\'\\]/}
		[[ $word != '~'?(/*) ]] || word=$HOME${word:1}
		words[i]=$word
	done

	COMPREPLY=()
	while IFS= read -r line; do
		case $line in
		$'\t'*)
			compopt -o filenames
			[[ $line == *directories ]] && how=-d || how=-f
			# The word itself, or what stands behind one '=' of it.
			path=$typed
			until compgen $how -- "$path" > /dev/null || [[ $path != *=* ]]; do
				path=${path#*=}
			done
			while IFS= read -r word; do
				# What does not begin where bash does is no file to it.
				trimmed=${typed%"$path"}$word
				trimmed=${trimmed#"${shown//[\"\'\\]/}"}
				if [[ $trimmed != "$word" && -d $word ]]; then
					compopt -o nospace
					trimmed+=/
				fi
				COMPREPLY+=("$trimmed")
			done < <(compgen $how -- "$path") ;;
		*)
			word=${line%%$'\t'*}
			[[ $word != *= ]] || compopt -o nospace
			word=${word#"$shown"}
			# Within quotes nothing has to be escaped.
			[[ $last == [\"\']* || $word != *[!a-zA-Z0-9_./:,=+%@-]* ]] ||
				printf -v word %q "$word"
			COMPREPLY+=("$word") ;;
		esac
	done < <("${words[0]}" complete "${words[@]:1}" 2>/dev/null)
}

complete -F _tfrecordfs tfrecordfs
