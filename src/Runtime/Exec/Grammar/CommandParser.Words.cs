using System.Collections.Frozen;
using System.Text;

namespace Runtime.Exec.Grammar;

// Words: quotes, backslashes, patterns. Nothing in a word is replaced by the value of anything.
public sealed partial class CommandParser
{
    private static readonly FrozenSet<string> Reserved = FrozenSet.ToFrozenSet(
        ["!", "{", "}", "[[", "]]", "case", "coproc", "do", "done", "elif", "else", "esac", "fi", "for", "function", "if", "in", "select", "then", "time", "until", "while"],
        StringComparer.Ordinal);

    private Word ReadWord(bool isCommand)
    {
        var (start, text, pattern) = (_at, new StringBuilder(), new StringBuilder());
        var (isPattern, isQuoted) = (false, false);
        while (!EndsWord(_at))
        {
            switch (Current)
            {
                case '\'':
                    isQuoted = true;
                    SingleQuoted(text, pattern);
                    break;
                case '"':
                    isQuoted = true;
                    DoubleQuoted(text, pattern);
                    break;
                case '\\':
                    isQuoted = true;
                    if (Next is '\0' or '\n') throw new CommandSyntaxException("A backslash at the end of a line is not taken.");
                    Literal(text, pattern, Next, quoted: true);
                    _at += 2;
                    break;
                case '`':
                    throw new CommandSyntaxException("Command substitution, ` `, is not taken.");
                case '$':
                    Dollar(Next, inQuotes: false);
                    Literal(text, pattern, '$', quoted: true);
                    _at++;
                    break;
                case '*' or '?' or '[':
                    isPattern = true;
                    Literal(text, pattern, Current, quoted: false);
                    _at++;
                    break;
                case '~' when _at == start || _text[_at - 1] is '=' or ':':
                    throw new CommandSyntaxException("~ is not expanded; paths begin in the workspace.");
                case '{' when IsBraceExpansion(_at):
                    throw new CommandSyntaxException("Brace expansion, { , }, is not taken.");
                default:
                    Literal(text, pattern, Current, quoted: false);
                    _at++;
                    break;
            }
        }
        var word = text.ToString();
        if (isCommand) CheckCommandWord(word, isPattern, isQuoted);
        return new Word(word, isPattern ? pattern.ToString() : null);
    }

    private static void CheckCommandWord(string word, bool isPattern, bool isQuoted)
    {
        if (word.Length == 0) throw new CommandSyntaxException("The name of the command is empty.");
        if (isPattern && word != "[") throw new CommandSyntaxException("A pattern as the name of the command is not taken.");
        if (!isQuoted && Reserved.Contains(word)) throw new CommandSyntaxException($"The shell's '{word}' is not taken.");
        foreach (var c in word)
        {
            if (!char.IsAscii(c)) throw new CommandSyntaxException("The name of the command has letters outside ASCII, which can look like others.", isDenied: true);
        }
    }

    private void SingleQuoted(StringBuilder text, StringBuilder pattern)
    {
        var end = _text.IndexOf('\'', _at + 1);
        if (end < 0) throw new CommandSyntaxException("A single quote is not closed.");
        foreach (var c in _text.AsSpan(_at + 1, end - _at - 1)) Literal(text, pattern, c, quoted: true);
        _at = end + 1;
    }

    private void DoubleQuoted(StringBuilder text, StringBuilder pattern)
    {
        for (_at++; ; _at++)
        {
            if (AtEnd) throw new CommandSyntaxException("A double quote is not closed.");
            switch (Current)
            {
                case '"':
                    _at++;
                    return;
                case '`':
                    throw new CommandSyntaxException("Command substitution, ` `, is not taken.");
                case '$':
                    Dollar(Next, inQuotes: true);
                    Literal(text, pattern, '$', quoted: true);
                    break;
                case '\\' when Next == '\n':
                    throw new CommandSyntaxException("A backslash at the end of a line is not taken.");
                case '\\' when Next is '"' or '\\' or '$' or '`':
                    _at++;
                    Literal(text, pattern, Current, quoted: true);
                    break;
                default:
                    Literal(text, pattern, Current, quoted: true);
                    break;
            }
        }
    }

    /// <summary>Lets a dollar sign pass that is only itself.</summary>
    private static void Dollar(char next, bool inQuotes)
    {
        if (next == '(') throw new CommandSyntaxException("Command substitution, $( ), is not taken.");
        if (next is '\'' or '"' && !inQuotes) throw new CommandSyntaxException($"${next} quoting is not taken.");
        if (char.IsAsciiLetterOrDigit(next) || next is '_' or '{' or '[' or '@' or '*' or '#' or '?' or '-' or '$' or '!' or '\\' or '`' or > '\x7f')
            throw new CommandSyntaxException("The value of a variable, $, is not taken; write it out.");
    }

    /// <summary>Whether bash could make several words of it, which takes a closing brace after a comma or two dots; dash would not.</summary>
    private bool IsBraceExpansion(int at)
    {
        var isSeparated = false;
        for (var i = at + 1; !EndsWord(i); i++)
        {
            if (_text[i] is '\'' or '"' or '\\' || (isSeparated && _text[i] == '}')) return true;
            isSeparated |= _text[i] == ',' || (_text[i] == '.' && i + 1 < _text.Length && _text[i + 1] == '.');
        }
        return false;
    }

    private static void Literal(StringBuilder text, StringBuilder pattern, char c, bool quoted)
    {
        text.Append(c);
        if (quoted || c == '\\') pattern.Append('\\');
        pattern.Append(c);
    }
}
