namespace Runtime.Exec.Grammar;

/// <summary>
/// Reads a command: words, quotes, backslashes, <c>&amp;&amp; || | ;</c> and new lines between commands, simple redirections, variables set
/// for one command, patterns of file names. A subset of the shell's language (POSIX.1-2024, XCU 2) in which dash and bash agree on every
/// text; everything that it leaves out is refused with the reason. Pure.
/// </summary>
public sealed partial class CommandParser
{
    private const int MostCommands = 32;

    private readonly string _text;
    private readonly Func<string, bool> _isSettable;
    private int _at;
    private int _commands;

    private CommandParser(string text, Func<string, bool> isSettable) => (_text, _isSettable) = (text, isSettable);

    private char Current => _at < _text.Length ? _text[_at] : '\0';

    private char Next => _at + 1 < _text.Length ? _text[_at + 1] : '\0';

    private bool AtEnd => _at >= _text.Length;

    /// <summary>Reads a command.</summary>
    /// <param name="text">The command as it was written.</param>
    /// <param name="isSettable">Which variables a command may set for itself.</param>
    /// <returns>Its pipelines in order, at least one.</returns>
    /// <exception cref="CommandSyntaxException">It is not in the language.</exception>
    public static IReadOnlyList<Pipeline> Parse(string text, Func<string, bool> isSettable)
    {
        CommandText.Check(text);
        return new CommandParser(text, isSettable).List();
    }

    private List<Pipeline> List()
    {
        var pipelines = new List<Pipeline>();
        var connector = Connector.Always;
        SkipLines();
        while (!AtEnd)
        {
            pipelines.Add(new Pipeline(connector, Commands()));
            SkipBlanks();
            switch (Current)
            {
                case '&' when Next == '&':
                    (connector, _at) = (Connector.OnSuccess, _at + 2);
                    RequireMore("&&");
                    continue;
                case '|' when Next == '|':
                    (connector, _at) = (Connector.OnFailure, _at + 2);
                    RequireMore("||");
                    continue;
                case ';' when Next is ';' or '&':
                    throw new CommandSyntaxException($"{_text.Substring(_at, 2)} belongs to the shell's case.");
                case ';':
                    _at++;
                    SkipBlanks();
                    if (Current is ';' or '&' or '|') throw Unexpected();
                    break;
            }
            connector = Connector.Always;
            SkipLines();
        }
        if (pipelines.Count == 0) throw new CommandSyntaxException("There is no command.");
        return pipelines;
    }

    private List<SimpleCommand> Commands()
    {
        var commands = new List<SimpleCommand> { Command() };
        while (true)
        {
            SkipBlanks();
            if (Current != '|' || Next == '|') return commands;
            if (Next == '&') throw new CommandSyntaxException("|& is not taken; write 2>&1 |.");
            _at++;
            RequireMore("|");
            commands.Add(Command());
        }
    }

    private SimpleCommand Command()
    {
        if (++_commands > MostCommands) throw new CommandSyntaxException($"There are more than {MostCommands} commands in one.");
        var (assignments, words, redirections) = (new List<Assignment>(), new List<Word>(), new List<Redirection>());
        while (true)
        {
            SkipBlanks();
            if (AtEnd || Current is '\n' or ';' or '|') break;
            if (Current == '&')
            {
                if (Next == '&') break;
                throw new CommandSyntaxException(Next == '>' ? "&> is not taken; write >file 2>&1." : "A command in the background (&) is not taken; the process tool runs those.");
            }
            if (Current is '(' or ')') throw new CommandSyntaxException("Subshells and functions, ( ), are not taken.");
            if (TryRedirection() is { } redirection)
            {
                // Before the program's name a redirection hides what runs.
                if (words.Count == 0) throw new CommandSyntaxException("A redirection before the command is not taken.");
                redirections.Add(redirection);
            }
            else if (words.Count == 0 && TryAssignment() is { } assignment) assignments.Add(assignment);
            else words.Add(ReadWord(words.Count == 0));
        }
        if (words.Count > 0) return new SimpleCommand(assignments, words, redirections);
        throw AtEnd || assignments.Count > 0 ? new CommandSyntaxException(assignments.Count > 0 ? "Setting a variable without a command is not taken." : "A command is missing.") : Unexpected();
    }

    private Redirection? TryRedirection()
    {
        var start = _at;
        var descriptor = -1;
        if (char.IsAsciiDigit(Current) && Next is '<' or '>')
        {
            descriptor = Current - '0';
            if (descriptor > 2) throw new CommandSyntaxException($"Descriptor {descriptor} cannot be redirected.");
            _at++;
        }
        if (Current is not ('<' or '>'))
        {
            _at = start;
            return null;
        }
        var opening = Current;
        _at++;
        if (opening == '<')
        {
            if (Current == '<') throw new CommandSyntaxException("Here-documents and here-strings (<<) are not taken.");
            if (Current == '(') throw new CommandSyntaxException("Process substitution, <( ), is not taken.");
            if (Current is '&' or '>') throw new CommandSyntaxException($"<{Current} is not taken.");
            return new Redirection(descriptor < 0 ? 0 : descriptor, RedirectionKind.Read, Target());
        }
        descriptor = descriptor < 0 ? 1 : descriptor;
        switch (Current)
        {
            case '(':
                throw new CommandSyntaxException("Process substitution, >( ), is not taken.");
            case '|':
                throw new CommandSyntaxException(">| is not taken.");
            case '>':
                _at++;
                return new Redirection(descriptor, RedirectionKind.Append, Target());
            case '&':
                _at++;
                if (Current is not ('1' or '2') || !EndsWord(_at + 1)) throw new CommandSyntaxException("Only >&1 and >&2 are taken.");
                return new Redirection(descriptor, RedirectionKind.Duplicate, _text[_at++].ToString());
            default:
                return new Redirection(descriptor, RedirectionKind.Write, Target());
        }
    }

    private string Target()
    {
        SkipBlanks();
        if (EndsWord(_at)) throw new CommandSyntaxException("A redirection has no file.");
        var word = ReadWord(isCommand: false);
        return word.Pattern is null ? word.Text : throw new CommandSyntaxException("A pattern as the file of a redirection is not taken.");
    }

    private Assignment? TryAssignment()
    {
        var end = _at;
        while (end < _text.Length && (char.IsAsciiLetterOrDigit(_text[end]) || _text[end] == '_')) end++;
        if (end == _at || char.IsAsciiDigit(_text[_at]) || end >= _text.Length) return null;
        if (_text[end] is '[' or '+' && _text.IndexOf('=', end) >= 0) throw new CommandSyntaxException("Setting a part of a variable is not taken.");
        if (_text[end] != '=') return null;
        var name = _text[_at..end];
        if (!_isSettable(name)) throw new CommandSyntaxException($"{name} is not a variable that a command may set.", isDenied: true);
        _at = end + 1;
        return new Assignment(name, EndsWord(_at) ? "" : ReadWord(isCommand: false).Text);
    }

    private void RequireMore(string after)
    {
        SkipLines();
        if (AtEnd) throw new CommandSyntaxException($"Nothing comes after {after}.");
        if (Current is ';' or '|' or '&') throw Unexpected();
    }

    private void SkipBlanks()
    {
        // A line that goes on is a blank between words; inside a word it is refused.
        while (Current is ' ' or '\t' || (Current == '\\' && Next == '\n')) _at += Current == '\\' ? 2 : 1;
        // A comment ends with its line.
        if (Current == '#') while (!AtEnd && Current != '\n') _at++;
    }

    private void SkipLines()
    {
        SkipBlanks();
        while (Current == '\n')
        {
            _at++;
            SkipBlanks();
        }
    }

    private bool EndsWord(int at) => at >= _text.Length || _text[at] is ' ' or '\t' or '\n' or ';' or '|' or '&' or '<' or '>' or '(' or ')';

    private CommandSyntaxException Unexpected() => new($"A command is missing before '{Current}'.");
}
