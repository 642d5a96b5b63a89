import { Argument, type Command } from "commander";

/** The words that may follow some words of the command line: `replay` → `run`, `plan`, `--rate`, … */
export const wordsAfter = (program: Command): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, readonly string[]>();
  const walk = (command: Command, path: readonly string[]): void => {
    const names = command.commands.map((each) => each.name());
    const options = [...command.options, ...(path.length > 0 ? program.options : [])].flatMap(({ long }) => long ?? []);
    found.set(path.join(" "), [...names, ...options, "--help"]);
    for (const each of command.commands) walk(each, [...path, each.name()]);
  };
  walk(program, []);
  return found;
};

const bash = (name: string, words: ReadonlyMap<string, readonly string[]>): string => `_${name}() {
  local path="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac
  done
  while :; do
    case "$path" in
${[...words].map(([path, all]) => `      "${path}") COMPREPLY=($(compgen -W "${all.join(" ")}" -- "\${COMP_WORDS[COMP_CWORD]}")); return ;;`).join("\n")}
    esac
    # The last word is an argument.
    case "$path" in *" "*) path="\${path% *}" ;; *) path="" ;; esac
  done
}
complete -o default -F _${name} ${name}
`;

const fish = (name: string, words: ReadonlyMap<string, readonly string[]>): string =>
  [...words]
    .map(([path, all]) => {
      const seen =
        path === ""
          ? "__fish_use_subcommand"
          : path
              .split(" ")
              .map((word) => `__fish_seen_subcommand_from ${word}`)
              .join("; and ");
      return `complete -c ${name} -n '${seen}' -a '${all.join(" ")}'\n`;
    })
    .join("");

const scripts: { readonly [shell: string]: typeof bash } = {
  bash,
  // zsh reads the completions of bash.
  zsh: (name, words) => `autoload -Uz compinit bashcompinit && compinit && bashcompinit\n${bash(name, words)}`,
  fish,
};

/** Adds `pitrix completion`. To be added last: it knows the commands that are there. */
export const addCompletion = (pitrix: Command, write: (text: string) => void): void => {
  pitrix
    .command("completion")
    .description("print a script that completes commands and options in a shell")
    .addArgument(new Argument("<shell>", "the shell").choices(Object.keys(scripts)))
    .addHelpText(
      "after",
      "\nExamples:\n  source <(pitrix completion bash)\n  pitrix completion fish > ~/.config/fish/completions/pitrix.fish",
    )
    .action((shell: string) => write(scripts[shell]?.(pitrix.name(), wordsAfter(pitrix)) ?? ""));
};
