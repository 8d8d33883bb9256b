#compdef tfrecordfs
# zsh completion for tfrecordfs.  SPDX-License-Identifier: MIT
#
# The program itself says how a line may go on; here are only zsh's ways with words.

_tfrecordfs()
{
	local line name help files
	local -a names shown open open_shown there

	for line in ${(f)"$(${(Q)words[1]/#\~/$HOME} complete "${(@Q)words[2,CURRENT-1]}" \
			"${(Q)PREFIX}" 2>/dev/null)"}; do
		name=${line%%$'\t'*} help=${line#*$'\t'}
		if [[ -z $name ]]; then
			files=$help
		elif [[ $name == *= ]]; then
			open+=("$name") open_shown+=("$name${help:+  -- $help}")
		else
			names+=("$name") shown+=("$name${help:+  -- $help}")
		fi
	done
	(( ! $#names )) || compadd -l -d shown -- $names
	(( ! $#open )) || compadd -S '' -l -d open_shown -- $open
	# The word itself, or what stands behind one '=' of it.
	while [[ -n $files && $PREFIX == *=* ]]; do
		there=(${${(Q)PREFIX}/#\~/$HOME}*(N))
		(( ! $#there )) || break
		compset -P 1 '*='
	done
	case $files in
	directories) _files -/ ;;
	files) _files ;;
	esac
}

_tfrecordfs "$@"
