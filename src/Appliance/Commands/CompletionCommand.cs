using System.CommandLine;

namespace Appliance.Commands;

/// <summary><c>appliance completion SHELL</c>: the script that makes Tab work. The words come from the program's own <c>[suggest]</c> directive.</summary>
internal static class CompletionCommand
{
    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Print a completion script, for example: source <(appliance completion bash)") { shell };
        command.SetAction(parsed =>
        {
            Console.Out.Write(Script(parsed.GetValue(shell)!));
            return ExitCode.Ok;
        });
        return command;
    }

    private static string Script(string shell) => shell switch
    {
        "bash" => """
            _appliance() {
              local IFS=$'\n'
              COMPREPLY=($(compgen -W "$(appliance "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _appliance appliance

            """,
        "zsh" => """
            _appliance() {
              local -a words_found
              words_found=("${(@f)$(appliance "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
              compadd -a words_found
            }
            compdef _appliance appliance

            """,
        _ => """
            complete -c appliance -f -a '(appliance "[suggest:"(commandline -C)"]" (commandline) 2>/dev/null)'

            """,
    };
}
