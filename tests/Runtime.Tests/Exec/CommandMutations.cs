using System.Text;
using TestKit;

namespace Runtime.Tests.Exec;

/// <summary>Commands made of others: pieces of the shell's grammar put in, words swapped, quotes moved, ends exchanged. The same for a seed.</summary>
internal sealed class CommandMutations(IReadOnlyList<string> commands, ulong seed)
{
    private static readonly string[] Pieces =
    [
        " ", "  ", "\t", "\n", ";", "&&", "||", "|", "&", "|&", ";;", "(", ")", "{", "}", "'", "\"", "\\", "\\\n", "$", "$(", "${", "`", "<", ">", ">>", "2>&1", "2>/dev/null", "<(", "<<<", "#", "!", "~", "*", "?", "[a-z]*",
        "=", "--", "-", " -exec ", " -o ", " -c ", " --output=/tmp/claw-canary ", " -O", " --exec=", " -delete ", " -fprint /tmp/claw-canary ", " touch /tmp/claw-canary ", ";touch /tmp/claw-canary", "|touch /tmp/claw-canary",
        "$(touch /tmp/claw-canary)", "`touch /tmp/claw-canary`", " ../ ", " /etc/passwd ", " secretlink ", " evil.sh ", " scripts/ ", "\u200b", "\u00a0", "\u202e", "\r", "\0", " -L ", " -R ", " -f ", " --no-index ", " -C evilrepo ",
        "env ", "PATH=. ", "A=1 ", "LC_ALL=C ", "git ", "find . ", "cat ", "python3 ", "npm ", "grep -r '' ",
    ];

    private readonly SeededRandom _random = new(seed);

    public string Next()
    {
        var text = new StringBuilder(Pick());
        for (var i = _random.Next(4); i >= 0; i--) Change(text);
        return text.ToString();
    }

    private void Change(StringBuilder text)
    {
        var at = _random.Next(text.Length + 1);
        switch (_random.Next(7))
        {
            case 0 or 1 or 2:
                text.Insert(at, Pieces[_random.Next(Pieces.Length)]);
                break;
            case 3 when text.Length > 0:
                at = Math.Min(at, text.Length - 1);
                text.Remove(at, Math.Min(text.Length - at, 1 + _random.Next(6)));
                break;
            case 4:
                text.Append(new[] { " ", ";", " && ", " | ", "\n" }[_random.Next(5)]).Append(Pick());
                break;
            case 5:
                var words = text.ToString().Split(' ');
                var (a, b) = (_random.Next(words.Length), _random.Next(words.Length));
                (words[a], words[b]) = (words[b], words[a]);
                text.Clear().AppendJoin(' ', words);
                break;
            default:
                var other = Pick().Split(' ');
                text.Append(' ').Append(other[_random.Next(other.Length)]);
                break;
        }
    }

    private string Pick() => commands[_random.Next(commands.Count)];
}
