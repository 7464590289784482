import { PortplanError } from '../errors.ts';

const scripts: Readonly<Record<string, string>> = {
  bash: `# portplan completion; add to ~/.bashrc: source <(portplan completion bash)
_portplan() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$(portplan --complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _portplan portplan
`,
  zsh: `#compdef portplan
# portplan completion; add to ~/.zshrc: source <(portplan completion zsh)
_portplan() {
  local -a words_found
  words_found=("\${(@f)$(portplan --complete -- "\${words[@]:1:$((CURRENT - 1))}" 2>/dev/null)}")
  compadd -a words_found
  _files
}
compdef _portplan portplan
`,
  fish: `# portplan completion; add to ~/.config/fish/completions/portplan.fish
complete -c portplan -f -a '(portplan --complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
`,
};

/** Shells with a completion script. */
export const shells: readonly string[] = Object.keys(scripts);

/** Returns the completion script of a shell. @throws PortplanError `invalid-usage` for an unknown shell */
export function renderCompletionScript(shell: string): string {
  const script = scripts[shell];
  if (script !== undefined) return script;
  throw new PortplanError('invalid-usage', `unknown shell "${shell}"`, {
    hint: `portplan completion ${shells.join('|')}`,
  });
}

/** Returns the user's shell if it has a script, else bash. */
export function shellOf(env: Readonly<Record<string, string | undefined>>): string {
  const name = (env.SHELL ?? '').split('/').at(-1) ?? '';
  return name in scripts ? name : 'bash';
}
