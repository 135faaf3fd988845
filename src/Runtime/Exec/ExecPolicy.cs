using System.Text;
using Runtime.Exec.Grammar;
using Runtime.Exec.Paths;
using Runtime.Exec.Programs;

namespace Runtime.Exec;

/// <summary>
/// Decides over commands, running nothing: reads the text by our own grammar, finds the programs, and asks each one's profile. What is on
/// the owner's list and within its profile is allowed, what could mislead is denied, everything else asks. Safe for several threads.
/// </summary>
/// <param name="workspace">What commands may read.</param>
/// <param name="allowed">What may run without asking.</param>
/// <param name="programs">Where programs are.</param>
public sealed class ExecPolicy(Workspace workspace, AllowList allowed, ProgramFinder programs)
{
    private const int MostArguments = 4096;

    private Workspace Workspace { get; } = workspace;

    private AllowList Allowed { get; } = allowed;

    private ProgramFinder Programs { get; } = programs;

    /// <summary>Decides. Never throws.</summary>
    public ExecDecision Decide(ExecRequest request)
    {
        foreach (var (name, value) in request.Variables ?? new Dictionary<string, string>())
        {
            if (EnvironmentRules.WhyNotSet(name, value) is { } reason) return new ExecDecision(ExecVerdict.Deny, reason, []);
        }
        if (FolderOf(request.Folder) is not { } folder) return new ExecDecision(ExecVerdict.Deny, "The folder to run in is not one in the workspace.", []);
        try
        {
            return new Planning(this, folder, request.Variables).Decide(CommandParser.Parse(request.Command, EnvironmentRules.IsSettable));
        }
        catch (CommandSyntaxException e)
        {
            return e.IsDenied ? new ExecDecision(ExecVerdict.Deny, e.Message, []) : new ExecDecision(ExecVerdict.Ask, e.Message, [AsShell(request, folder)]);
        }
    }

    /// <summary>
    /// What our grammar does not take can run by a shell alone, and only where a person has read the whole text and agreed: then the shell is
    /// the program, and the text its argument.
    /// </summary>
    private PlannedPipeline AsShell(ExecRequest request, string folder) => new(Connector.Always,
        [new PlannedCommand(Programs.Find("sh"), ["sh", "-c", request.Command], folder, [.. (request.Variables ?? new Dictionary<string, string>()).Select(v => new Assignment(v.Key, v.Value))], [])]);

    private string? FolderOf(string? folder)
    {
        if (string.IsNullOrEmpty(folder)) return Workspace.Root;
        var real = Paths.Workspace.RealPath(folder.StartsWith('/') ? folder : Workspace.Root + "/" + folder);
        return real is not null && Workspace.Holds(real) && Directory.Exists(real) ? real : null;
    }

    /// <summary>One command on its way to a decision.</summary>
    private sealed class Planning(ExecPolicy policy, string folder, IReadOnlyDictionary<string, string>? variables)
    {
        private readonly List<PlannedPipeline> _pipelines = [];
        private ExecVerdict _verdict = ExecVerdict.Allow;
        private string _reason = "";
        private string _folder = folder;

        public ExecDecision Decide(IReadOnlyList<Pipeline> pipelines)
        {
            foreach (var pipeline in pipelines)
            {
                if (pipeline.Commands is [var only] && only.Words[0] is { Text: "cd" } && only.Redirections.Count == 0 && only.Assignments.Count == 0)
                {
                    Enter(only, pipeline.Connector);
                    continue;
                }
                _pipelines.Add(new PlannedPipeline(pipeline.Connector, [.. pipeline.Commands.Select(Plan)]));
            }
            if (_pipelines.Count == 0) Say(ExecVerdict.Ask, "cd alone does nothing.");
            return new ExecDecision(_verdict, _reason.Length == 0 ? "Every program is on the list and within its profile." : _reason, _verdict == ExecVerdict.Deny ? [] : _pipelines);
        }

        /// <summary>Goes into a folder that exists in the workspace: what follows runs there. It succeeds, so that <c>||</c> after it would not run.</summary>
        private void Enter(SimpleCommand command, Connector connector)
        {
            var target = command.Words is [_, { Pattern: null } one] ? one.Text : null;
            var real = target is null or "" or "-" || target.StartsWith('-') ? null : Paths.Workspace.RealPath(target.StartsWith('/') ? target : _folder + "/" + target);
            if (connector != Connector.Always || _pipelines.Count > 0) Say(ExecVerdict.Ask, "cd is taken at the beginning only.");
            else if (real is null || !policy.Workspace.Holds(real) || !Directory.Exists(real)) Say(ExecVerdict.Ask, "cd goes to no folder of the workspace.");
            else _folder = real;
        }

        private PlannedCommand Plan(SimpleCommand command)
        {
            foreach (var assignment in command.Assignments)
            {
                if (EnvironmentRules.WhyNotSet(assignment.Name, assignment.Value) is { } reason) Say(ExecVerdict.Deny, reason);
            }
            foreach (var redirection in command.Redirections)
            {
                if (WhyNotRedirect(redirection) is { } reason) Say(ExecVerdict.Ask, reason);
            }
            var word = command.Words[0].Text;
            if (command.Words.Skip(1).FirstOrDefault(w => LooksLikeAnother(word, w.Text)) is { } misleading) Say(ExecVerdict.Deny, $"'{misleading.Text}' has letters outside ASCII where a word of the program is expected, which can look like others.");
            var arguments = Expand(command.Words);
            var (name, path) = word.Contains('/') ? (Path.GetFileName(word), policy.Programs.Holds(word) ? word : null) : (word, policy.Programs.Find(word));
            if (word.Contains('/') && path is null) Say(ExecVerdict.Ask, $"'{word}' is not the whole path of an installed program.");
            else if (!policy.Allowed.Holds(name, path, arguments)) Say(ExecVerdict.Ask, $"{name} is not on the list.");
            else if (ProgramProfiles.Find(name) is not { } profile) Say(ExecVerdict.Ask, $"What the arguments of {name} do is not known.");
            else if (profile is ScriptProfile && command.Words.Skip(1).FirstOrDefault(w => !w.Text.StartsWith('-')) is { Pattern: not null }) Say(ExecVerdict.Ask, "Which script runs has to be written out.");
            else if (profile.WhyAsk(new ProgramCall(name, arguments, _folder, policy.Workspace, policy.Allowed)) is { } reason) Say(ExecVerdict.Ask, reason);
            var own = (variables ?? new Dictionary<string, string>()).Select(v => new Assignment(v.Key, v.Value)).Concat(command.Assignments);
            return new PlannedCommand(path ?? InWorkspace(word), [word, .. arguments], _folder, [.. own], command.Redirections);
        }

        /// <summary>A program by its path, for who is asked about it.</summary>
        private string? InWorkspace(string word) => word.Contains('/') && Paths.Workspace.RealPath(word.StartsWith('/') ? word : _folder + "/" + word) is { } real && File.Exists(real) ? real : null;

        private List<string> Expand(IReadOnlyList<Word> words)
        {
            var arguments = new List<string>();
            foreach (var word in words.Skip(1))
            {
                if (word.Pattern is null)
                {
                    arguments.Add(word.Text);
                    continue;
                }
                var names = FileNamePattern.Expand(word.Pattern, _folder, path => policy.Workspace.WhyNotRead(path, _folder) is null);
                if (names is null || arguments.Count + names.Count > MostArguments) Say(ExecVerdict.Ask, $"{word.Text} stands for too many files.");
                else if (names.FirstOrDefault(name => name.StartsWith('-')) is { } option) Say(ExecVerdict.Ask, $"{word.Text} stands for a file that looks like an option: {option}");
                else if (names.FirstOrDefault(HasHidden) is not null) Say(ExecVerdict.Ask, $"{word.Text} stands for a file whose name does not look like what it is.");
                if (names is null or []) arguments.Add(word.Text);
                else arguments.AddRange(names);
            }
            return arguments;
        }

        /// <summary>Names of options and of git's and npm's commands are ASCII: another letter among theirs only looks like one of them.</summary>
        private static bool LooksLikeAnother(string program, string word) =>
            word.StartsWith("--", StringComparison.Ordinal) ? !Ascii.IsValid(word.AsSpan()[..(word.IndexOf('=') is var end and >= 0 ? end : word.Length)])
            : word.Length > 1 && word[0] == '-' ? word[1] > '\x7f'
            : program is "git" or "npm" && !Ascii.IsValid(word) && word.All(char.IsLetter) && IsMixed(word);

        private static bool IsMixed(string word) => word.Any(char.IsAsciiLetter) && word.Any(c => c is >= '\u0370' and <= '\u058F' or >= '\uFF00' and <= '\uFFEF');

        private static bool HasHidden(string name)
        {
            try
            {
                CommandText.Check(name);
                return name.Contains('\n');
            }
            catch (CommandSyntaxException)
            {
                return true;
            }
        }

        private string? WhyNotRedirect(Redirection redirection) => redirection.Kind switch
        {
            RedirectionKind.Duplicate => redirection.Descriptor is 1 or 2 ? null : "The input cannot be an output.",
            RedirectionKind.Read => redirection.Descriptor == 0 ? policy.Workspace.WhyNotRead(redirection.Target, _folder) : "Only the input can be read from a file.",
            _ when redirection.Descriptor == 0 => "The input cannot be written.",
            _ => redirection.Target == "/dev/null" ? null : $"It writes '{redirection.Target}'.",
        };

        private void Say(ExecVerdict verdict, string reason)
        {
            if (verdict > _verdict) (_verdict, _reason) = (verdict, reason);
        }
    }
}
