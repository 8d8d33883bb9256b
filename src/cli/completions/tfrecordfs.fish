# fish completion for tfrecordfs.  SPDX-License-Identifier: MIT
#
# The program itself says how a line may go on, in the form that fish takes.

function __tfrecordfs_complete
    set -l words (commandline --tokenize --cut-at-cursor --current-process)
    set -l typed (commandline --cut-at-cursor --current-token)
    set -l before (string match --regex '^-.*=' -- $typed)
    or set before ''
    for line in ($words[1] complete $words[2..-1] "$typed" 2>/dev/null)
        switch $line
            case \tdirectories
                printf '%s\n' $before(__fish_complete_directories (string replace -- "$before" '' "$typed"))
            case \t'*'
                printf '%s\n' $before(__fish_complete_path (string replace -- "$before" '' "$typed"))
            case '*'
                echo $line
        end
    end
end

complete --command tfrecordfs --no-files --arguments '(__tfrecordfs_complete)'
