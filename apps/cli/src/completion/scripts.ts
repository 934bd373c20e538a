import { Failure } from '../failure';

/** Words go to the program as arguments: nothing that is typed is evaluated. Needs no other package. */
const BASH = `# bash completion of dialtone
_dialtone() {
  local line value
  COMPREPLY=()
  while IFS= read -r line; do
    if [ "$line" = ":files" ]; then compopt -o default; COMPREPLY=(); return; fi
    value="\${line%%$'\\t'*}"
    COMPREPLY+=("$(printf '%q' "$value")")
  done < <(dialtone complete -- "$COMP_CWORD" "\${COMP_WORDS[@]}" 2>/dev/null)
}
complete -F _dialtone dialtone
`;

const ZSH = `#compdef dialtone
_dialtone() {
  local out line
  local -a offered
  out="$(dialtone complete -- $((CURRENT - 1)) "\${(@Q)words}" 2>/dev/null)"
  if [[ "$out" == ":files" ]]; then _files; return; fi
  for line in "\${(@f)out}"; do
    [[ -n "$line" ]] && offered+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe 'dialtone' offered
}
if [[ "\${funcstack[1]}" == "_dialtone" ]]; then _dialtone "$@"; else compdef _dialtone dialtone; fi
`;

const SCRIPTS: Readonly<Record<string, string>> = { bash: BASH, zsh: ZSH };
export const SHELLS = Object.keys(SCRIPTS);

export const scriptFor = (shell: string): string => {
  const script = SCRIPTS[shell];
  if (script !== undefined) return script;
  throw new Failure(`There is no completion for "${shell}": take one of ${SHELLS.join(', ')}.`);
};
